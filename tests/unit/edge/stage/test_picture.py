"""The picture of a report's money: every unit at one height, nothing over anything, the bar as long as the sum."""

from datetime import UTC, datetime

from tarazy.app.records import Piece, Tracing
from tarazy.domain.tracing import ShareKind, StopKind
from tarazy.edge.stage.picture import COLUMN, HEIGHT, TOP, bar_of, picture_of
from tarazy.protocol.bodies import ShareTold
from tarazy.values.ids import CaseId, ParticipantId, PieceId, ReportId, SealedRef, TracingId
from tarazy.values.instant import Instant

NOW = Instant(datetime(2026, 11, 22, tzinfo=UTC))


def piece(name: str, depth: int, origin: int, size: int, *shares: ShareTold, stop: StopKind | None = None) -> Piece:
    return Piece(
        piece_id=PieceId(name),
        tracing_id=TracingId("tr"),
        case_id=CaseId("cs"),
        parent_id=None,
        depth=depth,
        participant_id=ParticipantId(f"bank-{name}"),
        sealed_ref=SealedRef(""),
        from_minor=0,
        to_minor=size,
        origin_from=origin,
        parent_from=0,
        stop=stop,
        refused_by=(),
        hold_id=None,
        terms=None,
        disclosure_id=None,
        answer_no=1 if shares else 0,
        shares=shares,
        asked_at=NOW,
        answered_at=None,
        fault=None,
    )


def share(kind: ShareKind, start: int, end: int) -> ShareTold:
    return ShareTold(kind=kind, from_minor=start, to_minor=end)


def test_a_unit_keeps_its_height_from_hop_to_hop() -> None:
    first = piece("a", 0, 0, 100, share(ShareKind.held, 0, 40), share(ShareKind.moved_on, 40, 100))
    second = piece("b", 1, 40, 60, share(ShareKind.exited, 0, 60))
    held, moved, exited = picture_of([first, second], 100).stretches
    assert (held.top, held.left) == (TOP, 0)
    assert moved.top == exited.top == TOP + HEIGHT * 40 // 100
    assert exited.left == COLUMN
    assert held.top + held.height < moved.top


def test_a_piece_that_nobody_answered_for_yet_is_drawn_as_asked() -> None:
    (asked,) = picture_of([piece("a", 0, 0, 100)], 100).stretches
    assert (asked.kind, asked.amount_minor) == ("asking", 100)


def test_a_piece_that_is_not_followed_is_drawn_with_its_reason() -> None:
    (stopped,) = picture_of([piece("a", 0, 0, 100, stop=StopKind.dust)], 100).stretches
    assert (stopped.kind, stopped.detail) == ("stopped", "dust")


def test_bar_is_the_whole_sum_whatever_the_parts() -> None:
    sums = {kind.value: 0 for kind in ShareKind} | {"held": 1, "exited": 333, "stopped": 333}
    tracing = Tracing(
        tracing_id=TracingId("tr"),
        case_id=CaseId("cs"),
        report_id=ReportId("rp"),
        currency="KZT",
        stolen_minor=1_000,
        sums=sums,
        asking_minor=333,
        pieces=1,
        rank=NOW,
        started_at=NOW,
        ends_at=NOW,
        last_hold_at=None,
        is_live=True,
        closes_at=None,
    )
    parts = bar_of(tracing)
    assert sum(part.width for part in parts) == 1_000
    assert [part.left for part in parts] == [0, 1, 334, 667]
