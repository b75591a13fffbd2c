"""What a holder is told now: the newest news, and what of the older it has overtaken."""

from datetime import date, timedelta
from typing import Final

import pytest

from tarazy.agent.notices import News, news_of
from tarazy.agent.paid import PaidFor
from tarazy.agent.records import AgentHold, ServedNotice
from tarazy.domain.hold import HoldStatus
from tarazy.domain.notice import NoticeKind
from tarazy.domain.tracing import StopKind
from tarazy.law.assessment import Lane
from tarazy.protocol.bodies import Author, HoldTerms
from tarazy.values.ids import (
    AccountId,
    CaseId,
    HoldId,
    NormId,
    NoticeId,
    OfficerId,
    ParticipantId,
    PieceId,
    ReportId,
    TransferRef,
)
from tarazy.values.instant import Instant

NOW: Final = Instant.parse("2026-11-22T10:00:00+05:00")
PLACED, CONFIRMED, NARROWED = NoticeKind.hold_placed, NoticeKind.hold_confirmed, NoticeKind.hold_narrowed
DROPPED = NoticeKind.hold_dropped_in_part
RELEASED, EXPIRED, PAID = NoticeKind.hold_released, NoticeKind.hold_expired, NoticeKind.refund_paid

Told = tuple[tuple[NoticeKind, int], ...]


def hold_with(
    status: HoldStatus, due: NoticeKind | None, *, held: int = 0, paid: int = 0, dropped: int = 0
) -> AgentHold:
    """Return a hold of which at most 100 were held or paid at a time."""
    end = NOW.plus(timedelta(hours=2))
    terms = HoldTerms(
        hold_id=HoldId("hd-1"),
        report_id=ReportId("rp-1"),
        measure="M4b",
        pack="xx",
        law_day=date(2026, 11, 22),
        norms=(NormId("xx-pause"),),
        author=Author(participant_id=ParticipantId("bank-b"), officer_id=OfficerId("officer-1"), mandate_id=None),
        claim_minor=100,
        confirm_by=end,
        expires_at=end,
        floor_days=0,
        living_minimum_minor=0,
        commitment="",
    )
    return AgentHold(
        hold_id=terms.hold_id,
        order_id=PieceId("pc-1"),
        account_id=AccountId("timur"),
        case_id=CaseId("cs-1"),
        transfer_ref=TransferRef("t1"),
        claim_minor=100,
        asked_minor=0,
        reserved_minor=held,
        held_minor=held,
        releasing_minor=0,
        paid_minor=paid,
        payments=(),
        currency="KZT",
        status=status,
        end=None,
        rest=StopKind.protected,
        received_at=NOW,
        expires_at=end,
        expires_at_most=end,
        confirmed_by=None,
        confirmed_at=None,
        reasons=None,
        ended_at=None,
        notice_due=due,
        told_minor=100,
        dropped_minor=dropped,
        terms=terms,
        last_minor=100 - paid - dropped,
    )


def served(kind: NoticeKind, amount: int, lane: Lane | None = None) -> ServedNotice:
    return ServedNotice(
        notice_id=NoticeId(f"nt-{kind}"),
        hold_id=HoldId("hd-1"),
        account_id=AccountId("timur"),
        notice_kind=kind,
        lane=Lane.court if kind is PAID and lane is None else lane,
        amount_minor=amount,
        language="kk",
        code="",
        subject="",
        paragraphs=(),
        short_text="",
        channel="app",
        served_at=NOW,
    )


