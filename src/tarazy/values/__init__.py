"""Tiny frozen types: money, instants, ids, intervals. Standard library only."""
