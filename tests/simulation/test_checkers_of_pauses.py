"""The checker of pauses is seen to fail: a payment that waits too long, goes out unasked, or that nobody is told of."""

from datetime import timedelta
from typing import Any, Final

import pytest

from tarazy.agent import pause_appeals, pause_law, pause_notices, pause_records, pauses
from tarazy.agent.core_entered import EnteredPayments
from tarazy.agent.core_port import GateDid, PauseTaken
from tarazy.agent.pause_notices import PAUSE_NOTICES
from tarazy.agent.pause_records import PAYMENT_PAUSES
from tarazy.domain.pause import PauseEnd, PauseStatus
from tarazy.law.assessment import AssertionKind
from tarazy.simulation import payers
from tarazy.simulation.checkers.finding import rows
from tarazy.simulation.run import Simulation
from tarazy.simulation.simulated_gate import SimulatedGate
from tarazy.values.replacing import replace
from tests.simulation.test_checkers import seen
from tests.simulation.test_checkers_of_law import first_to_fail as first_of

Patch = pytest.MonkeyPatch
WAITING: Final = (2, 6, 9, 19, 24, 26, 27, 32)
"""Seeds in which payments are paused."""


def first_to_fail() -> Any:
    return first_of(WAITING)


def test_in_these_worlds_pauses_end_in_every_way() -> None:
    """A world in which nothing waits, or all of it ends by time, would keep every promise and prove nothing."""
    ends: set[PauseEnd | None] = set()
    done: set[str] = set()
    extended = seconded = told = 0
    for seed in WAITING:
        simulation = Simulation(seed)
        simulation.live()
        done |= simulation.payers.done.keys()
        for bank in simulation.world.banks:
            kept = rows(bank.program.disc, PAYMENT_PAUSES)
            ends |= {one.end for one in kept}
            assert {one.status for one in kept}.isdisjoint({PauseStatus.begun})
            extended += sum(one.extensions for one in kept)
            seconded += sum(one.second_officer_id is not None for one in kept)
            told += len(rows(bank.program.disc, PAUSE_NOTICES))
    assert ends >= set(PauseEnd) - {PauseEnd.held_by_authority, PauseEnd.money_not_there}
    assert min(extended, seconded, told) > 0
    assert {one.removesuffix(": refused").rpartition(" ")[2] for one in done} >= set(payers.Unlawful)


def test_a_pause_beyond_the_law_is_seen(monkeypatch: Patch) -> None:
    monkeypatch.setattr(pauses, "first_end", lambda asked, *_, **__: asked.plus(timedelta(hours=1)))
    result = first_to_fail()
    seen(result, "pauses:")
    assert "by law" in result.told


def test_a_payment_that_the_core_never_executes_is_seen(monkeypatch: Patch) -> None:
    """The one clock that works when everybody has died."""
    monkeypatch.setattr(EnteredPayments, "execute_due", lambda *_: 0)
    result = first_to_fail()
    seen(result, "pauses:")
    assert "waits at" in result.told


def test_a_payment_that_goes_out_although_it_is_paused_is_seen(monkeypatch: Patch) -> None:
    def goes_out(self: SimulatedGate, ref: Any, until: Any, now: Any) -> PauseTaken:
        taken = pause(self, ref, until, now)
        EnteredPayments.execute(self, ref, now)
        return taken

    pause = SimulatedGate.pause
    monkeypatch.setattr(SimulatedGate, "pause", goes_out)
    result = first_to_fail()
    seen(result, "pauses:")
    assert "unasked and before its end" in result.told


def test_a_core_that_only_says_that_a_payment_waits_is_seen(monkeypatch: Patch) -> None:
    says_so = lambda _, ref, *__: PauseTaken(payment_ref=ref, did=GateDid.paused)  # noqa: E731 -- a plant
    monkeypatch.setattr(SimulatedGate, "pause", says_so)
    result = first_to_fail()
    seen(result, "pauses:")
    assert "the core waits until" in result.told


def test_a_payer_who_is_not_told_is_seen(monkeypatch: Patch) -> None:
    monkeypatch.setattr(pause_notices, "_keep", lambda *_: None)
    result = first_to_fail()
    seen(result, "pauses:")
    assert "was not told" in result.told


def test_a_payer_who_is_told_another_end_is_seen(monkeypatch: Patch) -> None:
    def an_hour_more(pause: Any, *rest: Any) -> Any:
        return facts(replace(pause, asked_until=pause.asked_until.plus(timedelta(hours=1))), *rest)

    facts = pause_notices.pause_facts
    monkeypatch.setattr(pause_notices, "pause_facts", an_hour_more)
    result = first_to_fail()
    seen(result, "pauses:")
    assert "no notice says" in result.told


