"""What is mailed and to whom: addresses, stops, reminders, the outbox and the way out."""
