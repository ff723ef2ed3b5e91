"""What sign-in needs beyond Flask-Security: keys, the second step, limits on wrong tries."""
