from datetime import timedelta

import pytest

from tarazy.domain.notice import NoticeKind
from tarazy.domain.notice_life import (
    NOTICE_TRANSITIONS,
    Deferral,
    DeferralEnded,
    Notice,
    NoticeChannel,
    NoticeDeferred,
    NoticeDelivered,
    NoticeFailed,
    NoticeRejection,
    NoticeServed,
    NoticeState,
    apply,
    decide_defer,
    decide_deliver,
    decide_end_deferral,
    decide_fail,
    decide_serve,
    is_overdue,
)
from tarazy.values.ids import HoldId, NormId, NoticeId
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace

NOW = Instant.parse("2026-11-24T04:40:00+00:00")
DUE_BY = NOW.plus(timedelta(hours=24))
DAY = timedelta(days=1)
DUE = Notice(
    notice_id=NoticeId("notice_1"),
    hold_id=HoldId("hold_1"),
    kind=NoticeKind.hold_placed,
    code_hash="00",
    state=NoticeState.due,
    due_by=DUE_BY,
    deferral=None,
    served_at=None,
    delivered_at=None,
)
DEFERRAL = Deferral(
    ground="covert_measure_would_be_revealed",
    authority="prosecutor A. Serik, order 14",
    legal_basis=NormId("kz.cpc.161.1"),
    until=NOW.plus(5 * DAY),
)


def deferred() -> Notice:
    event = decide_defer(DUE, DEFERRAL, NOW.plus(10 * DAY), NOW)
    assert isinstance(event, NoticeDeferred)
    return apply(DUE, event)


def served(notice: Notice, at: Instant = NOW) -> Notice:
    event = decide_serve(notice, NoticeChannel.sms, at)
    assert isinstance(event, NoticeServed)
    return apply(notice, event)


def test_a_notice_is_served_then_delivered() -> None:
    sent = served(DUE)
    assert (sent.state, sent.served_at) == (NoticeState.sent, NOW)
    event = decide_deliver(sent, NOW.plus(DAY))
    assert isinstance(event, NoticeDelivered)
    assert apply(sent, event).state is NoticeState.delivered
    assert decide_serve(apply(sent, event), NoticeChannel.sms, NOW) is NoticeRejection.notice_already_served


def test_a_second_channel_does_not_move_the_moment_of_service() -> None:
    assert served(served(DUE), NOW.plus(DAY)).served_at == NOW


def test_what_a_channel_gave_back_is_still_owed() -> None:
    event = decide_fail(served(DUE), NoticeChannel.sms, NOW)
    assert isinstance(event, NoticeFailed)
    failed = apply(served(DUE), event)
    assert failed.served_at is None
    assert is_overdue(failed, DUE_BY.plus(DAY))
    assert served(failed).state is NoticeState.sent


def test_a_deferral_ends_by_itself_and_the_notice_is_due_at_once() -> None:
    notice = deferred()
    assert decide_serve(notice, NoticeChannel.sms, NOW) is NoticeRejection.notice_not_due
    assert decide_end_deferral(notice, NOW.plus(4 * DAY), is_lifted=False) is NoticeRejection.deferral_not_ended
    late = DEFERRAL.until.plus(DAY)
    event = decide_end_deferral(notice, late, is_lifted=False)
    assert isinstance(event, DeferralEnded)
    due = apply(notice, event)
    assert (due.state, due.deferral, due.due_by) == (NoticeState.due, None, DEFERRAL.until)
    assert is_overdue(due, late)
    assert is_overdue(notice, late)


def test_a_lifted_deferral_makes_the_notice_due_at_that_moment() -> None:
    lifted_at = NOW.plus(3 * DAY)
    event = decide_end_deferral(deferred(), lifted_at, is_lifted=True)
    assert isinstance(event, DeferralEnded)
    assert apply(deferred(), event).due_by == lifted_at


@pytest.mark.parametrize(
    ("deferral", "rejection"),
    [
        (replace(DEFERRAL, ground=" "), NoticeRejection.deferral_without_ground),
        (replace(DEFERRAL, authority=""), NoticeRejection.deferral_without_authority),
        (replace(DEFERRAL, legal_basis=NormId("")), NoticeRejection.deferral_without_authority),
        (replace(DEFERRAL, until=NOW), NoticeRejection.deferral_without_end),
        (replace(DEFERRAL, until=NOW.plus(11 * DAY)), NoticeRejection.deferral_beyond_cap),
    ],
)
def test_a_deferral_needs_ground_authority_and_its_own_end(deferral: Deferral, rejection: NoticeRejection) -> None:
    assert decide_defer(DUE, deferral, NOW.plus(10 * DAY), NOW) is rejection


def test_who_was_told_cannot_be_untold() -> None:
    assert decide_defer(served(DUE), DEFERRAL, NOW.plus(10 * DAY), NOW) is NoticeRejection.notice_already_served
    assert decide_end_deferral(DUE, NOW, is_lifted=True) is NoticeRejection.notice_not_due


def test_overdue_counts_from_the_lawful_moment() -> None:
    assert not is_overdue(DUE, DUE_BY)
    assert is_overdue(DUE, DUE_BY.plus(timedelta(seconds=1)))
    assert not is_overdue(served(DUE), DUE_BY.plus(DAY))
    assert not is_overdue(deferred(), DUE_BY.plus(DAY))


def test_only_what_was_sent_can_arrive_or_fail() -> None:
    assert decide_deliver(DUE, NOW) is NoticeRejection.notice_not_sent
    assert decide_fail(deferred(), NoticeChannel.call, NOW) is NoticeRejection.notice_not_sent


def test_every_state_is_in_the_table_and_can_be_reached() -> None:
    assert set(NOTICE_TRANSITIONS) == set(NoticeState)
    reached = {NoticeState.due}.union(*NOTICE_TRANSITIONS.values())
    assert reached == set(NoticeState)
