"""Moments in UTC. Nothing below the adapters reads a clock: the moment of an act is an argument."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, slots=True, order=True)
class Instant:
    """A moment, in UTC, to the microsecond."""

    utc: datetime

    def __post_init__(self) -> None:
        if self.utc.utcoffset() != timedelta(0):
            raise ValueError("an Instant must be in UTC")

    @classmethod
    def parse(cls, text: str) -> "Instant":
        """Read ISO 8601 with an offset. Raises ValueError for a text without one: a naive time is never guessed."""
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError(f"time without an offset from UTC: {text!r}")
        return cls(moment.astimezone(UTC))

    def plus(self, span: timedelta) -> "Instant":
        """Return the moment ``span`` later (earlier, if negative)."""
        return Instant(self.utc + span)

    def since(self, earlier: "Instant") -> timedelta:
        """Return the span from ``earlier`` to this moment."""
        return self.utc - earlier.utc

    def text(self) -> str:
        """Return ISO 8601 in UTC with microseconds and ``Z``: one moment, one text."""
        return self.utc.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
