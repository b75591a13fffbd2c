"""Every checker is seen to fail: a fault is planted in the product, and the run must end with that checker's word."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from tarazy.agent import answering, booking, books, ending, ledger
from tarazy.agent.booking import ended
from tarazy.agent.handlers import AGENT_HANDLERS
from tarazy.agent.reference_core import ReferenceCore
from tarazy.app import answers, holding
from tarazy.app.asking import ask_pieces
from tarazy.app.exchange import EXCHANGE_HANDLERS
from tarazy.app.holding import hold_after_answer
from tarazy.app.messages import Handled
from tarazy.app.records import CASE_HOLDS, PIECES, REPORTS
from tarazy.domain.hold import HoldStatus
from tarazy.domain.line import apply_debit, lay_hold, with_free
from tarazy.domain.tracing import ShareKind
from tarazy.simulation.lanes import Carrier
from tarazy.simulation.run import SimulationResult, Verdict, run
from tarazy.simulation.simulated_core import SimulatedCore
from tarazy.values.interval import Interval, subtract, union
from tarazy.values.replacing import replace

TRIES = 30
Patch = pytest.MonkeyPatch


def first_to_fail() -> SimulationResult:
    for seed in range(1, TRIES + 1):
        result = run(seed)
        if result.verdict is not Verdict.passed:
            return result
    pytest.fail(f"none of {TRIES} seeds has seen the planted fault")


def seen(result: SimulationResult, *checkers: str) -> None:
    assert result.verdict is Verdict.correctness, result.told
    assert result.told.startswith(checkers), result.told


def test_a_hold_that_does_not_end_is_seen(monkeypatch: Patch) -> None:
    monkeypatch.setattr(ending, "expire_holds", lambda *_: 0)
    monkeypatch.setattr(ReferenceCore, "_drop", lambda *_: 0)
    result = first_to_fail()
    seen(result, "holds:")
    assert "its end was" in result.told


def test_a_hold_that_ends_an_hour_early_is_seen(monkeypatch: Patch) -> None:
    first_end = answering._first_end
    monkeypatch.setattr(answering, "_first_end", lambda follow: first_end(follow).plus(timedelta(hours=-1)))
    result = first_to_fail()
    seen(result, "holds:")
    assert "its terms last to" in result.told


def test_a_hold_that_the_timer_ends_an_hour_early_is_seen(monkeypatch: Patch) -> None:
    def too_soon(tx: Any, exchange: Any, setting: Any) -> Any:
        return expire(tx, exchange, replace(setting, now=setting.now.plus(timedelta(hours=1))))

    expire = ending.expire_holds
    monkeypatch.setattr(ending, "expire_holds", too_soon)
    seen(first_to_fail(), "holds:")


def test_a_refused_answer_that_nobody_records_is_seen(monkeypatch: Patch) -> None:
    monkeypatch.setattr(answers, "_refused", lambda _, piece, *__: piece)
    result = first_to_fail()
    seen(result, "events:")
    assert "0 recorded" in result.told


def test_a_piece_that_waits_after_its_end_is_seen(monkeypatch: Patch) -> None:
    monkeypatch.setattr(ending, "end_pieces", lambda *_: 0)
    result = first_to_fail()
    seen(result, "ends:")
    assert "whose end was" in result.told


def test_a_core_that_keeps_its_reserve_is_seen(monkeypatch: Patch) -> None:
    monkeypatch.setattr(ReferenceCore, "_drop", lambda *_: 0)
    monkeypatch.setattr(ending, "core_command", lambda *_, **__: None)
    seen(first_to_fail(), "holds:")


def test_a_debit_that_takes_held_units_is_seen(monkeypatch: Patch) -> None:
    def lay_without_keeping(line: Any, piece: Interval, amount: int) -> Any:
        after, held = lay_hold(line, piece, amount)
        return with_free(after, union((*after.free, *held))), held

    monkeypatch.setattr(booking, "lay_hold", lay_without_keeping)
    seen(first_to_fail(), "books:")


def test_a_debit_that_takes_the_newest_units_is_seen_by_the_truth(monkeypatch: Patch) -> None:
    def newest_first(line: Any, entry: Any) -> Any:
        whole = apply_debit(line, entry)
        if not whole.consumptions or entry.transfer_ref is None:
            return whole
        amount = sum(row.line_to - row.line_from for row in whole.consumptions)
        last = line.free[-1]
        if last.end - last.start < amount:
            return whole
        taken = Interval(last.end - amount, last.end)
        row = whole.consumptions[0]._replace(line_from=taken.start, line_to=taken.end, transfer_from=0)
        after = replace(with_free(line, subtract(line.free, (taken,))), debt_minor=whole.line.debt_minor)
        return replace(whole, line=after, consumptions=(row,))

    monkeypatch.setattr(booking, "apply_debit", newest_first)
    seen(first_to_fail(), "truth:")


def test_a_sum_that_is_off_by_one_is_seen(monkeypatch: Patch) -> None:
    def one_more(tracing: Any, piece: Any, answer: Any, new: Any) -> Any:
        after = with_answer(tracing, piece, answer, new)
        return replace(after, sums={**after.sums, ShareKind.held: after.sums[ShareKind.held] + 1})

    with_answer = answers._with_answer
    monkeypatch.setattr(answers, "_with_answer", one_more)
    seen(first_to_fail(), "tracings:")


def test_a_piece_that_nobody_follows_is_seen(monkeypatch: Patch) -> None:
    def without_children(tx: Any, tracing: Any, onward: Sequence[Any], *rest: Any) -> Any:
        after = ask_pieces(tx, tracing, onward, *rest)
        for piece in tx.find(PIECES):
            if piece.parent_id is not None:
                tx.delete(replace(PIECES, is_deletable=True), piece.piece_id)
        return after

    monkeypatch.setattr(answers, "ask_pieces", without_children)
    seen(first_to_fail(), "tracings:")


def test_protected_money_that_is_held_is_seen(monkeypatch: Patch) -> None:
    monkeypatch.setattr(books, "floors_from", lambda *_: {})
    monkeypatch.setattr(ledger, "floors_from", lambda *_: {})
    result = first_to_fail()
    seen(result, "holds:")
    assert "protected" in result.told


def test_a_hold_that_is_over_without_a_reason_is_seen(monkeypatch: Patch) -> None:
    def without_reason(hold: Any, status: HoldStatus, end: Any, setting: Any) -> Any:
        return replace(ended(hold, status, end, setting), end=None)

    monkeypatch.setattr(ending, "ended", without_reason)
    # Who is told of the end is told nothing that holds either: whichever checker comes first sees it.
    seen(first_to_fail(), "holds:", "notices:")


def test_a_refund_that_is_counted_twice_is_seen(monkeypatch: Patch) -> None:
    def twice(tx: Any, hold: Any, payment: Any, setting: Any) -> None:
        before = tx.get(REPORTS, payment.report_id)
        settle_part(tx, hold, payment, setting)
        after = tx.get(REPORTS, payment.report_id)
        gained = after.returned_minor - before.returned_minor
        tx.put(REPORTS, replace(after, returned_minor=after.returned_minor + gained))

    settle_part = holding._settle_part
    monkeypatch.setattr(holding, "_settle_part", twice)
    seen(first_to_fail(), "money:")


def test_a_refund_that_is_paid_twice_is_seen(monkeypatch: Patch) -> None:
    def again(core: Any, tx: Any, payment: Any, now: Any) -> None:
        credit(core, tx, payment, now)
        if payment.for_report is not None:
            credit(core, tx, payment, now)

    credit: Callable[..., None] = SimulatedCore._credit
    monkeypatch.setattr(SimulatedCore, "_credit", again)
    seen(first_to_fail(), "money:", "entries:")


def test_a_message_that_is_done_and_never_arrived_is_seen(monkeypatch: Patch) -> None:
    def swallowing(carrier: Any, lane: Any, sent: Any, number: int) -> Any:
        kept = [message for message in sent if message.kind != "follow_order"]
        lost = [message for message in sent if message.kind == "follow_order"]
        if lost:
            sender = carrier._network.program(lane.sender)
            results = sender.peer.receive([message.text for message in lost], sender.clock.now())
            sender.peer.settle(lost, [replace_status(result) for result in results], sender.clock.now())
            lane.in_flight = 0
            return "swallowed"
        return take(carrier, lane, kept, number)

    def replace_status(result: Any) -> Any:
        return msgspec.structs.replace(result, status="accepted", refusal=None)

    take = Carrier._take
    monkeypatch.setattr(Carrier, "_take", swallowing)
    seen(first_to_fail(), "messages:")


def test_an_event_that_is_missing_is_seen(monkeypatch: Patch) -> None:
    def silent(tx: Any, setting: Any, kind: str, *rest: Any, **details: Any) -> Any:
        return None if kind == "hold_placed" else record(tx, setting, kind, *rest, **details)

    record = holding._record
    monkeypatch.setattr(holding, "_record", silent)
    seen(first_to_fail(), "events:")


def test_a_hold_that_exchange_and_bank_see_otherwise_is_seen(monkeypatch: Patch) -> None:
    def forgetful(tx: Any, *rest: Any) -> Any:
        tracing = hold_after_answer(tx, *rest)
        for hold in tx.find(CASE_HOLDS):
            if hold.held_minor:
                tx.put(CASE_HOLDS, replace(hold, held_minor=hold.held_minor - 1))
        return tracing

    monkeypatch.setattr(answers, "hold_after_answer", forgetful)
    seen(first_to_fail(), "agreement:")


def test_a_lie_that_changes_something_is_seen(monkeypatch: Patch) -> None:
    def gullible(piece: Any, tracing: Any, answer: Any, sender: Any) -> Any:
        return stands(piece, tracing, answer, piece.participant_id if piece else sender)

    stands = answers._stands
    monkeypatch.setattr(answers, "_stands", gullible)
    seen(first_to_fail(), "bad peer:")


def test_an_order_that_is_never_answered_is_seen_as_no_progress(monkeypatch: Patch) -> None:
    monkeypatch.setitem(AGENT_HANDLERS, "follow_order", lambda _, envelopes, __: [Handled() for _ in envelopes])
    result = first_to_fail()
    assert result.verdict is Verdict.liveness
    assert "asked and not answered" in result.told


def test_a_crash_is_told_with_its_place(monkeypatch: Patch) -> None:
    def broken(*_: Any) -> Any:
        raise RuntimeError("planted")

    monkeypatch.setitem(EXCHANGE_HANDLERS, "answer", broken)
    result = first_to_fail()
    assert result.verdict is Verdict.crash
    assert result.told.startswith("RuntimeError: planted")
