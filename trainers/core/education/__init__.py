"""Continuing education: the trainer's own log, cards that end, and what it comes to by each issuer's rule."""