def test_a_pause_upon_a_score_is_seen(monkeypatch: Patch) -> None:
    """I8: a list and a score pass as facts."""
    as_facts = dict.fromkeys((*pause_law.SIGNS, "a feeling"), AssertionKind.fact)
    monkeypatch.setattr(pause_law, "SIGNS", as_facts)
    seen(first_to_fail(), "pauses:")


def test_a_pause_upon_a_score_that_nobody_notices_is_seen_in_its_row(monkeypatch: Patch) -> None:
    as_facts = dict.fromkeys((*pause_law.SIGNS, "a feeling"), AssertionKind.fact)
    monkeypatch.setattr(pause_law, "SIGNS", as_facts)
    monkeypatch.setattr(payers.Payers, "_judged", lambda *_: "done")
    result = first_to_fail()
    seen(result, "pauses:")
    assert "waits for no fact" in result.told


def test_one_officer_where_two_are_needed_is_seen(monkeypatch: Patch) -> None:
    monkeypatch.setattr(pauses, "needs_second", lambda _: False)
    result = first_to_fail()
    seen(result, "pauses:")
    assert "no second officer" in result.told


def test_one_officer_who_signs_twice_is_seen(monkeypatch: Patch) -> None:
    """I11: the officer who has paused the payment is its second officer too."""

    def anybody(tx: Any, pause_id: str, officer: Any, setting: Any) -> Any:
        pause = pauses._standing(tx, pause_id, setting)
        if not isinstance(pause, pause_records.PaymentPause):
            return pause
        signed = replace(pause, second_officer_id=officer.officer_id, is_second_awaited=False)
        return pauses.acted(tx, signed, pauses.Act.pause_payment, setting, officer=officer, reasons=pause.reasons)

    monkeypatch.setattr(payers, "second_pause", anybody)
    monkeypatch.setattr(payers.Payers, "_judged", lambda *_: "done")
    result = first_to_fail()
    seen(result, "pauses:")
    assert "one officer" in result.told


def test_a_payment_refused_before_its_payer_was_called_is_seen(monkeypatch: Patch) -> None:
    def uncalled(tx: Any, pause_id: str, reasons: str, officer: Any, setting: Any) -> Any:
        ending = (pauses.Act.reject_payment, pauses.GateVerb.reject, PauseEnd.refused_by_officer)
        return pauses._end_by_officer(tx, pause_id, reasons, officer, setting, ending)

    monkeypatch.setattr(payers, "reject_by_officer", uncalled)
    monkeypatch.setattr(payers.Payers, "_judged", lambda *_: "done")
    result = first_to_fail()
    seen(result, "pauses:")
    assert "before its payer was called" in result.told


def test_a_pause_that_is_extended_for_nothing_new_is_seen(monkeypatch: Patch) -> None:
    def again(asked: Any, new: Any, *rest: Any) -> Any:
        return extension(asked, new or ("payer_confirms_deceit",), *rest)

    extension = pauses.assess_extension
    monkeypatch.setattr(pauses, "assess_extension", again)
    monkeypatch.setattr(payers.Payers, "_judged", lambda *_: "done")
    result = first_to_fail()
    seen(result, "pauses:")
    assert "nothing new was learnt" in result.told


def test_a_row_that_says_something_else_than_the_core_did_is_seen(monkeypatch: Patch) -> None:
    as_refused = {**dict.fromkeys(PauseEnd, PauseStatus.rejected)}
    monkeypatch.setattr("tarazy.agent.pause_round.STATUS_AFTER", as_refused)
    seen(first_to_fail(), "pauses:")


def test_a_payer_who_does_not_hear_of_the_end_is_seen(monkeypatch: Patch) -> None:
    monkeypatch.setattr(pause_notices, "_tell", lambda *_: None)
    result = first_to_fail()
    seen(result, "pauses:")
    assert "was not told that it ended" in result.told


def test_an_appeal_about_a_pause_that_nobody_answers_is_seen(monkeypatch: Patch) -> None:
    """I10: the bank is silent, and nothing follows from it."""
    monkeypatch.setattr("tarazy.agent.pause_round.answer_pause_silence", lambda *_: 0)
    result = first_to_fail()
    seen(result, "pauses:")
    assert "nobody has answered" in result.told


def test_an_appeal_that_is_right_and_changes_nothing_is_seen(monkeypatch: Patch) -> None:
    monkeypatch.setattr(pause_appeals, "_let_go", lambda pause, _: pause)
    result = first_to_fail()
    seen(result, "pauses:")
    assert "still waits" in result.told


def test_an_appeal_answered_by_who_has_paused_it_is_seen(monkeypatch: Patch) -> None:
    monkeypatch.setattr(pause_appeals, "hands_on", lambda *_: frozenset())
    monkeypatch.setattr(payers.Payers, "_judged", lambda *_: "done")
    result = first_to_fail()
    seen(result, "pauses:")
    assert "who has paused it" in result.told
