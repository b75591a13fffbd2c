"""The times of a file: all ISO 8601 with an offset, or all whole-number steps. One sort for the whole file."""

import re
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)
STEP: Final = re.compile(r"-?[0-9]{1,18}")
MOMENT: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]{1,6})?)?(Z|[+-][0-9]{2}(:?[0-9]{2})?)"
)


class TimeSort(StrEnum):
    """What the times of a file are. The value is how a message calls it."""

    instant = "a time in ISO 8601 with an offset from UTC, to the microsecond at most"
    step = "a whole-number step"


EITHER_SORT: Final = f"{TimeSort.instant}, or {TimeSort.step}"


class FileTime(NamedTuple):
    """One time of a file. ``moment`` orders the times of one sort; ``text`` is how the file writes it."""

    sort: TimeSort
    moment: int
    text: str


def parsed_time(text: str) -> FileTime:
    """Read a time of either sort. Raises ValueError for anything else; a time without an offset is never guessed.

    A million rows pass here, so the moment is counted at once instead of through an ``Instant``; it is the same moment.
    """
    if STEP.fullmatch(text):
        return FileTime(TimeSort.step, int(text), text)
    if not MOMENT.fullmatch(text):
        raise ValueError(EITHER_SORT)
    since_epoch = datetime.fromisoformat(text) - EPOCH
    return FileTime(TimeSort.instant, since_epoch // MICROSECOND, text)
