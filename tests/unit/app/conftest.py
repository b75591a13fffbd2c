"""Stores for the stories of this folder."""

from tests.story_stores import store_for, story_databases

__all__ = ["store_for", "story_databases"]
