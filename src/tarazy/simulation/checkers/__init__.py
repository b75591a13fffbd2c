"""Independent judges of a simulated world: each reads rows and counts by itself, and uses none of the product's sums."""
