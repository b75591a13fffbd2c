"""The only places that read a clock."""

import mmap
import os
import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from tarazy.values.instant import Instant

_FORM = struct.Struct("<qq")
_RUNNING = -1


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> Instant:
        """Return the present moment."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> Instant:
        """Return the present moment."""
        return Instant(datetime.now(UTC))


class DemonstrationClock:
    """One clock for all processes of a demonstration: the machine's, moved by an offset, or standing still.

    It lives in a file of sixteen bytes that all of them map: the offset in microseconds, and where it stands (or -1).
    A program that is not a demonstration never opens one.
    """

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(_FORM.pack(0, _RUNNING))
        descriptor = os.open(path, os.O_RDWR)
        self._bytes = mmap.mmap(descriptor, _FORM.size)
        os.close(descriptor)

    def __deepcopy__(self, _: dict[int, object]) -> "DemonstrationClock":
        """Return itself: there is one clock for all."""
        return self

    def now(self) -> Instant:
        """Return the demonstration's moment."""
        offset, standing = _FORM.unpack(self._bytes[: _FORM.size])
        if standing != _RUNNING:
            return Instant(datetime.fromtimestamp(standing / 1_000_000, UTC))
        return Instant(datetime.now(UTC) + timedelta(microseconds=offset))

    def move(self, by: timedelta) -> None:
        """Move the time, forwards or back."""
        offset, standing = _FORM.unpack(self._bytes[: _FORM.size])
        shift = by // timedelta(microseconds=1)
        self._write(offset + shift, standing if standing == _RUNNING else standing + shift)

    def set_to(self, moment: Instant) -> None:
        """Make it ``moment`` now."""
        self.move(moment.since(self.now()))

    def pause(self) -> None:
        """Let the time stand still."""
        offset, _ = _FORM.unpack(self._bytes[: _FORM.size])
        self._write(offset, round(self.now().utc.timestamp() * 1_000_000))

    def resume(self) -> None:
        """Let the time run on from where it stands."""
        _, standing = _FORM.unpack(self._bytes[: _FORM.size])
        if standing != _RUNNING:
            shift = datetime.fromtimestamp(standing / 1_000_000, UTC) - datetime.now(UTC)
            self._write(shift // timedelta(microseconds=1), _RUNNING)

    @property
    def is_paused(self) -> bool:
        """Whether the time stands still."""
        return bool(_FORM.unpack(self._bytes[: _FORM.size])[1] != _RUNNING)

    def _write(self, offset: int, standing: int) -> None:
        self._bytes[: _FORM.size] = _FORM.pack(offset, standing)
