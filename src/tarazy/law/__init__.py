"""The rules of law as dated data and small pure functions that cite them."""
