"""Moments in UTC. Nothing below the adapters reads a clock: the moment of an act is an argument."""

from datetime import UTC, datetime, timedelta
from functools import total_ordering
from typing import Any, Final, final

_NO_OFFSET: Final = timedelta(0)


@final
@total_ordering
class Instant:
    """A moment, in UTC, to the microsecond. Immutable, ordered, hashable.

    A plain class and not a dataclass, so that encoders ask for its one text form instead of writing out its fields.
    """

    __slots__ = ("utc",)

    utc: datetime

    def __init__(self, utc: datetime) -> None:
        """Raise ValueError for a datetime that is not in UTC."""
        if utc.utcoffset() != _NO_OFFSET:
            raise ValueError("an Instant must be in UTC")
        object.__setattr__(self, "utc", utc)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"an Instant does not change: {name}")

    def __reduce__(self) -> tuple[Any, ...]:
        return (Instant, (self.utc,))

    @classmethod
    def parse(cls, text: str) -> "Instant":
        """Read ISO 8601 with an offset. Raises ValueError for a text without one: a naive time is never guessed."""
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError(f"time without an offset from UTC: {text!r}")
        try:
            return cls(moment.astimezone(UTC))
        except OverflowError as fault:
            raise ValueError(f"time outside the years 1 to 9999: {text!r}") from fault

    def plus(self, span: timedelta) -> "Instant":
        """Return the moment ``span`` later (earlier, if negative)."""
        return Instant(self.utc + span)

    def since(self, earlier: "Instant") -> timedelta:
        """Return the span from ``earlier`` to this moment."""
        return self.utc - earlier.utc

    def text(self) -> str:
        """Return ISO 8601 in UTC with microseconds and ``Z``: one moment, one text."""
        return self.utc.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"

    def __eq__(self, other: object) -> bool:
        return self.utc == other.utc if isinstance(other, Instant) else NotImplemented

    def __lt__(self, other: object) -> bool:
        return self.utc < other.utc if isinstance(other, Instant) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.utc)

    def __repr__(self) -> str:
        return f"Instant({self.text()})"
