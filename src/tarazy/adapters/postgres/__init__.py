"""Stores on PostgreSQL: embedded server, migrations, typed tables."""
