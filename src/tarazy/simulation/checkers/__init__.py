"""Independent judges of a simulated world: each reads rows and counts by itself, with none of the product's sums."""
