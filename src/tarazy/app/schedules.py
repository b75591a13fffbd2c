"""Acts upon many holds: what an author has signed is checked whole, each line by the law gate, before anything is done.

Sums, facts and the registration come from the case and not from the officer; the officer names the holds, how much of
each, until when, and the reasons. A line that the law refuses stops the act: whoever signs leaves it out, knowingly.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from tarazy.app.capacity import officers_capacity
from tarazy.app.holding import stands
from tarazy.app.measure_law import left_free
from tarazy.app.measure_records import (
    CASE_MEASURES,
    SCHEDULE_ROWS,
    SCHEDULES,
    CaseFact,
    CaseMeasure,
    Schedule,
    ScheduleRow,
    Words,
)
from tarazy.app.measure_request import facts_of_case, line_request
from tarazy.app.records import CASE_HOLDS, CASES, REPORTS, Case, CaseHold, Report
from tarazy.app.setting import Setting
from tarazy.app.statements import Signed, signed_statement
from tarazy.app.store import Condition, Transaction
from tarazy.domain.measure import IN_EFFECT
from tarazy.domain.motion import LINES_MAX, LineDecision
from tarazy.domain.reasons import are_alike, fingerprint
from tarazy.domain.rejection import Rejection
from tarazy.law.assessment import Assessment, Measure, Request, Verdict
from tarazy.law.gate import assess_for_each
from tarazy.law.safeguards import Part
from tarazy.protocol.schedule import ScheduleLine, SignedSchedule, line_id_of
from tarazy.protocol.statement import Act, Statement, are_reasons
from tarazy.protocol.wire import to_json
from tarazy.values.ids import HoldId, MeasureId, ParticipantId, ReportId, derived
from tarazy.values.replacing import replace

COMPARED_MAX: Final = 200
"""How many acts of an officer their reasons are compared with: the newest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedAct:
    """What an officer has signed upon holds of a case, with the lines and the words whose hashes stand there."""

    signed: SignedSchedule
    lines: tuple[ScheduleLine, ...]
    words: Words
    participant_id: ParticipantId


class ActRefused(NamedTuple):
    """Why an act is not done, where that lies, and what the law gate said if it was the law."""

    rejection: Rejection
    place: str
    assessment: Assessment | None = None


class LineChecked(NamedTuple):
    """One line with the hold it is upon, the measure that carries the hold now, and the law gate's answer."""

    line: ScheduleLine
    hold: CaseHold
    report: Report
    carrier: CaseMeasure | None
    request: Request
    assessment: Assessment


class ActChecked(NamedTuple):
    """An act of which everything holds: it may be done as it was signed."""

    case: Case
    statement: Statement
    lines: tuple[LineChecked, ...]


def words_digest(words: Words) -> str:
    """Return the hash of an author's words that stands under the signature."""
    return derived("wd", to_json(words).decode())


def measure_id_of(line: ScheduleLine, measure: str) -> MeasureId:
    """Return the id of the measure that a line begins."""
    return MeasureId(derived("ms", line.line_id, measure))


def checked(
    tx: Transaction, act: SignedAct, verdicts: frozenset[Verdict], setting: Setting, *, is_extension: bool = False
) -> ActChecked | ActRefused:
    """Check an act: the signature over all it says, who may, and each line against the case and the law.

    ``verdicts`` are the answers of the law gate with which a line may stand.
    """
    signed = act.signed
    case = tx.get(CASES, signed.case_id)
    if case is None:
        return ActRefused(Rejection.case_unknown, "case_id")
    if case.registration is None or case.registration != signed.registration:
        return ActRefused(Rejection.registration_missing, "registration")
    rejection = _says_otherwise(act)
    if rejection is not None:
        return rejection
    if signed.measure not in Measure.__members__:
        return ActRefused(Rejection.measure_refused_by_law, "measure")
    statement = signed_statement(
        Signed(signed.statement, signed.act, signed.schedule_id, act.participant_id, signed.terms()), setting
    )
    if isinstance(statement, Rejection):
        return ActRefused(statement, "statement")
    facts = facts_of_case(tx, case)
    wanting = _wanting_in_words(tx, act, statement, facts)
    if wanting is not None:
        return wanting
    lines = _checked_lines(tx, act, case, facts, statement, setting, is_extension=is_extension)
    if isinstance(lines, ActRefused):
        return lines
    refused = next((one for one in lines if one.assessment.verdict not in verdicts), None)
    if refused is not None:
        return ActRefused(Rejection.measure_refused_by_law, refused.line.line_id, refused.assessment)
    return ActChecked(case, statement, lines)


