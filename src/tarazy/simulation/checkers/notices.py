"""Notices: whoever's money is held is told of it, of payments and of the end, once; and never of more than it was.

A hold that was over before anybody could be told of it is told of by its end alone. Why something was paid is read from
the words, and the exchange knows who ordered it.

What was held is counted from the segments after each step of the agent, and sums are read from the words themselves.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from tarazy.adapters.memory import MemoryStore
from tarazy.agent.notice_office import ZONE
from tarazy.agent.notices import NoticeOffice
from tarazy.agent.records import HOLD_SEGMENTS, HOLDS, SERVED_NOTICES, AgentHold, ServedNotice
from tarazy.app.records import NOTICES_TOLD
from tarazy.app.refund_records import REFUND_PARTS, REFUNDS
from tarazy.domain.hold import HoldEnd, HoldStatus
from tarazy.domain.notice import MEASURE_KINDS, NoticeKind, code_hash
from tarazy.domain.refund import PartStatus
from tarazy.simulation.checkers.finding import demand, rows
from tarazy.simulation.checkers.sums import sums_in
from tarazy.simulation.checkers.traces import check_traces
from tarazy.simulation.notice_clerks import UNINVOLVED
from tarazy.simulation.programs import Bank
from tarazy.texts.catalogue import Language
from tarazy.texts.formats import moment_brief
from tarazy.values.ids import HoldId, NoticeId

NAME = "notices"
OVER: Final = frozenset({HoldStatus.released, HoldStatus.expired, HoldStatus.declined})
ENDS: Final = frozenset({NoticeKind.hold_released, NoticeKind.hold_expired})
STEPS: Final = (HoldEnd.motion_not_filed, HoldEnd.not_decided_in_time)
"""For want of what an authority's measure can have run out of its time."""
WHAT_HAPPENED: Final = 2
"""So many paragraphs, from the first, say that this is a demonstration and what has happened."""

WHY: Final = {"consent": "refund_agreed", "court": "refund_by_court", "investigator": "refund_by_authority"}
PaidFor = Mapping[tuple[HoldId, str], int]
"""How much was paid of each hold in each lane."""


@dataclass(slots=True)
class _Seen:
    """What was seen of one hold, step by step."""

    is_placed: bool = False
    most_held: int = 0
    notices: list[ServedNotice] = field(default_factory=list)


