from tests.story_stores import store_for, story_databases

__all__ = ["store_for", "story_databases"]
