"""The public figures: kept as rows and brought up to date in small steps, so that nobody's visit reads whole tables.

What each case adds is a row of its own. A case is counted anew when the log has numbered an act of it, when a hold of
it has run out, and from time to time while its money is still followed; the totals then change by the difference. So a
report that is withdrawn or refuted takes along what it had added, and a step that runs twice counts nothing twice.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Final

from tarazy.app.holding import stands
from tarazy.app.log_reading import next_cases, read_up_to
from tarazy.app.records import CASE_HOLDS, CASES, PIECES, REPORTS, TRACINGS, Case, CaseHold, Report, Tracing
from tarazy.app.refund_records import REFUNDS
from tarazy.app.store import Condition, Read, Table, Transaction
from tarazy.domain.case import ReportStatus
from tarazy.domain.hold import LIVE_STATUSES, HoldStatus
from tarazy.domain.tracing import ShareKind
from tarazy.values.ids import CaseId
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace

CASES_PER_STEP_MAX: Final = 5
"""A case takes a millisecond or two: a visitor's page takes a step too and is not to wait for a tenth of a second."""
RECOUNT_HELD: Final = timedelta(minutes=5)
"""An answer may change a held sum without an act of its own: by then it is counted."""
RECOUNT_FOLLOWED: Final = timedelta(days=1)
"""Where nothing is held any more, money may still come back by itself while it is followed: it is counted by then."""
READER: Final = "figures"
RELEASED: Final = frozenset({HoldStatus.released, HoldStatus.expired})
SUMS: Final = ("cases", "stolen_minor", "held_minor", "returned_minor", "standing", "released", "refused", "unheard")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The figures of one currency. ``refused`` counts pieces of which the law gate refused at least one measure.

    ``unheard`` counts refunds that an authority has insisted on although a receiver objected or was absent.
    What a withdrawn or refuted report claimed is not stolen, what came back on it is no success, and a case without
    any other report is none. That holds were released and measures refused stays true.
    """

    currency: str
    cases: int
    stolen_minor: int
    held_minor: int
    returned_minor: int
    standing: int
    released: int
    refused: int
    unheard: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFigures:
    """What one case has added to the totals, and when it must be counted again at the latest; None for never."""

    case_id: CaseId
    currency: str
    cases: int
    stolen_minor: int
    held_minor: int
    returned_minor: int
    standing: int
    released: int
    refused: int
    unheard: int
    recount_at: Instant | None


FIGURES = Table("figures", Figures, ("currency",))
CASE_FIGURES = Table("case_figures", CaseFigures, ("case_id",))
FIGURES_TABLES = (FIGURES, CASE_FIGURES)


def count_figures(tx: Transaction, now: Instant) -> bool:
    """Take one step; return whether there may be more to count. Where somebody else is counting, do nothing."""
    touched = next_cases(tx, READER, CASES_PER_STEP_MAX)
    if touched is None:
        return False
    due = tx.find(CASE_FIGURES, Condition("recount_at", "<=", now), order=("recount_at",), limit=CASES_PER_STEP_MAX)
    again = [row.case_id for row in due if row.case_id not in touched.case_ids]
    _recount(tx, [*touched.case_ids, *again][:CASES_PER_STEP_MAX], now)
    return touched.has_more or len(touched.case_ids) + len(again) > CASES_PER_STEP_MAX


def counted_up_to(tx: Transaction) -> int:
    """Return how many acts of the log are counted."""
    return read_up_to(tx, READER)


def is_case_due(tx: Transaction, now: Instant) -> bool:
    """Return whether a case should have been counted anew by now."""
    return bool(tx.find(CASE_FIGURES, Condition("recount_at", "<=", now), order=("recount_at",), limit=1))


def _recount(tx: Transaction, case_ids: list[CaseId], now: Instant) -> None:
    """Count cases anew and bring the totals up to date by what is different."""
    if not case_ids:
        return
    keys = {(case_id,) for case_id in case_ids}
    cases, before = tx.get_many(CASES, keys), tx.get_many(CASE_FIGURES, keys)
    totals = {row.currency: row for row in tx.find(FIGURES)}
    for key, case in cases.items():
        after, old = _counted(tx, case, now), before.get(key)
        total = totals.get(case.currency) or Figures(currency=case.currency, **dict.fromkeys(SUMS, 0))
        changed = {name: getattr(total, name) + getattr(after, name) - getattr(old, name, 0) for name in SUMS}
        totals[case.currency] = replace(total, **changed)
        if after != old:
            tx.put(CASE_FIGURES, after)
    for total in totals.values():
        tx.put(FIGURES, total)


def _counted(tx: Transaction, case: Case, now: Instant) -> CaseFigures:
    of_case = Condition("case_id", "=", case.case_id)
    reports, tracings, holds, unheld, refunds = tx.gather(
        Read(REPORTS, conditions=(of_case,)),
        Read(TRACINGS, conditions=(of_case,)),
        Read(CASE_HOLDS, conditions=(of_case,)),
        # A piece that was refused outright, or followed without a hold, has no hold of its own.
        Read(PIECES, conditions=(of_case, Condition("hold_id", "is_null"))),
        Read(REFUNDS, conditions=(of_case,)),
    )
    good = {report.report_id for report in reports if _counts(report)}
    rightful = [tracing for tracing in tracings if tracing.report_id in good]
    standing = [hold for hold in holds if hold.placed_at is not None and stands(hold, now)]
    return CaseFigures(
        case_id=case.case_id,
        currency=case.currency,
        cases=int(bool(good)),
        stolen_minor=sum(tracing.stolen_minor for tracing in rightful),
        held_minor=sum(hold.held_minor for hold in standing),
        returned_minor=sum(tracing.sums[ShareKind.returned] + tracing.sums[ShareKind.refunded] for tracing in rightful),
        standing=len(standing),
        released=sum(hold.status in RELEASED for hold in holds if hold.placed_at is not None),
        refused=sum(bool(piece.refused_by) for piece in unheld),
        unheard=sum(refund.is_unheard for refund in refunds),
        recount_at=_recount_at(tracings, holds, now),
    )


def _counts(report: Report) -> bool:
    return report.status is ReportStatus.filed


def _recount_at(tracings: Iterable[Tracing], holds: Iterable[CaseHold], now: Instant) -> Instant | None:
    """Return when the case must be counted again: when its next hold ends, and while anything may still change."""
    unended = [hold for hold in holds if hold.status in LIVE_STATUSES]
    if unended:
        return min([now.plus(RECOUNT_HELD), *(hold.expires_at for hold in unended if hold.expires_at > now)])
    is_followed = any(tracing.is_live and now < tracing.ends_at for tracing in tracings)
    return now.plus(RECOUNT_FOLLOWED) if is_followed else None


assert {field.name for field in fields(Figures)} == {"currency", *SUMS}
