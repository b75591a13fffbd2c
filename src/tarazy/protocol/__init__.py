"""The messages between exchange and agents and the rules of a session. No I/O, the same code at both ends."""
