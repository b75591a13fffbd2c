"""Where ports meet the world: PostgreSQL, memory, keys, clocks, HTTP."""
