"""A demonstration core that can be made slow, or taken away, while everything runs."""

import time
from collections.abc import Sequence
from pathlib import Path

from tarazy.agent.core_port import CoreAsk, CoreAway, CorePort, CoreTaken, Feed, PaymentGate, can_close, gate_of
from tarazy.values.instant import Instant

AWAY = "away"
DELAY_MS_MAX = 10_000


class DelayedCore:
    """Passes everything on after a delay that a small file names, in milliseconds, or ``away``."""

    def __init__(self, core: CorePort, delay_file: Path) -> None:
        self._core = core
        self._delay_file = delay_file

    @property
    def can_close(self) -> bool:
        """Whether the core behind can close an account."""
        return can_close(self._core)

    @property
    def payment_gate(self) -> PaymentGate | None:
        """What lets payments wait at the core behind; it is not delayed."""
        return gate_of(self._core)

    def ask(self, commands: Sequence[CoreAsk], now: Instant) -> list[CoreTaken]:
        """Take commands after the delay. Raises CoreAway while the core is away."""
        try:
            text = self._delay_file.read_text().strip() or "0"  # it may be being written just now
        except FileNotFoundError:
            text = "0"
        if text == AWAY:
            raise CoreAway
        if text != "0":
            time.sleep(min(int(text), DELAY_MS_MAX) / 1000)
        return self._core.ask(commands, now)

    def feed(self, after: int, limit: int) -> Feed:
        """Return what was booked after a position."""
        return self._core.feed(after, limit)
