"""A seeded world of banks, citizens and officers, with faults and independent checkers."""
