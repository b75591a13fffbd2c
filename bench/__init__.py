"""Measurements, each beside its counterpart in the same run. Never part of the tests."""