class NoticesChecker:
    """Looks at the holds of one bank and at what their holders were told."""

    def __init__(self, bank: Bank, office: NoticeOffice) -> None:
        self._bank, self._office = bank, office
        self._disc: MemoryStore = bank.program.disc
        self._holds: dict[HoldId, AgentHold] = {}
        self._seen: dict[HoldId, _Seen] = {}
        self._notices: set[NoticeId] = set()

    def check(self) -> None:
        """Look at what has changed since the last time."""
        for hold in rows(self._disc, HOLDS):
            if self._holds.get(hold.hold_id) is not hold:
                self._holds[hold.hold_id] = hold
                self._note(hold)
        for notice in rows(self._disc, SERVED_NOTICES):
            if notice.notice_id not in self._notices:
                self._notices.add(notice.notice_id)
                self._check_served(notice)

    def check_quiet(self, exchange: MemoryStore) -> None:
        """Check, when nothing is under way, that everything was told, once, and that the exchange knows of it."""
        check_traces(self._disc, self._bank.name)
        paid = _paid_for(exchange)
        for hold_id, seen in self._seen.items():
            self._check_told(self._holds[hold_id], seen)
            self._check_why(self._holds[hold_id], seen, paid)
        told = {one.notice_id: one for one in rows(exchange, NOTICES_TOLD)}
        for seen in self._seen.values():
            for notice in seen.notices:
                where = f"{notice.notice_id} of {notice.hold_id} at {self._bank.name}"
                known = told.get(notice.notice_id)
                demand(NAME, known is not None, f"{where}: the exchange does not know of it")
                assert known is not None
                is_same = (known.hold_id, known.served_at) == (notice.hold_id, notice.served_at)
                demand(NAME, is_same, f"{where}: the exchange knows another")
                demand(
                    NAME,
                    known.code_hash == code_hash(notice.code, self._office.secret),
                    f"{where}: another code's hash",
                )

    def _note(self, hold: AgentHold) -> None:
        seen = self._seen.setdefault(hold.hold_id, _Seen())
        own = [row for row in rows(self._disc, HOLD_SEGMENTS) if row.hold_id == hold.hold_id]
        seen.is_placed |= hold.status is HoldStatus.placed or hold.paid_minor > 0
        seen.most_held = max(seen.most_held, sum(row.line_to - row.line_from for row in own) + hold.paid_minor)

    def _check_served(self, notice: ServedNotice) -> None:
        seen = self._seen[notice.hold_id]
        seen.notices.append(notice)
        where = f"{notice.notice_kind} of {notice.hold_id} at {self._bank.name}"
        demand(NAME, seen.is_placed, f"{where}: nothing was ever held")
        named = sums_in((notice.subject, *notice.paragraphs[:WHAT_HAPPENED]))
        demand(NAME, len(named) > 1, f"{where}: names no sum: {notice.subject}")
        demand(NAME, max(named) <= seen.most_held, f"{where}: names {named}, {seen.most_held} were held")

        self._check_author(notice, where)
        if notice.notice_kind == NoticeKind.refund_paid:
            self._check_rest(notice, where)

    def _check_author(self, notice: ServedNotice, where: str) -> None:
        """Who has decided is read from the words: nobody else is named, and nobody of what ended without them."""
        hold, said = self._holds[notice.hold_id], "\n".join(notice.paragraphs)
        demand(NAME, UNINVOLVED not in said, f"{where}: names {UNINVOLVED}, who has decided nothing")
        language = Language(notice.language)
        decided = self._office.catalogue.text("notice.author", language, body="|", role="|", name="|", at="|")
        is_decision = any(one.startswith(decided.partition("|")[0]) for one in notice.paragraphs)
        told_otherwise = {*ENDS, *MEASURE_KINDS, NoticeKind.refund_paid, NoticeKind.hold_dropped_in_part}
        told_as_decided = notice.notice_kind not in told_otherwise
        if notice.notice_kind == NoticeKind.hold_narrowed and hold.decided_by is None:
            told_as_decided = False  # an order has narrowed it
        by_officer = hold.end is HoldEnd.by_officer if notice.notice_kind in ENDS else told_as_decided
        demand(NAME, is_decision == by_officer, f"{where} ({hold.end}): told as an officer's decision? {is_decision}")
        if hold.decided_by is not None and by_officer:
            at = moment_brief(hold.decided_at or notice.served_at, language, ZONE)
            demand(NAME, at in said, f"{where}: decided at {at}, which is not said")
        if notice.notice_kind in ENDS and not by_officer:
            by_nobody = hold.decided_by is None or hold.end is HoldEnd.overturned_on_appeal
            demand(NAME, by_nobody, f"{where}: {hold.decided_by} has decided on what ended by itself")
            ends = {told_end(hold), *(STEPS if notice.measure_id and hold.end is HoldEnd.time_ran_out else ())}
            why = {self._office.catalogue.text(f"notice.decided.{end}", language) for end in ends}
            demand(NAME, bool(why & set(notice.paragraphs)), f"{where}: why it ended without an officer is not said")
            is_said = hold.decided_by is None and bool(hold.reasons) and str(hold.reasons) in said
            demand(NAME, not is_said, f"{where}: quotes reasons of nobody")

    def _check_rest(self, notice: ServedNotice, where: str) -> None:
        """While the hold stands, a payment is told with what is still held; of one that is over nothing is held."""
        hold = self._holds[notice.hold_id]
        stands = hold.status is HoldStatus.placed and hold.expires_at > notice.served_at
        named = sums_in((notice.subject,))
        told = "stands" if stands else "is over"
        demand(NAME, len(named) == 1 + stands, f"{where}: the hold {told}, and its subject is: {notice.subject}")
        if stands:
            least = hold.held_minor - hold.releasing_minor
            demand(NAME, least <= named[1] <= hold.held_minor, f"{where}: {hold.held_minor} held, {named[1]} named")

    def _check_told(self, hold: AgentHold, seen: _Seen) -> None:
        where = f"{hold.hold_id} at {self._bank.name} ({hold.status})"
        kinds = [NoticeKind(notice.notice_kind) for notice in seen.notices]
        demand(NAME, hold.notice_due is None, f"{where}: {hold.notice_due} is still due")
        if not seen.is_placed:
            demand(NAME, not kinds, f"{where}: told {kinds}, and nothing was held")
            return
        told = ", ".join(kinds)
        demand(NAME, bool(kinds), f"{where}: nobody was told of it")
        first_at = min(notice.served_at for notice in seen.notices)
        placing = [notice.served_at for notice in seen.notices if notice.notice_kind == NoticeKind.hold_placed]
        was_over = hold.ended_at is not None and hold.ended_at <= first_at
        is_told = placing == [first_at] or (was_over and not placing)
        demand(NAME, is_told, f"{where}: told of the placing, first and once? {told}")
        ends = sum(kind in ENDS for kind in kinds)
        demand(NAME, ends <= (hold.status in OVER), f"{where}: told of an end too often: {told}")
        if hold.status in OVER and hold.paid_minor < seen.most_held:
            demand(NAME, ends == 1, f"{where}: told of the end once? {told}")

    def _check_why(self, hold: AgentHold, seen: _Seen, paid: PaidFor) -> None:
        """What was paid is told in whole, each part of it with the reason for which it was ordered."""
        told: dict[str, int] = {}
        for notice in seen.notices:
            if notice.notice_kind == NoticeKind.refund_paid:
                told[self._lane_in(notice)] = sums_in((notice.subject,))[0]
        where = f"{hold.hold_id} at {self._bank.name} ({hold.status})"
        named = sum(told.values())
        demand(NAME, named == hold.paid_minor, f"{where}: {hold.paid_minor} paid, {named} named: {told}")
        ordered = {lane: minor for (hold_id, lane), minor in paid.items() if hold_id == hold.hold_id}
        demand(NAME, told == ordered, f"{where}: paid as {ordered}, told as {told}")

    def _lane_in(self, notice: ServedNotice) -> str:
        """Return in which lane a payment was ordered, as its holder reads it."""
        language = Language(notice.language)
        said = {lane: self._office.catalogue.text(f"notice.reason.{why}", language) for lane, why in WHY.items()}
        found = [lane for lane, text in said.items() if text in notice.paragraphs]
        demand(NAME, len(found) == 1, f"{notice.notice_id} of {notice.hold_id}: why was it paid? {found}")
        return found[0]


def _paid_for(exchange: MemoryStore) -> PaidFor:
    lanes = {refund.refund_id: refund.lane for refund in rows(exchange, REFUNDS)}
    paid: Counter[tuple[HoldId, str]] = Counter()
    for part in rows(exchange, REFUND_PARTS):
        if part.status is PartStatus.paid:
            paid[part.hold_id, lanes[part.refund_id]] += part.amount_minor
    return paid


def told_end(hold: AgentHold) -> str:
    """Return why a hold ended as its holder reads it: what the core dropped of itself is one thing for them."""
    return HoldEnd.core_dropped if hold.end is HoldEnd.nothing_to_hold else (hold.end or HoldEnd.core_dropped)
