"""Trace answers: whoever's money the bank was asked for is told, once and in time, unless a hold of it tells more."""

from datetime import timedelta
from typing import Final

from tarazy.adapters.memory import MemoryStore
from tarazy.agent.records import ACCOUNTS, CREDITS, FOLLOWS, HOLDERS, SERVED_NOTICES, Follow
from tarazy.agent.trace_notices import TRACE_NOTICES, TraceNotice
from tarazy.domain.entry import AccountKind
from tarazy.domain.tracing import StopKind
from tarazy.simulation.checkers.finding import demand, rows
from tarazy.simulation.checkers.sums import sums_in

NAME = "notices"
WITHIN: Final = timedelta(hours=24)
"""The time of the law pack with which everything here runs."""


def check_traces(disc: MemoryStore, bank: str) -> None:
    """Check, when nothing is under way, what a bank has told of the answers that it gave."""
    follows = {follow.order_id: follow for follow in rows(disc, FOLLOWS)}
    told: dict[str, list[TraceNotice]] = {}
    for notice in rows(disc, TRACE_NOTICES):
        demand(NAME, notice.order_id in follows, f"{notice.notice_id} at {bank}: of an order that nobody gave")
        told.setdefault(notice.order_id, []).append(notice)
    held = {notice.hold_id for notice in rows(disc, SERVED_NOTICES)}
    booked = {(credit.account_id, credit.transfer_ref): credit.booked_at for credit in rows(disc, CREDITS)}
    names = {holder.account_id: holder.name for holder in rows(disc, HOLDERS)}
    own = {line.account_id for line in rows(disc, ACCOUNTS) if line.kind is AccountKind.pooled} - names.keys()
    for follow in follows.values():
        where = f"{follow.order_id} at {bank}"
        mine = told.get(follow.order_id, [])
        hears_of_hold = follow.terms is not None and follow.terms.hold_id in held
        if follow.account_id is None or follow.account_id in own or _is_shadow(follow):
            demand(NAME, not mine, f"{where}: told, and there is nobody to tell")
            continue
        demand(NAME, len(mine) <= 1, f"{where}: told {len(mine)} times that the bank has answered")
        demand(NAME, bool(mine) or hears_of_hold, f"{where}: the holder hears neither of a hold nor of the answer")
        for notice in mine:
            due_from = max(follow.received_at, booked.get((follow.account_id, follow.transfer_ref), follow.received_at))
            late = notice.served_at.since(due_from) - WITHIN
            demand(NAME, late <= timedelta(0), f"{where}: told {late} too late")
            demand(NAME, notice.account_id == follow.account_id, f"{where}: another was told")
            named = sums_in((notice.subject,))
            demand(NAME, named == [follow.to_minor - follow.from_minor], f"{where}: names {named}")
            said = "\n".join(notice.paragraphs)
            demand(NAME, names.get(follow.account_id, "\0") not in said, f"{where}: names its holder")


def _is_shadow(follow: Follow) -> bool:
    return follow.terms is None and follow.rest is StopKind.shadow
