"""Tarazy: an anti-fraud exchange that protects constitutional rights by construction."""
