"""How often somebody may try: token buckets, one for each client and one for all, where a miss costs more than a hit.

Kept in memory and by this process alone: what is limited here is guessing, and that is over when the process is.
"""

from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from threading import Lock
from typing import Final

from tarazy.values.instant import Instant

SECONDS_PER_HOUR: Final = 3_600
CLIENTS_MAX: Final = 10_000
"""So many clients are remembered; beyond that those who have tried least lately are forgotten first."""
HEXTETS_OF_A_LINE: Final = 4
"""A line with IPv6 has a network of its own: whoever has one address there has them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How many tokens a bucket holds, and how many come back in an hour."""

    capacity: int
    per_hour: int


class Buckets:
    """The buckets of one kind of try."""

    def __init__(self, limits: Limits, *, for_all: Limits) -> None:
        self._limits = limits
        self._for_all = for_all
        self._left: dict[str, tuple[float, Instant]] = {}
        self._all: tuple[float, Instant] | None = None
        self._lock = Lock()

    def may_try(self, client: str, cost: int, now: Instant) -> bool:
        """Say whether there is enough left for a try of this cost."""
        with self._lock:
            return min(self._of(client, now), self._of_all(now)) >= cost

    def spend(self, client: str, cost: int, now: Instant) -> None:
        """Take a try's cost out of both buckets."""
        with self._lock:
            own, shared = self._of(client, now) - cost, self._of_all(now) - cost
            self._left.pop(client, None)
            if len(self._left) >= CLIENTS_MAX:
                del self._left[next(iter(self._left))]
            self._left[client] = (own, now)
            self._all = (shared, now)

    def _of(self, client: str, now: Instant) -> float:
        return _refilled(self._left.get(client), self._limits, now)

    def _of_all(self, now: Instant) -> float:
        return _refilled(self._all, self._for_all, now)


def _refilled(last: tuple[float, Instant] | None, limits: Limits, now: Instant) -> float:
    """Return what is in a bucket now. A clock that was set back gives nothing and takes nothing."""
    if last is None:
        return limits.capacity
    left, at = last
    return min(limits.capacity, left + max(0.0, now.since(at).total_seconds()) * limits.per_hour / SECONDS_PER_HOUR)


def client_of(address: str) -> str:
    """Return what counts as one client: an address, or of IPv6 the network that one line has."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    if isinstance(known, IPv6Address) and known.ipv4_mapped is None:
        return ":".join(known.exploded.split(":")[:HEXTETS_OF_A_LINE])
    return str(known)
