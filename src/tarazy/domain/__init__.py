"""What the words of the glossary mean: states, transitions, decisions. No I/O, no clock, no randomness."""
