"""What only a participant's program has: the core port, the entry feed, the desk."""
