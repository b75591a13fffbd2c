"""The demonstration: six invented banks, invented people, and a story that is played on the real programs."""