def _wanting_in_words(
    tx: Transaction, act: SignedAct, statement: Statement, facts: Sequence[CaseFact]
) -> ActRefused | None:
    """Return what the author's reasons lack: words for this case that stay here, and answer what is against."""
    if statement.reasons:
        return ActRefused(Rejection.statement_does_not_stand, "statement.reasons")  # each bank would read them
    if not are_reasons(act.words.suitability):
        return ActRefused(Rejection.reasons_missing, "words.suitability")
    if any(fact.is_for_holder for fact in facts) and not are_reasons(act.words.exculpatory):
        return ActRefused(Rejection.exculpatory_not_answered, "words.exculpatory")
    if _are_copied(tx, act, statement):
        return ActRefused(Rejection.reasons_not_individual, "words.suitability")
    return None


def _are_copied(tx: Transaction, act: SignedAct, statement: Statement) -> bool:
    """Tell whether the officer has given almost the same reasons in another case: then they are none of this one."""
    of_officer = (
        Condition("participant_id", "=", act.participant_id),
        Condition("officer_id", "=", statement.officer_id),
    )
    before = tx.find(SCHEDULES, *of_officer, order=("signed_at",), descending=True, limit=COMPARED_MAX)
    mine = fingerprint(act.words.suitability)
    return any(one.case_id != act.signed.case_id and are_alike(mine, one.fingerprint) for one in before)


def _says_otherwise(act: SignedAct) -> ActRefused | None:
    """Return where the lines and words are not those whose hashes were signed."""
    signed, lines = act.signed, act.lines
    if not 0 < len(lines) <= LINES_MAX:
        return ActRefused(Rejection.motion_without_lines, "lines")
    if signed.digests != tuple(line.digest for line in lines) or len({line.hold_id for line in lines}) != len(lines):
        return ActRefused(Rejection.motion_lines_differ, "lines")
    if any(line.line_id != line_id_of(signed.schedule_id, line.hold_id) for line in lines):
        return ActRefused(Rejection.motion_lines_differ, "lines")
    if signed.words != words_digest(act.words):
        return ActRefused(Rejection.motion_lines_differ, "words")
    return None


def _checked_lines(
    tx: Transaction,
    act: SignedAct,
    case: Case,
    facts: Sequence[CaseFact],
    statement: Statement,
    setting: Setting,
    *,
    is_extension: bool,
) -> tuple[LineChecked, ...] | ActRefused:
    """Ask the law gate about each line. Lines upon one report together stay within what its victim still misses."""
    holds = tx.lock(CASE_HOLDS, {(line.hold_id,) for line in act.lines})
    reports = tx.get_many(REPORTS, {(hold.report_id,) for hold in holds.values()})
    carriers = carriers_of(tx, holds.values())
    measure = Measure(act.signed.measure)
    free = left_free(measure, setting.now, setting.pack)
    taken: dict[ReportId, int] = {}
    result = []
    for line in act.lines:
        hold = holds.get((line.hold_id,))
        if hold is None or hold.case_id != case.case_id or hold.participant_id != line.participant_id:
            return ActRefused(Rejection.hold_unknown, line.line_id)
        if not stands(hold, setting.now) or hold.placed_at is None:
            return ActRefused(Rejection.hold_has_ended, line.line_id)
        if line.currency != hold.currency or line.until <= setting.now:
            return ActRefused(Rejection.motion_lines_differ, line.line_id)
        report = reports[hold.report_id,]
        carrier = carriers.get(line.hold_id)
        if carrier is not None and carrier.status.is_final:
            return ActRefused(Rejection.hold_has_ended, line.line_id)  # its bank has not let go yet, but must
        before = taken.get(report.report_id, 0)
        request = line_request(
            measure, act.signed.offence_ids[0], act.words, line, hold, report, before, case, facts, free
        )
        request = replace(
            request,
            actor_role=officers_capacity(tx, act.participant_id, statement.officer_id, case.case_id),
            duration=line.until.since(setting.now),
            is_urgent=act.signed.act is Act.begin_measure,
            hands=((Part.proposer, f"{act.participant_id}/{statement.officer_id}"),),
        )
        if is_extension and carrier is not None:
            ran = setting.now.since(carrier.begins_at)
            request = replace(request, extends=ran, extensions_used=carrier.extensions)
        taken[report.report_id] = before + line.cap_minor
        assessment = assess_for_each(request, act.signed.offence_ids, setting.pack, setting.now)
        result.append(LineChecked(line, hold, report, carrier, request, assessment))
    return tuple(result)


