"""What a holder is told now: the newest news, and what of the older it has overtaken."""

from datetime import timedelta
from typing import Final

import pytest

from tarazy.agent.notices import kinds_to_tell
from tarazy.agent.records import AgentHold, ServedNotice
from tarazy.domain.hold import HoldStatus
from tarazy.domain.notice import NoticeKind
from tarazy.domain.tracing import StopKind
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
RELEASED, EXPIRED, PAID = NoticeKind.hold_released, NoticeKind.hold_expired, NoticeKind.refund_paid

Told = tuple[tuple[NoticeKind, int], ...]


def hold_with(status: HoldStatus, due: NoticeKind | None, *, held: int = 0, paid: int = 0) -> AgentHold:
    """Return a hold of which at most 100 were held or paid at a time."""
    end = NOW.plus(timedelta(hours=2))
    terms = HoldTerms(
        hold_id=HoldId("hd-1"),
        report_id=ReportId("rp-1"),
        measure="M4b",
        pack="xx",
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
        terms=terms,
    )


def served(kind: NoticeKind, amount: int) -> ServedNotice:
    return ServedNotice(
        notice_id=NoticeId(f"nt-{kind}"),
        hold_id=HoldId("hd-1"),
        account_id=AccountId("timur"),
        notice_kind=kind,
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
    assert kinds_to_tell(hold, [served(kind, amount) for kind, amount in told]) == expected


def test_who_has_no_news_is_not_asked_for() -> None:
    with pytest.raises(AssertionError):
        kinds_to_tell(hold_with(HoldStatus.placed, None, held=100), [])
