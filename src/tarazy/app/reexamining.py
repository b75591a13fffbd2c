"""Law that changes: every measure that stands is asked anew on each new day and under each new pack.

A repealed or softened offence frees what rests on it alone, at once; a measure that has another offence which carries
it stays. So does a bank's own pause, by the report that it rests on. Nobody has to remember that the law has changed.
"""

from datetime import date
from typing import Final

from msgspec import Struct

from tarazy.app.eventing import record
from tarazy.app.holding import stands
from tarazy.app.measure_ends import end_measure, order_lift
from tarazy.app.measure_records import CASE_MEASURES, CaseMeasure
from tarazy.app.records import CASE_HOLDS, REPORTS, CaseHold
from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Table, Transaction
from tarazy.domain.hold import LIVE_STATUSES
from tarazy.domain.measure import LIVE_MEASURES, MeasureEnd, MeasureStatus
from tarazy.law.assessment import Measure, Request
from tarazy.law.reexamine import still_lawful
from tarazy.protocol.wire import from_json
from tarazy.values.ids import MeasureId
from tarazy.values.replacing import replace

EXAMINED_PER_STEP_MAX: Final = 500


class Examination(Struct, frozen=True, kw_only=True):
    """How far everything that stands was examined under a pack on a day: ``after`` is the last id, None when done."""

    what: str
    pack: str
    day: date
    after: str | None


EXAMINATIONS = Table("examinations", Examination, ("what",))


def reexamine(tx: Transaction, setting: Setting) -> int:
    """Examine the next measures and pauses that were not examined under today's law; return how many that were."""
    return _step(tx, "measures", setting) + _step(tx, "pauses", setting)


def _step(tx: Transaction, what: str, setting: Setting) -> int:
    pack = f"{setting.pack.pack_id}/{setting.pack.version}"
    day = setting.pack.data.calendar.local_day(setting.now)
    row = tx.get(EXAMINATIONS, what)
    if row is None or (row.pack, row.day) != (pack, day):
        row = Examination(what=what, pack=pack, day=day, after="")
    elif row.after is None:
        return 0
    assert row.after is not None
    done = _measures(tx, row.after, setting) if what == "measures" else _pauses(tx, row.after, setting)
    more = len(done) == EXAMINED_PER_STEP_MAX
    tx.put(EXAMINATIONS, replace(row, after=done[-1] if more else None))
    return len(done)


def _measures(tx: Transaction, after: str, setting: Setting) -> list[str]:
    rows = tx.find(
        CASE_MEASURES,
        Condition("status", "in", list(LIVE_MEASURES)),
        Condition("measure_id", ">", after),
        order=("measure_id",),
        limit=EXAMINED_PER_STEP_MAX,
    )
    for measure in tx.lock(CASE_MEASURES, {(row.measure_id,) for row in rows}).values():
        _examine(tx, measure, setting)
    return [row.measure_id for row in rows]


def _examine(tx: Transaction, measure: CaseMeasure, setting: Setting) -> None:
    """Ask a measure anew, for as long as it still runs; end it where the law carries it no longer."""
    if measure.status.is_final or measure.expires_at <= setting.now:
        return
    if found_anew(tx, measure, None, setting) is None:
        # One that was only asked for has taken nothing: no bank has to be told.
        is_told = measure.status is MeasureStatus.waiting
        end_measure(tx, measure, MeasureEnd.law_changed, setting, is_told=is_told)


def found_anew(tx: Transaction, measure: CaseMeasure, because: str | None, setting: Setting) -> CaseMeasure | None:
    """Ask the law gate anew about a measure as its request stands; return it as it is kept, None if it may not stand.

    ``because`` says why it is asked if not for the law itself: then the request that carries it now is kept. What it
    was asked for and what has run of it stay apart.
    """
    request = replace(
        from_json(measure.request, Request),
        extends=setting.now.since(measure.begins_at),
        duration=measure.expires_at.since(setting.now),
        authorisation=None,
    )
    found = still_lawful(request, measure.offence_ids, setting.pack, setting.now)
    if not found.is_lawful:
        reason = because or ",".join(one.code for one in found.dropped) or "law"
        _record(tx, measure, "law_no_longer_carries", reason, setting)
        return None
    after = replace(measure, offence_ids=found.carrying or measure.offence_ids)
    if found.dropped or because is not None:
        tx.put(CASE_MEASURES, after)
        why = because or ",".join(one.offence_id for one in found.dropped)
        _record(tx, measure, "measure_reexamined", why, setting)
    return after


def _record(tx: Transaction, measure: CaseMeasure, kind: str, why: str, setting: Setting) -> None:
    record(
        tx,
        setting,
        kind,
        setting.me,
        measure.measure_id,
        case_id=measure.case_id,
        norms=measure.norms,
        why=why,
        carrying=",".join(measure.offence_ids),
    )


def _pauses(tx: Transaction, after: str, setting: Setting) -> list[str]:
    """Let go of banks' own pauses whose report names what is no offence any more, or none of this system's."""
    rows = tx.find(
        CASE_HOLDS,
        Condition("status", "in", list(LIVE_STATUSES)),
        Condition("hold_id", ">", after),
        order=("hold_id",),
        limit=EXAMINED_PER_STEP_MAX,
    )
    reports = tx.get_many(REPORTS, {(row.report_id,) for row in rows})
    for hold in rows:
        is_pause = hold.carried_by is None and stands(hold, setting.now)
        if is_pause and not _is_offence(reports[hold.report_id,].offence_id, setting):
            _let_go(tx, hold, setting)
    return [row.hold_id for row in rows]


def _is_offence(offence_id: str, setting: Setting) -> bool:
    offence = setting.pack.data.offences.get(offence_id)
    version = None if offence is None else offence.on(setting.pack.data.calendar.local_day(setting.now))
    return version is not None and version.within_purpose


def _let_go(tx: Transaction, hold: CaseHold, setting: Setting) -> None:
    record(
        tx,
        setting,
        "law_no_longer_carries",
        setting.me,
        hold.hold_id,
        case_id=hold.case_id,
        norms=hold.norms,
        why=Measure.M4b,
    )
    order_lift(tx, MeasureId(hold.hold_id), hold, MeasureEnd.law_changed, 0, setting)
