"""The checkers of what runs behind the acts are seen to fail: notices, the log, its readers, consent, shadow mode."""

from datetime import timedelta
from typing import Any

import pytest

from tarazy.agent import desk, notice_facts, notices, trace_notices
from tarazy.agent.ending import take_pay_orders
from tarazy.agent.handlers import AGENT_HANDLERS
from tarazy.agent.notice_office import author_of
from tarazy.app import asking, figures, joining, sequencing, telling_reporters
from tarazy.app.exchange import EXCHANGE_HANDLERS
from tarazy.app.messages import Handled
from tarazy.app.records import CASE_HOLDS, EVENTS
from tarazy.app.sequencing import sequence_events
from tarazy.domain import notice_text
from tarazy.domain.case import NewsState
from tarazy.domain.tracing import StopKind
from tarazy.log.checkpoint import sign_checkpoint
from tarazy.log.tree import inclusion_proof
from tarazy.protocol.bodies import FollowOrder
from tarazy.simulation import log_keeper
from tarazy.simulation.notice_clerks import NoticeClerks
from tarazy.simulation.programs import OFFICER
from tarazy.simulation.run import Verdict
from tarazy.values.replacing import replace
from tests.simulation.test_checkers import first_to_fail, seen

Patch = pytest.MonkeyPatch
ENOUGH = 20


def test_news_that_overtakes_the_placing_is_seen(monkeypatch: Patch) -> None:
    newest_alone = staticmethod(lambda hold, *_: [notices.News(hold.notice_due)] if hold.told_minor else [])
    monkeypatch.setattr(notices, "news_of", newest_alone)
    seen(first_to_fail(), "notices:")


def test_an_offer_that_overtakes_the_answer_of_its_hold_is_seen(monkeypatch: Patch) -> None:
    """The bank counts on its reply to be there: a slow or a lost one is not."""
    monkeypatch.setattr(desk, "tell_before", lambda *_: None)
    result = first_to_fail()
    seen(result, "messages:")
    assert "return_offered" in result.told
    assert "amount_above_hold" in result.told


def test_a_notice_of_a_payment_that_ends_a_hold_which_stands_is_seen(monkeypatch: Patch) -> None:
    monkeypatch.setattr(notice_facts, "is_live", lambda *_: False)
    result = first_to_fail()
    seen(result, "notices:")
    assert "the hold stands" in result.told


def test_a_notice_of_more_than_was_held_is_seen(monkeypatch: Patch) -> None:
    amount_of = notice_facts.amount_of
    monkeypatch.setattr(notice_facts, "amount_of", lambda *rest, is_over: amount_of(*rest, is_over=is_over) + 1)
    result = first_to_fail()
    seen(result, "notices:")
    assert "were held" in result.told


def test_a_notice_that_is_served_twice_is_seen(monkeypatch: Patch) -> None:
    def twice(tx: Any, hold: Any, kind: Any, *rest: Any) -> None:
        serve(tx, hold, kind, *rest)
        serve(tx, hold, kind, *rest)

    serve = notices._serve
    monkeypatch.setattr(notices, "_serve", twice)
    seen(first_to_fail(), "notices:")


def test_a_notice_that_the_exchange_does_not_keep_is_seen(monkeypatch: Patch) -> None:
    monkeypatch.setitem(EXCHANGE_HANDLERS, "notice_served", lambda _, envelopes, __: [Handled() for _ in envelopes])
    result = first_to_fail()
    seen(result, "notices:")
    assert "does not know of it" in result.told


def test_a_notice_that_is_never_served_is_seen_as_no_progress(monkeypatch: Patch) -> None:
    monkeypatch.setattr(NoticeClerks, "look", lambda *_: None)
    result = first_to_fail()
    assert result.verdict is Verdict.liveness
    assert "a notice is due" in result.told


def test_a_notice_that_names_who_decided_nothing_is_seen(monkeypatch: Patch) -> None:
    monkeypatch.setattr(
        notice_facts, "author_of", lambda _, office: author_of(office.bank.officers[0].officer_id, office)
    )
    result = first_to_fail()
    seen(result, "notices:")
    assert "who has decided nothing" in result.told


def test_an_end_by_itself_that_is_told_as_a_decision_is_seen(monkeypatch: Patch) -> None:
    monkeypatch.setattr(notice_text, "_ended_without_officer", lambda _: False)
    result = first_to_fail()
    seen(result, "notices:")
    assert "told as an officer's decision?" in result.told


def test_a_decision_that_is_told_with_another_moment_is_seen(monkeypatch: Patch) -> None:
    monkeypatch.setattr(notice_facts, "_decision", lambda hold: (OFFICER, hold.received_at.plus(timedelta(days=-1))))
    result = first_to_fail()
    seen(result, "notices:")
    assert "which is not said" in result.told


def test_an_answer_that_its_holder_does_not_hear_of_is_seen(monkeypatch: Patch) -> None:
    monkeypatch.setattr(trace_notices, "owes_notice", lambda *_: False)
    result = first_to_fail()
    seen(result, "notices:")
    assert "hears neither" in result.told


