"""Hears the channels that transactions wake. A wake says that there may be work, never what it is."""

from collections.abc import Iterable
from typing import Final

import psycopg
from psycopg import sql

from tarazy.app.store import StoreAway

CONNECT_SECONDS_MAX: Final = 10


class Listener:
    """Listens on ``channels`` with a connection of its own, opened when first waited for. For one thread.

    A wake can be lost with a connection, so whoever waits also looks for work when nothing has been heard for a while.
    """

    def __init__(self, url: str, channels: Iterable[str]) -> None:
        self._url = url
        self._channels = frozenset(channels)
        self._connection: psycopg.Connection | None = None

    def wait(self, timeout_s: float) -> set[str]:
        """Return the channels woken since the last call, waiting up to ``timeout_s`` for the first; none if it passes.

        After connecting, at first or again, all channels count as woken: nobody knows what was missed.
        Raises `StoreAway` where there is nobody to listen to.
        """
        try:
            if self._connection is None:
                self._connection = self._listening()
                return set(self._channels)
            return self._heard(self._connection, timeout_s)
        except psycopg.OperationalError as fault:
            self.close()
            raise StoreAway(str(fault)) from fault

    def close(self) -> None:
        """Hang up."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _listening(self) -> psycopg.Connection:
        connection = psycopg.connect(self._url, autocommit=True, connect_timeout=CONNECT_SECONDS_MAX)
        for channel in sorted(self._channels):
            connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
        return connection

    def _heard(self, connection: psycopg.Connection, timeout_s: float) -> set[str]:
        first = {notify.channel for notify in connection.notifies(timeout=timeout_s, stop_after=1)}
        return first | {notify.channel for notify in connection.notifies(timeout=0)} if first else first
