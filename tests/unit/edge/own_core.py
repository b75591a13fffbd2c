"""A bank's own core as its agent's configuration names it, and functions that return none."""

from collections.abc import Sequence

from tarazy.adapters.memory import MemoryStore
from tarazy.agent.core_port import CoreAsk, CoreTaken, Feed
from tarazy.bootstrap import reference_core
from tarazy.domain.entry import AccountKind
from tarazy.edge.config import Config
from tarazy.values.instant import Instant
from tests.story_people import opened

NOT_A_FUNCTION = 7


class OwnCore:
    """A core with the port's methods and nothing else, on books of its own."""

    def __init__(self, config: Config) -> None:
        self.database_url = config.database_url
        self._books = reference_core(MemoryStore(), config.participant_id)
        self._books.open_account(opened("timur", 300, AccountKind.personal))

    def ask(self, commands: Sequence[CoreAsk], now: Instant) -> list[CoreTaken]:
        return self._books.ask(commands, now)

    def feed(self, after: int, limit: int) -> Feed:
        return self._books.feed(after, limit)


class WithoutFeed:
    def ask(self, commands: Sequence[CoreAsk], now: Instant) -> list[CoreTaken]:
        raise NotImplementedError


class ForgetsTheLimit(WithoutFeed):
    def feed(self, after: int) -> Feed:
        raise NotImplementedError


class Waits(WithoutFeed):
    async def feed(self, after: int, limit: int) -> Feed:
        raise NotImplementedError


def open_core(config: Config) -> OwnCore:
    """Return the bank's core."""
    return OwnCore(config)


def without_feed(_: Config) -> WithoutFeed:
    return WithoutFeed()


def forgets_the_limit(_: Config) -> ForgetsTheLimit:
    return ForgetsTheLimit()


def waits(_: Config) -> Waits:
    return Waits()


def cannot_open(_: Config) -> OwnCore:
    raise ConnectionRefusedError("core.alatau.example: nobody answers")
