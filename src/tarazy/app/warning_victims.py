"""Warning whoever was deceived before the money is free again: 48 hours before the end of the last hold upon a report.

The end is computed from the holds that stand, each time something happens to them, and again when the warning is due.
An end that has moved is warned of anew; of one end nobody is warned twice. The bank that reported tells its customer,
and says so: that it must is a deadline (`Duty.warn_victim`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from tarazy.app.deadlines import Owed, close_deadline, open_deadline
from tarazy.app.eventing import record
from tarazy.app.holding import stands
from tarazy.app.measure_law import branch_of, rule_on
from tarazy.app.measure_records import CASE_MEASURES
from tarazy.app.messages import Handled, queue
from tarazy.app.records import CASE_HOLDS, REPORTS, CaseHold, Report
from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Table, Transaction
from tarazy.domain.case import NewsState
from tarazy.domain.deadline import Duty, IfMissed
from tarazy.domain.rejection import Rejection
from tarazy.law.assessment import ActorRole, Measure
from tarazy.law.clock import Side
from tarazy.law.terms import Branch
from tarazy.protocol.bodies import ReportUpdate
from tarazy.protocol.message import Envelope
from tarazy.protocol.report_bodies import VictimWarned
from tarazy.values.ids import ReportId
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace

WARN_BEFORE: Final = timedelta(hours=48)
"""Ours: no law that was read names a time. Two days are enough to write to the investigator and to the court."""
TELL_WITHIN: Final = timedelta(hours=1)
"""The reporting bank is asked so much earlier; where an end comes sooner than that, it has as long from then."""
WARNED_PER_RUN_MAX: Final = 50
UPDATES_PER_REPORT_MAX: Final = 20
"""Held, back and over are three. A report whose holds come and go more often than this is for a person to look at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReporterTold:
    """What the reporting bank was last told of a report.

    ``ends_at`` is the end of its last hold, as computed last, ``warn_at`` when the bank is to be asked to warn of it;
    ``warned_of`` is the end that it was told last.
    """

    report_id: ReportId
    updates: int
    is_held: bool
    back_minor: int
    ends_at: Instant | None = None
    warn_at: Instant | None = None
    warned_of: Instant | None = None


REPORTERS_TOLD = Table("reporters_told", ReporterTold, ("report_id",))


def end_of(hold: CaseHold) -> Instant:
    """Return when a hold ends unless somebody acts; what its bank is still to confirm is told to its latest end."""
    return hold.expires_at_most if hold.awaits_confirmation else hold.expires_at


def last_of(holds: Iterable[CaseHold], now: Instant) -> CaseHold | None:
    """Return the hold that ends last of those that stand and hold money; None where none does."""
    standing = [hold for hold in holds if hold.held_minor and stands(hold, now)]
    return max(standing, key=lambda hold: (end_of(hold), hold.hold_id), default=None)


def armed(told: ReporterTold, holds: Sequence[CaseHold], now: Instant) -> ReporterTold:
    """Return what was told with the moment of the next warning, counted anew from the holds upon the report.

    Only who was told that money is held is told that it ends.
    """
    last = last_of(holds, now) if told.is_held else None
    if last is None:
        return replace(told, ends_at=None, warn_at=None)
    end = end_of(last)
    warn_at = None if end == told.warned_of else end.plus(-WARN_BEFORE - TELL_WITHIN)
    return replace(told, ends_at=end, warn_at=warn_at)


def is_near(holds: Iterable[CaseHold], until: Instant, now: Instant) -> bool:
    """Return whether ``until`` is the end of the last hold, and so near that whoever is told of it now is warned."""
    last = last_of(holds, now)
    return last is not None and end_of(last) == until <= now.plus(WARN_BEFORE + TELL_WITHIN)


def warn_victims(tx: Transaction, setting: Setting) -> int:
    """Ask the banks whose customers are to be warned by now; return how many reports that were."""
    is_due = Condition("warn_at", "<=", setting.now)
    due = tx.claim(REPORTERS_TOLD, is_due, order=("warn_at",), limit=WARNED_PER_RUN_MAX)
    return sum(_warn(tx, told, setting) for told in due)


def _warn(tx: Transaction, told: ReporterTold, setting: Setting) -> bool:
    report = tx.get(REPORTS, told.report_id)
    assert report is not None
    about = Condition("report_id", "=", told.report_id)
    holds = tx.find(CASE_HOLDS, about, Condition("placed_at", "not_null"))
    anew, last = armed(told, holds, setting.now), last_of(holds, setting.now)
    if last is None or anew.warn_at is None or anew.warn_at > setting.now or told.updates >= UPDATES_PER_REPORT_MAX:
        tx.put(REPORTERS_TOLD, anew if told.updates < UPDATES_PER_REPORT_MAX else replace(anew, warn_at=None))
        return False
    end, updates = end_of(last), told.updates + 1
    tx.put(REPORTERS_TOLD, replace(anew, updates=updates, warn_at=None, warned_of=end))
    held = [hold for hold in holds if hold.held_minor and stands(hold, setting.now)]
    held_minor = sum(hold.held_minor for hold in held)
    measure = _measure_behind(tx, last)
    body = ReportUpdate(
        report_id=report.report_id,
        update_no=updates,
        state=NewsState.ends_soon,
        held_minor=held_minor,
        back_minor=report.returned_minor,
        lane=None,
        measure=measure,
        placed_at=min(hold.placed_at for hold in held if hold.placed_at is not None),
        expires_at=end,
    )
    queue(tx, setting.envelope(report.participant_id, body, report.report_id, updates), setting)
    _owe(tx, report, measure, end, setting)
    record(
        tx,
        setting,
        "reporter_told",
        report.participant_id,
        report.report_id,
        case_id=report.case_id,
        state=NewsState.ends_soon,
        held_minor=held_minor,
        back_minor=report.returned_minor,
        expires_at=end.text(),
    )
    return True


def _measure_behind(tx: Transaction, hold: CaseHold) -> str:
    """Return by which measure a hold stands now: who may ask for what hangs on it."""
    carrier = None if hold.carried_by is None else tx.get(CASE_MEASURES, hold.carried_by)
    return hold.measure if carrier is None else carrier.measure


def _owe(tx: Transaction, report: Report, measure: str, end: Instant, setting: Setting) -> None:
    """Open the bank's deadline: so long before the end, or an hour from now where that is nearer."""
    rule = rule_on(Measure(measure), setting.now, setting)
    within = max(TELL_WITHIN, end.plus(-WARN_BEFORE).since(setting.now))
    owed = Owed(
        Duty.warn_victim,
        report.report_id,
        report.case_id,
        ActorRole.bank,
        report.participant_id,
        IfMissed.alerts,
    )
    open_deadline(tx, owed, within, Branch.private if rule is None else branch_of(rule), Side.restriction, setting)


def take_victims_warned(tx: Transaction, envelopes: Sequence[Envelope], setting: Setting) -> list[Handled]:
    """Keep that a customer was warned. The bank that reported says so, and no other."""
    handled = []
    for envelope in envelopes:
        body = envelope.body
        assert isinstance(body, VictimWarned)
        report = tx.get(REPORTS, body.report_id)
        if report is None:
            handled.append(Handled(rejection=Rejection.report_unknown, place="body.report_id"))
        elif report.participant_id != envelope.sender:
            handled.append(Handled(rejection=Rejection.report_not_of_sender, place="body.report_id"))
        else:
            close_deadline(tx, Duty.warn_victim, report.report_id, setting)
            handled.append(Handled())
    return handled