HELD: Final[Told] = ((PLACED, 100),)
STORIES: Final[dict[str, tuple[AgentHold, Told, list[NoticeKind]]]] = {
    "placed": (hold_with(HoldStatus.placed, PLACED, held=100), (), [PLACED]),
    "confirmed before anything was told": (hold_with(HoldStatus.placed, CONFIRMED, held=100), (), [PLACED]),
    "narrowed before anything was told": (hold_with(HoldStatus.placed, NARROWED, held=40), (), [PLACED]),
    "confirmed": (hold_with(HoldStatus.placed, CONFIRMED, held=100), HELD, [CONFIRMED]),
    "narrowed": (hold_with(HoldStatus.placed, NARROWED, held=40), HELD, [NARROWED]),
    "more of it placed": (hold_with(HoldStatus.placed, PLACED, held=100), HELD, []),
    "paid in part": (hold_with(HoldStatus.placed, PAID, held=60, paid=40), HELD, [PAID]),
    "paid in part before anything was told": (hold_with(HoldStatus.placed, PAID, held=60, paid=40), (), [PLACED, PAID]),
    "paid in part, then confirmed": (
        hold_with(HoldStatus.placed, CONFIRMED, held=60, paid=40),
        HELD,
        [CONFIRMED, PAID],
    ),
    "confirmed after a payment that was told": (
        hold_with(HoldStatus.placed, CONFIRMED, held=60, paid=40),
        (*HELD, (PAID, 40)),
        [CONFIRMED],
    ),
    "paid once more": (hold_with(HoldStatus.placed, PAID, held=20, paid=80), (*HELD, (PAID, 40)), [PAID]),
    "a part dropped by the core": (hold_with(HoldStatus.placed, DROPPED, held=70, dropped=30), HELD, [DROPPED]),
    "a part dropped before anything was told": (
        hold_with(HoldStatus.placed, PLACED, held=70, dropped=30),
        (),
        [PLACED],
    ),
    "a part dropped, then confirmed": (
        hold_with(HoldStatus.placed, CONFIRMED, held=70, dropped=30),
        HELD,
        [CONFIRMED, DROPPED],
    ),
    "a part dropped, then paid in part": (
        hold_with(HoldStatus.placed, DROPPED, held=50, paid=20, dropped=30),
        HELD,
        [DROPPED, PAID],
    ),
    "a part dropped, then released": (hold_with(HoldStatus.released, RELEASED, dropped=30), HELD, [RELEASED]),
    "paid whole": (hold_with(HoldStatus.paid, PAID, paid=100), HELD, [PAID]),
    "paid whole before anything was told": (hold_with(HoldStatus.paid, PAID, paid=100), (), [PAID]),
    "released": (hold_with(HoldStatus.released, RELEASED), HELD, [RELEASED]),
    "released before anything was told": (hold_with(HoldStatus.released, RELEASED), (), [RELEASED]),
    "expired": (hold_with(HoldStatus.expired, EXPIRED), HELD, [EXPIRED]),
    "declined after it was held": (hold_with(HoldStatus.declined, RELEASED), HELD, [RELEASED]),
    "paid in part, then released": (hold_with(HoldStatus.released, RELEASED, paid=40), HELD, [PAID, RELEASED]),
    "paid in part and told, then expired": (
        hold_with(HoldStatus.expired, EXPIRED, paid=40),
        (*HELD, (PAID, 40)),
        [EXPIRED],
    ),
    "a late payment after the end was told": (
        hold_with(HoldStatus.released, PAID, paid=40),
        (*HELD, (RELEASED, 100)),
        [PAID],
    ),
    "released, and that was told": (hold_with(HoldStatus.released, RELEASED), (*HELD, (RELEASED, 100)), []),
    "expired, and told of as released": (hold_with(HoldStatus.expired, EXPIRED), (*HELD, (RELEASED, 100)), []),
    "paid whole, then released with nothing left": (hold_with(HoldStatus.released, RELEASED, paid=100), HELD, [PAID]),
}


@pytest.mark.parametrize("story", STORIES)
def test_a_holder_is_told_the_news_and_what_it_has_overtaken_once(story: str) -> None:
    hold, told, expected = STORIES[story]
    news = news_of(hold, [served(kind, amount) for kind, amount in told], by_court(hold))
    assert [one.kind for one in news] == expected


def test_who_has_no_news_is_not_asked_for() -> None:
    with pytest.raises(AssertionError):
        news_of(hold_with(HoldStatus.placed, None, held=100), [], ())


def by_court(hold: AgentHold) -> tuple[PaidFor, ...]:
    return (PaidFor(Lane.court, hold.paid_minor),) if hold.paid_minor else ()


def test_what_was_paid_is_told_for_each_reason_by_itself() -> None:
    hold = hold_with(HoldStatus.placed, PAID, held=20, paid=80)
    agreed, decided = PaidFor(Lane.consent, 30, None, 50), PaidFor(Lane.court, 50, None, 30)
    told = [served(PLACED, 100), served(PAID, 30, Lane.consent)]
    assert news_of(hold, told, (agreed, decided)) == [News(PAID, decided)]
    assert news_of(hold, told[:1], (agreed, decided)) == [News(PAID, agreed), News(PAID, decided)]
    assert news_of(hold, told, (agreed._replace(amount_minor=31), decided))[0].paid == agreed._replace(amount_minor=31)


def test_a_payment_that_the_core_has_not_told_of_yet_is_told_when_it_has() -> None:
    hold = hold_with(HoldStatus.placed, PAID, held=20, paid=80)
    assert news_of(hold, [served(PLACED, 100)], ()) == []