def test_another_root_is_seen(monkeypatch: Patch) -> None:
    def altered(checkpoint: Any, *rest: Any) -> str:
        return sign_checkpoint(replace(checkpoint, root=bytes(32)), *rest)

    monkeypatch.setattr(sequencing, "sign_checkpoint", altered)
    seen(first_to_fail(), "log:")


def test_a_sequencer_that_was_overtaken_and_signs_is_seen(monkeypatch: Patch) -> None:
    def signs(tx: Any, signer: Any, _: Any, signed: str) -> None:
        head = tx.get(sequencing.LOG_HEADS, signer.origin)
        tx.put(sequencing.LOG_HEADS, replace(head, checkpoint=signed))

    monkeypatch.setattr(sequencing, "_store_checkpoint", signs)
    result = first_to_fail()
    seen(result, "log:")
    assert "signed after" in result.told


def test_an_event_that_changes_after_it_was_numbered_is_seen(monkeypatch: Patch) -> None:
    def rewriting(store: Any, signer: Any) -> int:
        numbered = sequence_events(store, signer)
        events = store.run(lambda tx: tx.find(EVENTS, order=("serial",)))
        if len(events) > ENOUGH:
            store.run(lambda tx: tx.put(EVENTS, replace(events[0], commitment="00" * 32)))
        return numbered

    monkeypatch.setattr(log_keeper, "sequence_events", rewriting)
    result = first_to_fail()
    seen(result, "log:")
    assert "changed since it was numbered" in result.told


def test_a_receipt_that_proves_nothing_is_seen(monkeypatch: Patch) -> None:
    monkeypatch.setattr(sequencing, "inclusion_proof", lambda *rest: inclusion_proof(*rest)[::-1])
    seen(first_to_fail(), "log:")


def test_an_event_without_a_number_is_seen_as_no_progress(monkeypatch: Patch) -> None:
    monkeypatch.setattr(log_keeper, "sequence_events", lambda *_: 0)
    result = first_to_fail()
    assert result.verdict is Verdict.liveness
    assert "waits for its number" in result.told


def test_a_case_that_is_not_counted_anew_is_seen(monkeypatch: Patch) -> None:
    def forgetful(tx: Any, case_ids: list[Any], now: Any) -> None:
        recount(tx, [one for one in case_ids if tx.get(figures.CASE_FIGURES, one) is None], now)

    recount = figures._recount
    monkeypatch.setattr(figures, "_recount", forgetful)
    monkeypatch.setattr(figures, "_recount_at", lambda *_: None)
    seen(first_to_fail(), "figures:")


def test_totals_that_are_not_what_the_cases_add_are_seen(monkeypatch: Patch) -> None:
    def once_more(tx: Any, *rest: Any) -> None:
        recount(tx, *rest)
        for total in tx.find(figures.FIGURES):
            tx.put(figures.FIGURES, replace(total, cases=total.cases + 1))

    recount = figures._recount
    monkeypatch.setattr(figures, "_recount", once_more)
    seen(first_to_fail(), "figures:")


def test_news_that_nobody_tells_is_seen(monkeypatch: Patch) -> None:
    monkeypatch.setattr(telling_reporters, "news_of", lambda *_, **__: None)
    seen(first_to_fail(), "reporters:")


def test_a_bank_that_is_told_without_end_is_seen(monkeypatch: Patch) -> None:
    monkeypatch.setattr(telling_reporters, "UPDATES_PER_REPORT_MAX", 1000)
    monkeypatch.setattr(telling_reporters, "news_of", lambda *_, **__: NewsState.held)
    result = first_to_fail()
    seen(result, "reporters:")


def test_a_payment_on_a_consent_taken_back_is_seen(monkeypatch: Patch) -> None:
    monkeypatch.setitem(AGENT_HANDLERS, "pay_order", take_pay_orders)
    result = first_to_fail()
    seen(result, "consent:")


def test_a_bank_in_shadow_mode_that_holds_is_seen(monkeypatch: Patch) -> None:
    monkeypatch.setattr(asking, "SHADOW_LEVEL", "no such level")
    seen(first_to_fail(), "shadow:")


def test_what_would_have_been_held_and_counts_as_something_else_is_seen(monkeypatch: Patch) -> None:
    def refused(**said: Any) -> Any:
        return FollowOrder(**{**said, "rest": StopKind.refused_by_law})

    monkeypatch.setattr(asking, "FollowOrder", refused)
    seen(first_to_fail(), "shadow:")


def test_a_hold_that_a_joined_case_leaves_behind_is_seen(monkeypatch: Patch) -> None:
    def forgetful(tx: Any, own: Any, *rest: Any) -> None:
        mine = [hold for hold in tx.find(CASE_HOLDS) if hold.case_id == own.case_id]
        merge(tx, own, *rest)
        for hold in mine:
            tx.put(CASE_HOLDS, hold)

    merge = joining._merge
    monkeypatch.setattr(joining, "_merge", forgetful)
    seen(first_to_fail(), "joined:")
