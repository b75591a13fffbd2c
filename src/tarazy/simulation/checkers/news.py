"""Readers of the log: figures and news to reporters, counted anew from the tables once everything is over."""

from collections import Counter
from typing import Final

from tarazy.adapters.memory import MemoryStore
from tarazy.agent.report_news import REPORT_NEWS
from tarazy.app.figures import CASE_FIGURES, FIGURES, SUMS
from tarazy.app.records import CASE_HOLDS, CASES, EVENTS, PIECES, REPORTS, TRACINGS, CaseHold, Report
from tarazy.app.refund_records import REFUNDS
from tarazy.app.store import Condition
from tarazy.app.warning_victims import REPORTERS_TOLD
from tarazy.simulation.checkers.finding import demand, rows
from tarazy.simulation.programs import Network
from tarazy.values.instant import Instant

FIGURES_NAME = "figures"
REPORTERS = "reporters"
UPDATES_MAX: Final = 20
LIVE: Final = frozenset({"requested", "placed"})
OVER: Final = frozenset({"released", "expired"})


def check_totals(disc: MemoryStore) -> None:
    """Check at any time that the totals are what the cases have added."""
    added: Counter[tuple[str, str]] = Counter()
    for case in rows(disc, CASE_FIGURES):
        for name in SUMS:
            added[case.currency, name] += getattr(case, name)
    for total in rows(disc, FIGURES):
        for name in SUMS:
            told, has = getattr(total, name), added.pop((total.currency, name), 0)
            demand(FIGURES_NAME, told == has, f"{name} in {total.currency}: {told}, the cases have added {has}")
    demand(FIGURES_NAME, not any(added.values()), f"cases of no total: {+added}")


def check_figures(disc: MemoryStore, now: Instant) -> None:
    """Check that the totals are what the tables say, at a moment by the exchange's clock."""
    counted = _counted(disc, now)
    told = {(total.currency, name): getattr(total, name) for total in rows(disc, FIGURES) for name in SUMS}
    for key in sorted(told.keys() | counted.keys()):
        says, has = told.get(key, 0), counted[key]
        demand(FIGURES_NAME, says == has, f"{key[1]} in {key[0]}: {says}, the tables say {has}")


def _counted(disc: MemoryStore, now: Instant) -> Counter[tuple[str, str]]:
    currencies = {case.case_id: case.currency for case in rows(disc, CASES)}
    filed = {report.report_id: report for report in rows(disc, REPORTS) if report.status == "filed"}
    counted: Counter[tuple[str, str]] = Counter()
    for case_id in {report.case_id for report in filed.values()}:
        counted[currencies[case_id], "cases"] += 1
    for tracing in rows(disc, TRACINGS):
        if tracing.report_id in filed:
            counted[tracing.currency, "stolen_minor"] += tracing.stolen_minor
            counted[tracing.currency, "returned_minor"] += tracing.sums["returned"] + tracing.sums["refunded"]
    for hold in rows(disc, CASE_HOLDS):
        if hold.placed_at is None:
            continue
        if _stands(hold, now):
            counted[hold.currency, "standing"] += 1
            counted[hold.currency, "held_minor"] += hold.held_minor
        counted[hold.currency, "released"] += hold.status in OVER
    for refund in rows(disc, REFUNDS):
        counted[refund.currency, "unheard"] += refund.is_unheard
    for piece in rows(disc, PIECES):
        counted[currencies[piece.case_id], "refused"] += piece.hold_id is None and bool(piece.refused_by)
    return counted


def check_reporters(network: Network, now: Instant) -> None:
    """Check that each bank was told of its reports what the tables say, and not too often."""
    disc = network.exchange.disc
    holds: dict[str, list[CaseHold]] = {}
    for hold in rows(disc, CASE_HOLDS):
        if hold.placed_at is not None:
            holds.setdefault(hold.report_id, []).append(hold)
    for report in rows(disc, REPORTS):
        _check_report(network, report, holds.get(report.report_id, []), now)


def _check_report(network: Network, report: Report, holds: list[CaseHold], now: Instant) -> None:
    disc, bank = network.exchange.disc, network.banks[report.participant_id]
    where = f"{report.report_id} of {bank.name}"
    told = next(iter(rows(disc, REPORTERS_TOLD, Condition("report_id", "=", report.report_id))), None)
    updates = 0 if told is None else told.updates
    demand(REPORTERS, updates <= UPDATES_MAX, f"{where}: told {updates} times")
    of_report = Condition("subject_id", "=", report.report_id)
    events = rows(disc, EVENTS, of_report, Condition("kind", "=", "reporter_told"))
    demand(REPORTERS, len(events) == updates, f"{where}: told {updates} times, recorded {len(events)} times")
    held = sum(hold.held_minor for hold in holds if _stands(hold, now))
    if told is None:
        demand(REPORTERS, held == 0 and report.returned_minor == 0, f"{where}: {held} held, and nobody was told")
        return
    if updates < UPDATES_MAX:
        # A hold whose time is over by the exchange's clock is told of when its bank has ended it by its own.
        unended = sum(hold.held_minor for hold in holds if hold.status in LIVE)
        is_so = told.is_held in {held > 0, unended > 0}
        demand(REPORTERS, is_so, f"{where}: {held} held, told is_held={told.is_held}")
        back = report.returned_minor
        demand(REPORTERS, told.back_minor == back, f"{where}: {back} back, told {told.back_minor}")
    if bank.name in network.gone:
        return
    news = next(iter(rows(bank.program.disc, REPORT_NEWS, Condition("report_id", "=", report.report_id))), None)
    demand(REPORTERS, news is not None, f"{where}: the news never came")
    assert news is not None
    demand(REPORTERS, news.update_no == updates, f"{where}: the bank knows update {news.update_no} of {updates}")
    is_same = (news.back_minor, news.held_minor > 0) == (told.back_minor, told.is_held)
    demand(REPORTERS, is_same, f"{where}: the bank knows {news.held_minor} held, {news.back_minor} back")
    demand(REPORTERS, not news.is_due, f"{where}: the customer is still to be told")
    demand(REPORTERS, news.told_back_minor == news.back_minor, f"{where}: the customer knows {news.told_back_minor}")


def _stands(hold: CaseHold, now: Instant) -> bool:
    return hold.status in LIVE and now < hold.expires_at
