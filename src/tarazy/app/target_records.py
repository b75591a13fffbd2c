"""What the exchange keeps of restrictions of exact addresses and numbers (M10)."""

from typing import Final

from msgspec import Struct

from tarazy.app.store import Condition, Table, Transaction
from tarazy.domain.target import TargetKind, TargetStatus, is_in_force
from tarazy.values.ids import CaseId, NormId, OfficerId, ParticipantId
from tarazy.values.instant import Instant

TARGETS_SHOWN_MAX: Final = 500


class Target(Struct, frozen=True, kw_only=True):
    """One exact target: who proposed it and why, who decided, from when until when.

    ``others`` is who or what else stands behind it, ``others_note`` why it may be restricted all the same.
    ``in_force_until`` is its one end; ``latest_end`` is what no extension passes.
    """

    target_id: str
    case_id: CaseId
    kind: TargetKind
    exact: str
    others: tuple[str, ...]
    others_note: str
    offence_id: str
    facts: tuple[str, ...]
    reasons: str
    hours: int
    author_participant_id: ParticipantId
    author_officer_id: OfficerId
    proposal: str
    proposed_at: Instant
    decided_participant_id: ParticipantId | None
    decided_officer_id: OfficerId | None
    decision: str | None
    pack: str | None
    norms: tuple[NormId, ...]
    ordered_at: Instant | None
    in_force_until: Instant | None
    latest_end: Instant | None
    extensions: int
    told_owner_at: Instant | None
    lifted_at: Instant | None
    lifted_by: OfficerId | None
    lift_reasons: str | None
    status: TargetStatus
    ended_at: Instant | None


TARGETS = Table("targets", Target, ("target_id",))
STANDS = Condition("status", "=", TargetStatus.in_force)


def targets_in_force(tx: Transaction, now: Instant) -> list[Target]:
    """Return every restriction that is in force now, the next end first: all of them, and nothing else."""
    rows = tx.find(TARGETS, STANDS, Condition("in_force_until", ">", now), order=("in_force_until",))
    assert all(is_in_force(row.status, row.in_force_until, now) for row in rows)
    return rows


def targets_of(tx: Transaction, case_id: CaseId) -> list[Target]:
    """Return the targets of a case, newest first."""
    mine = Condition("case_id", "=", case_id)
    return tx.find(TARGETS, mine, order=("proposed_at",), descending=True, limit=TARGETS_SHOWN_MAX)
