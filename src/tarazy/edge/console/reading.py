"""What the addresses of the console name, as the policies of reading look at it."""

from collections.abc import Collection, Iterable
from typing import Final

from tarazy.adapters.cedar import load_read_policy
from tarazy.app.access import OF_AUTHORITIES, OF_SUPERVISORS, Access, ReadAction, Resource, Visitor, Who
from tarazy.app.appeal_records import RECORDED_ERRORS, RecordedError
from tarazy.app.capacity import is_competent, registered_by
from tarazy.app.measure_records import CASE_MEASURES, SCHEDULES
from tarazy.app.records import CASE_HOLDS, CASES, PARTICIPANTS, PIECES, REPORTS, Case
from tarazy.app.store import Condition, Read, Transaction
from tarazy.values.ids import CaseId, ErrorId, MeasureId, MotionId, ParticipantId, PieceId
from tarazy.values.replacing import replace

READERS: Final = OF_AUTHORITIES | OF_SUPERVISORS
"""Who has pages at the exchange. A bank's officers have their desk: the exchange shows no bank another one's pieces."""
_PEOPLE: Final = frozenset({Who.officer, Who.supervisor})

LISTS: Final = Access(who=_PEOPLE, roles=READERS)
"""Lists: each shows its reader only what they may read one by one."""
LAW: Final = Access(who=_PEOPLE, roles=READERS, reads=ReadAction.read_pack)
CASES_READ: Final = Access(who=_PEOPLE, roles=READERS, reads=ReadAction.read_case)
PIECES_READ: Final = Access(who=_PEOPLE, roles=READERS, reads=ReadAction.read_piece)
STATEMENTS_READ: Final = Access(who=_PEOPLE, roles=READERS, reads=ReadAction.read_statement)
REFUSED_READ: Final = Access(who=_PEOPLE, roles=READERS)
CASES_SIGNED: Final = Access(
    who=frozenset({Who.officer}), roles=OF_AUTHORITIES, reads=ReadAction.read_case, needs_step_up=True
)
"""Acts upon a case that an officer signs. Which of them the law lets do it is the pack's answer, not this one."""

HAVE_TO_DECIDE: Final = ("prosecutor", "court")
REGISTERS: Final = "police"
"""The kind of body that registers a case."""


def console_resource(tx: Transaction, action: ReadAction, params: dict[str, str]) -> Resource | None:
    """Return what a page of the console shows; None where there is no such case or piece."""
    if action is ReadAction.read_pack:
        return Resource(kind="pack", resource_id="pack")
    if action is ReadAction.read_errors:
        error = tx.get(RECORDED_ERRORS, ErrorId(params.get("subject", "")))
        return None if error is None else error_resource(tx, error)
    case_id = _case_named(tx, params)
    case = tx.get(CASES, case_id)
    if case is None:
        return None
    shown = case_resource(tx, case)
    if action is not ReadAction.read_piece:
        return shown
    piece = tx.get(PIECES, PieceId(params.get("piece_id", "")))
    if piece is None or piece.case_id != case_id:
        return None
    return Resource(
        kind="piece",
        resource_id=piece.piece_id,
        case_id=case_id,
        bodies=frozenset({*shown.bodies, piece.participant_id}),
        before=shown.before,
        is_open=shown.is_open,
    )


def _case_named(tx: Transaction, params: dict[str, str]) -> CaseId:
    """Return the case that an address names, itself or by a measure or an act upon its holds."""
    measure = tx.get(CASE_MEASURES, MeasureId(params["measure_id"])) if "measure_id" in params else None
    schedule = tx.get(SCHEDULES, MotionId(params["motion_id"])) if "motion_id" in params else None
    named = measure or schedule
    return CaseId(params.get("case_id") or params.get("subject", "")) if named is None else named.case_id


def case_resource(tx: Transaction, case: Case, banks: set[ParticipantId] | None = None) -> Resource:
    """Return a case as the policies look at it: whose it is, before whom it is, and whether anybody registered it.

    A case that is registered, or in which money was held, is before the prosecutors' offices and courts that are
    competent for it. Any other case is before nobody. ``banks`` have reported in it, as far as the caller knows them.
    """
    own = Condition("case_id", "=", case.case_id)
    if banks is None:
        banks = {one.participant_id for one in tx.find(REPORTS, own)}
    registrar = registered_by(case)
    has_come_before = registrar is not None or bool(tx.find(CASE_HOLDS, own, limit=1))
    return Resource(
        kind="case",
        resource_id=case.case_id,
        case_id=case.case_id,
        bodies=frozenset(banks if registrar is None else {*banks, registrar}),
        before=_competent_for(tx, registrar) if has_come_before else frozenset(),
        is_open=registrar is None,
    )


def error_resource(tx: Transaction, error: RecordedError) -> Resource:
    """Return an error as the policies look at it: of the body whose it was, and before all who may say how grave.

    Those are the prosecutors' offices and courts that are competent for its case; whoever of them had a hand in it
    reads it too, and is told that it is not theirs to judge.
    """
    case = tx.get(CASES, error.case_id)
    return Resource(
        kind="error",
        resource_id=error.error_id,
        case_id=error.case_id,
        bodies=frozenset({error.participant_id}),
        before=_competent_for(tx, None if case is None else registered_by(case)),
    )


def readable_errors(tx: Transaction, visitor: Visitor | None, errors: Iterable[RecordedError]) -> list[RecordedError]:
    """Return those of some errors that a list may show to its reader."""
    policy = load_read_policy()
    return [
        one
        for one in errors
        if visitor is not None and policy.decide(visitor, ReadAction.read_errors, error_resource(tx, one)).is_allowed
    ]


def _competent_for(tx: Transaction, registrar: ParticipantId | None) -> frozenset[ParticipantId]:
    """Return the prosecutors' offices and courts that are competent for a case of whoever has registered it.

    Authorities are read once and kept, because a list asks for them with every row.
    """
    kinds = (Condition("kind", "in", (*HAVE_TO_DECIDE, REGISTERS)),)
    joined = {one.participant_id: one for one in tx.gather(Read(PARTICIPANTS, conditions=kinds, is_kept=True))[0]}
    of_case = None if registrar is None else joined[registrar]
    deciding = (one for one in joined.values() if one.kind in HAVE_TO_DECIDE)
    return frozenset(one.participant_id for one in deciding if is_competent(one, of_case))


def readable_cases(tx: Transaction, visitor: Visitor | None, case_ids: Collection[CaseId]) -> set[CaseId]:
    """Return those of some cases that a list may show to its reader; what all need is read together.

    No policy looks at which case it is, only at whose and before whom: of cases alike in that it is asked once.
    """
    named = Condition("case_id", "in", sorted(case_ids))
    if case_ids:
        tx.gather(Read(CASES, keys={(case_id,) for case_id in case_ids}))
    reports: dict[CaseId, set[ParticipantId]] = {}
    for report in tx.find(REPORTS, named) if case_ids else ():
        reports.setdefault(report.case_id, set()).add(report.participant_id)
    policy, shown = load_read_policy(), set()
    decided: dict[Resource, bool] = {}
    for case_id in case_ids:
        case = tx.get(CASES, case_id)
        if visitor is None or case is None:
            continue
        resource = case_resource(tx, case, reports.get(case_id, set()))
        alike = replace(resource, resource_id="", case_id=None)
        if alike not in decided:
            decided[alike] = policy.decide(visitor, ReadAction.read_case, resource).is_allowed
        if decided[alike]:
            shown.add(case_id)
    return shown
