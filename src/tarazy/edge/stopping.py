"""Ending the loops of a process: all are told first, then each is waited for."""

from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor

from tarazy.edge.worker import Loop


def stop_together(loops: Collection[Loop]) -> None:
    """Stop loops at the same time. It takes as long as the longest round that is running, and not as their sum."""
    if not loops:
        return
    with ThreadPoolExecutor(max_workers=len(loops), thread_name_prefix="stop") as pool:
        list(pool.map(Loop.stop, loops))
