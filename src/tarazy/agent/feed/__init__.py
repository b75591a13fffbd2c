"""Readers of what a core system sends: files become account entries, or one clear fault that names the place."""
