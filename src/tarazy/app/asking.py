"""Asking banks to follow pieces: within the limits, as far as the law gate allows, one signed order for each piece."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tarazy.app.eventing import record
from tarazy.app.lawgate import Asked, assess_answer, assess_hold, is_permitted
from tarazy.app.messages import queue
from tarazy.app.records import (
    MANDATES,
    PARTICIPANTS,
    PIECES,
    Mandate,
    Participant,
    Piece,
    Report,
    Tracing,
)
from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Read, Transaction
from tarazy.domain.tracing import DAYS_MAX, DEPTH_MAX, PIECES_MAX, ShareKind, StopKind, dust_minor
from tarazy.law.assessment import Assessment, Measure
from tarazy.protocol.bodies import Author, FollowOrder, HoldTerms
from tarazy.values.ids import (
    DisclosureId,
    HoldId,
    ParticipantId,
    PieceId,
    ReportId,
    SealedRef,
    derived,
)
from tarazy.values.replacing import replace

SHADOW_LEVEL = "shadow"
FLOOR_IN_OTHER_CURRENCY = "law.T7.protected_money"
WITHOUT_AGENT = frozenset({"L0", "L1"})
"""Levels at which no program answers: their manual tasks are not built yet, and nothing is asked in vain."""


@dataclass(frozen=True, slots=True)
class Onward:
    """A stretch of a transfer that is to be followed at the institution that was credited."""

    parent: Piece | None
    participant_id: ParticipantId
    sealed_ref: SealedRef
    from_minor: int
    to_minor: int
    origin_from: int
    parent_from: int

    @property
    def amount_minor(self) -> int:
        """How many units are to be followed."""
        return self.to_minor - self.from_minor

    @property
    def depth(self) -> int:
        """How many transfers lie before this one."""
        return 0 if self.parent is None else self.parent.depth + 1


@dataclass(frozen=True, slots=True)
class Directory:
    """The participants that pieces go to, their mandates for the pause of credited money, and the reports at hand."""

    participants: dict[ParticipantId, Participant]
    mandates: dict[tuple[ParticipantId, str], Mandate]
    reports: dict[ReportId, Report]


def directory_reads(
    participant_ids: Collection[ParticipantId], reports: Read[Report], setting: Setting
) -> list[Read[Any]]:
    """Return the reads of `directory_from`. Several may ask them in one transaction; the database answers once."""
    if not participant_ids:
        return []
    named = tuple(sorted(participant_ids))
    mandates_in_force = (
        Condition("participant_id", "in", named),
        Condition("measure", "=", Measure.M4b),
        Condition("valid_from", "<=", setting.now),
        Condition("valid_to", ">", setting.now),
    )
    return [
        Read(PARTICIPANTS, keys=tuple((participant_id,) for participant_id in named)),
        Read(MANDATES, conditions=mandates_in_force, order=("valid_from",), is_kept=True),
        reports,
    ]


def directory_from(tx: Transaction, reads: Sequence[Read[Any]]) -> Directory:
    """Return whom the pieces go to and on which reports; of several mandates in one currency the newest counts."""
    if not reads:
        return Directory({}, {}, {})
    participants, mandates, known = tx.gather(*reads)
    return Directory(
        {one.participant_id: one for one in participants},
        {(one.participant_id, one.currency): one for one in mandates},
        {one.report_id: one for one in known},
    )


def hold_id_of(piece_id: PieceId) -> HoldId:
    """Return the id of the hold of a piece: one piece, one hold."""
    return HoldId(derived("hd", piece_id))


def ask_pieces(
    tx: Transaction, tracing: Tracing, onward: Sequence[Onward], directory: Directory, setting: Setting
) -> Tracing:
    """Follow each stretch, or say why not; return the tracing with its sums brought up to date (not yet stored)."""
    report = directory.reports[tracing.report_id]
    sums = dict(tracing.sums)
    asking, pieces = tracing.asking_minor, tracing.pieces
    answers: dict[ParticipantId, Assessment] = {}  # to be told of a piece does not depend on its sum
    for one in onward:
        pieces += 1
        participant = directory.participants.get(one.participant_id)
        stop = _limit(one, tracing, pieces, participant, setting)
        refused_by: tuple[str, ...] = ()
        if stop is None and participant is not None:
            asked = Asked(
                report, participant, directory.mandates.get((one.participant_id, report.currency)), one.amount_minor
            )
            told = answers.get(one.participant_id) or assess_answer(asked, setting.pack, setting.now)
            answers[one.participant_id] = told
            if not is_permitted(told):
                stop, refused_by = StopKind.refused_by_law, _refusing(told)
            else:
                held = assess_hold(asked, setting.pack, setting.now)
                refused_by = _refusing_hold(held, report.currency)
                piece = _piece(tracing, one, None, refused_by, setting)
                is_shadow = participant.level == SHADOW_LEVEL
                terms = None if refused_by or is_shadow else _terms(piece, asked, held, setting)
                rest = StopKind.refused_by_law if refused_by and not is_shadow else StopKind.shadow
                _order(tx, piece, tracing, terms, rest, told, setting)
                asking += one.amount_minor
        if stop is not None:
            tx.add(PIECES, _piece(tracing, one, stop, refused_by, setting))
            sums[ShareKind.stopped] += one.amount_minor
    return replace(tracing, sums=sums, asking_minor=asking, pieces=pieces)


def _limit(
    one: Onward, tracing: Tracing, pieces: int, participant: Participant | None, setting: Setting
) -> StopKind | None:
    """Return the limit that the stretch meets, or None. Nothing is dropped: a stopped stretch is counted and shown."""
    if participant is None or not participant.is_active or participant.level in WITHOUT_AGENT:
        return StopKind.not_connected
    if not tracing.is_live:
        return StopKind.released
    if one.amount_minor < dust_minor(tracing.currency) and one.depth > 0:
        return StopKind.dust
    if one.depth >= DEPTH_MAX:
        return StopKind.depth
    if pieces > PIECES_MAX:
        return StopKind.pieces
    if setting.now >= tracing.ends_at or setting.now.since(tracing.started_at) >= timedelta(days=DAYS_MAX):
        return StopKind.days
    return None


def _piece(
    tracing: Tracing, one: Onward, stop: StopKind | None, refused_by: tuple[str, ...], setting: Setting
) -> Piece:
    parent_id = one.parent.piece_id if one.parent else None
    piece_id = PieceId(derived("pc", tracing.tracing_id, parent_id or "", one.parent_from, one.participant_id))
    return Piece(
        piece_id=piece_id,
        tracing_id=tracing.tracing_id,
        case_id=tracing.case_id,
        parent_id=parent_id,
        depth=one.depth,
        participant_id=one.participant_id,
        sealed_ref=one.sealed_ref,
        from_minor=one.from_minor,
        to_minor=one.to_minor,
        origin_from=one.origin_from,
        parent_from=one.parent_from,
        stop=stop,
        refused_by=refused_by,
        hold_id=None,
        terms=None,
        disclosure_id=None if stop else DisclosureId(derived("dc", piece_id)),
        answer_no=0,
        shares=(),
        asked_at=setting.now,
        answered_at=None,
        fault=None,
    )


def _order(
    tx: Transaction,
    piece: Piece,
    tracing: Tracing,
    terms: HoldTerms | None,
    rest: StopKind,
    told: Assessment,
    setting: Setting,
) -> None:
    """Write the piece and the order to its bank, and record what the bank is asked for and what it is allowed.

    ``rest`` is what units count as that lie free there, without terms.
    """
    assert piece.disclosure_id is not None
    assert told.expires_at is not None
    event = record(
        tx,
        setting,
        "hold_requested" if terms else "answer_requested",
        piece.participant_id,
        terms.hold_id if terms else piece.piece_id,
        case_id=piece.case_id,
        norms=terms.norms if terms else told.norm_ids,
        piece=piece.piece_id,
        disclosure=piece.disclosure_id,
        amount_minor=piece.amount_minor,
        depth=piece.depth,
        expires_at=terms.expires_at.text() if terms else None,
        refused_by=",".join(piece.refused_by) or None,
    )
    terms = replace(terms, commitment=event.commitment) if terms else None
    tx.add(PIECES, replace(piece, hold_id=terms.hold_id if terms else None, terms=terms))
    order = FollowOrder(
        order_id=piece.piece_id,
        tracing_id=piece.tracing_id,
        case_id=piece.case_id,
        disclosure_id=piece.disclosure_id,
        depth=piece.depth,
        sealed_ref=piece.sealed_ref,
        from_minor=piece.from_minor,
        to_minor=piece.to_minor,
        currency=tracing.currency,
        rank=tracing.rank,
        ends_at=min(tracing.ends_at, told.expires_at),
        rest=rest,
        terms=terms,
    )
    queue(tx, setting.envelope(piece.participant_id, order, piece.piece_id), setting)


def _terms(piece: Piece, asked: Asked, held: Assessment, setting: Setting) -> HoldTerms:
    """Return what the gate allows: at most its cap, at the latest until its end, confirmed in its time.

    They are bound to the event that records them, which is still to be written.
    """
    mandate, floor = asked.mandate, held.protected_floor
    assert mandate is not None
    assert held.expires_at is not None
    assert held.cap_minor is not None
    confirm_by = held.expires_at
    if held.confirm_within is not None:
        confirm_by = min(confirm_by, setting.now.plus(held.confirm_within))
    return HoldTerms(
        hold_id=hold_id_of(piece.piece_id),
        report_id=asked.report.report_id,
        measure=held.measure,
        pack=f"{held.pack_id}/{held.pack_version}",
        law_day=setting.pack.data.calendar.local_day(held.at),
        norms=held.norm_ids,
        author=Author(
            participant_id=piece.participant_id, officer_id=mandate.officer_id, mandate_id=mandate.mandate_id
        ),
        claim_minor=min(piece.amount_minor, held.cap_minor),
        confirm_by=confirm_by,
        expires_at=held.expires_at,
        floor_days=floor.days if floor else 0,
        living_minimum_minor=floor.living_minimum_minor if floor else 0,
        commitment="",
    )


def _refusing_hold(held: Assessment, currency: str) -> tuple[str, ...]:
    """Return what stands against the hold. A protected floor in another currency protects nobody, so it does too."""
    if not is_permitted(held):
        return _refusing(held)
    if held.protected_floor is not None and held.protected_floor.currency != currency:
        return (held.measure.value, FLOOR_IN_OTHER_CURRENCY)
    return ()


def _refusing(assessment: Assessment) -> tuple[str, ...]:
    """Return the measure that the gate refuses and the codes of what stands against it, for the console."""
    failed = [outcome.code for outcome in assessment.tests if not outcome.passed]
    questions = [f"question:{number}" for number in assessment.open_questions]
    return (assessment.measure.value, *failed, *questions)