def carriers_of(tx: Transaction, holds: Collection[CaseHold]) -> dict[HoldId, CaseMeasure]:
    """Return the measure upon each of these holds that is in effect, whether its bank has said so yet or not.

    Of a hold whose measure is over, although its bank has not let go yet, that measure; one that only its bank's own
    pause carries has none.
    """
    if not holds:
        return {}
    known = {(hold.carried_by,) for hold in holds if hold.carried_by is not None}
    upon = Condition("hold_id", "in", sorted(hold.hold_id for hold in holds))
    live = tx.find(CASE_MEASURES, upon, Condition("status", "in", list(IN_EFFECT)), order=("begins_at",))
    found = tx.lock(CASE_MEASURES, {*known, *((one.measure_id,) for one in live)})
    carriers: dict[HoldId, CaseMeasure] = {}
    for measure in sorted(found.values(), key=lambda one: (one.status in IN_EFFECT, one.begins_at)):
        carriers[measure.hold_id] = measure
    return carriers


def store_schedule(
    tx: Transaction, act: SignedAct, checked: ActChecked, measure_ids: Sequence[MeasureId], setting: Setting
) -> Schedule:
    """Keep an act with its lines, as it was signed and as the law gate has answered."""
    signed = act.signed
    schedule = Schedule(
        schedule_id=signed.schedule_id,
        case_id=signed.case_id,
        measure=signed.measure,
        participant_id=act.participant_id,
        officer_id=checked.statement.officer_id,
        signed=signed,
        words=act.words,
        fingerprint=fingerprint(act.words.suitability),
        signed_at=setting.now,
    )
    tx.add(SCHEDULES, schedule)
    for number, (one, measure_id) in enumerate(zip(checked.lines, measure_ids, strict=True), start=1):
        row = ScheduleRow(
            line_id=one.line.line_id,
            schedule_id=signed.schedule_id,
            case_id=signed.case_id,
            number=number,
            hold_id=one.line.hold_id,
            participant_id=one.line.participant_id,
            measure_id=measure_id,
            currency=one.line.currency,
            cap_minor=one.line.cap_minor,
            until=one.line.until,
            salt=one.line.salt,
            verdict=one.assessment.verdict,
            against=tuple(outcome.code for outcome in one.assessment.tests if not outcome.passed),
            decision=LineDecision.open,
            granted_minor=None,
            granted_until=None,
        )
        tx.add(SCHEDULE_ROWS, row)
    return schedule


def line_of(row: ScheduleRow) -> ScheduleLine:
    """Return the line of a row as its author signed it."""
    return ScheduleLine(
        line_id=row.line_id,
        hold_id=row.hold_id,
        participant_id=row.participant_id,
        currency=row.currency,
        cap_minor=row.cap_minor,
        until=row.until,
        salt=row.salt,
    )
