"""Worlds in which whole accounts are closed (M8), and faults in that which the checkers are seen to find."""

from typing import Any

import pytest

from tarazy.agent import core_loop, core_posting, measures
from tarazy.simulation.checkers.finding import CheckFailed
from tarazy.simulation.run import Simulation
from tarazy.values.replacing import replace

CLOSING = (169, 230, 249, 551, 648)
"""Seeds in which judges close accounts; in 169 one of them is paid back from meanwhile, in 230 its holder pays."""
Patch = pytest.MonkeyPatch


@pytest.mark.parametrize("seed", CLOSING)
def test_accounts_are_closed_by_judges_and_every_promise_is_kept(seed: int) -> None:
    simulation = Simulation(seed)
    simulation.live()
    assert sum(simulation.judges.accounts_closed()) > 0


def found(seed: int) -> str:
    """Run a seed that a planted fault must stop; return what was found."""
    with pytest.raises(CheckFailed) as failed:
        Simulation(seed).live()
    return str(failed.value)


def test_more_than_is_for_living_is_seen(monkeypatch: Patch) -> None:
    monkeypatch.setattr(core_posting, "let_out", lambda closure, *_: closure)
    assert "went out of a closed account" in found(230)


def test_a_core_that_was_not_told_to_close_is_seen(monkeypatch: Patch) -> None:
    as_asked = core_loop.as_asked
    monkeypatch.setattr(
        core_loop, "as_asked", lambda commands: [replace(one, closes=None) for one in as_asked(commands)]
    )
    assert "the core keeps None free" in found(249)


def test_an_account_that_another_measure_leaves_closed_is_seen(monkeypatch: Patch) -> None:
    kept: list[Any] = []

    def closed_once(measure: str, *rest: Any) -> Any:
        closes = closed_but_for(measure, *rest)
        kept.extend([closes] if closes else [])
        return closes or next(iter(kept), None)

    closed_but_for = measures.closed_but_for
    monkeypatch.setattr(measures, "closed_but_for", closed_once)
    assert "closed, and carried by" in found(249)
