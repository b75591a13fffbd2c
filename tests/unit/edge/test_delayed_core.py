"""A core that can be taken away or made slow while everything runs: away it takes nothing, and back it takes all."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from tarazy.agent.core_port import CoreAway
from tarazy.agent.reference_core import CORE_RESERVES
from tarazy.app.store import Condition
from tarazy.domain.hold import HoldStatus
from tarazy.edge import delayed_core
from tarazy.edge.delayed_core import AWAY, DELAY_MS_MAX, DelayedCore
from tarazy.values.replacing import replace
from tests.story import Network, StoreFor, robbed
from tests.story_people import START
from tests.story_reading import bank_hold, told
from tests.story_stores import store_for, story_databases

__all__ = ["store_for", "story_databases"]


@pytest.fixture
def delay_file(tmp_path: Path) -> Path:
    return tmp_path / "bank-b.core"


@pytest.fixture
def network(store_for: StoreFor, delay_file: Path) -> Network:
    """A network whose bank B has its reference core behind the file."""
    network = robbed(store_for)
    bank = network.banks["bank-b"]
    bank.agent = replace(bank.agent, core=DelayedCore(bank.core, delay_file))
    return network


def test_a_core_that_is_away_reserves_nothing_and_when_it_is_back_it_reserves_once(
    network: Network, delay_file: Path
) -> None:
    delay_file.write_text(f"{AWAY}\n")
    bank = network.banks["bank-b"]
    bank.is_asleep = True
    report = network.report("t1")
    network.carry("exchange", "bank-b")
    for _ in range(2):
        with pytest.raises(CoreAway):
            bank.agent.ask_core(network.now)
    assert network.rows("bank-b", CORE_RESERVES) == []
    assert bank_hold(network, "mule").status is HoldStatus.requested
    assert told(network, report) == {"bank-b requested": 500_000}
    delay_file.unlink()
    bank.is_asleep = False
    network.settle()
    [reserve] = network.rows("bank-b", CORE_RESERVES, Condition("account_id", "=", "mule"))
    assert reserve.amount_minor == 500_000
    assert told(network, report) == {"bank-b held": 500_000}


def test_what_was_booked_is_read_although_the_core_is_away(network: Network, delay_file: Path) -> None:
    """Only commands meet an away core here: the feed goes on, so that no line falls behind."""
    delay_file.write_text(AWAY)
    core = network.banks["bank-b"].agent.core
    assert core.feed(0, 100) == network.core("bank-b").feed(0, 100)
    assert core.feed(0, 100).entries != ()


@pytest.mark.parametrize(
    ("text", "seconds"),
    [(None, []), ("", []), ("0", []), ("250\n", [0.25]), (str(DELAY_MS_MAX * 60), [DELAY_MS_MAX / 1000])],
    ids=["no file", "nothing in it", "no delay", "a delay", "a delay that is too long"],
)
def test_a_core_is_as_slow_as_the_file_says_and_never_slower_than_the_limit(
    network: Network, delay_file: Path, monkeypatch: pytest.MonkeyPatch, text: str | None, seconds: list[float]
) -> None:
    slept: list[float] = []
    monkeypatch.setattr(delayed_core, "time", SimpleNamespace(sleep=slept.append))
    if text is not None:
        delay_file.write_text(text)
    assert network.banks["bank-b"].agent.core.ask([], START) == []
    assert slept == seconds
