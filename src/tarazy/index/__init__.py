"""Following money in columns of many transfers."""
