"""What the pages of a bank read of appeals: who decides and by when, where each stands, and what the pause rests on.

The forums and their times are those of this bank's own pack; what the exchange says of an appeal comes before them.
Nothing here changes a row.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from tarazy.agent.answering import is_live, still_held_minor
from tarazy.agent.appeals import (
    LOCAL_APPEALS,
    OPEN_STATES,
    LocalAppeal,
    answered_before,
    appeals_about,
    changed_at,
    told_at,
)
from tarazy.agent.measure_records import HOLD_MEASURES, HoldMeasure
from tarazy.agent.measures import carrier_of, pause_id
from tarazy.agent.records import HOLDERS, HOLDS, AgentHold, Holder
from tarazy.app.appeal_times import answer_due, counts_from, last_moment, on_silence
from tarazy.app.measure_law import branch_of
from tarazy.app.store import Condition, Transaction
from tarazy.domain.appeal import HOLDERS_OWN, AppealOutcome, AppealStatus, SilenceEffect
from tarazy.law.assessment import ActorRole, Measure
from tarazy.law.ground import Pack
from tarazy.law.pack import MeasureRule
from tarazy.values.ids import AppealId, MeasureId, OfficerId
from tarazy.values.instant import Instant

APPEALS_SHOWN_MAX: Final = 200
CHAIN_MAX: Final = 20
"""More forums than any law has."""
OF_THE_BANK: Final = frozenset({ActorRole.bank, ActorRole.payment_organisation})
MAY_GO_ON: Final = frozenset({AppealOutcome.measure_stands, AppealOutcome.measure_narrowed})


@dataclass(frozen=True, slots=True, kw_only=True)
class ForumAhead:
    """The forum that hears the next appeal. ``due_at`` is when its answer is due, if the appeal is sent now.

    ``last_at`` is the end of the time for appealing, ``last_is_day`` whether that is the end of a day. It is shown and
    bars nobody: whether a late appeal is heard, a human says.
    """

    forum: str
    is_banks: bool
    due_at: Instant | None
    last_at: Instant | None
    last_is_day: bool
    silence: SilenceEffect
    next_forum: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealShown:
    """An appeal as its person sees it. ``went_on_to`` is the forum that it went to by itself, ``went_on_due`` its time.

    ``due_at`` and ``next_forum`` are this bank's own count, until the exchange has said anything.
    ``is_let_go``: the hold is over because nobody answered, or because an appeal was right.
    """

    appeal: LocalAppeal
    is_open: bool
    due_at: Instant | None
    next_forum: str | None
    silence: SilenceEffect
    can_go_on: bool
    went_on_to: str | None
    went_on_due: Instant | None
    is_let_go: bool


class WayOn(NamedTuple):
    """Why the same appeal is not begun again: the last of its answers, and the forum that is next, if the law has one.

    ``last`` is open where it has gone on already.
    """

    last: LocalAppeal
    ahead: ForumAhead | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealRow:
    """An appeal on the desk's list."""

    appeal: LocalAppeal
    hold: AgentHold
    holder: Holder | None
    is_decided_here: bool
    due_at: Instant | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealSheet:
    """One appeal at the desk: what was said, what the measure rests on as this bank knows, who may not review it."""

    row: AppealRow
    held_minor: int
    is_standing: bool
    measure: HoldMeasure | None
    chain: tuple[LocalAppeal, ...]
    told_at: Instant | None
    hands: frozenset[OfficerId]
    forum: ForumAhead | None
    has_gone_on: bool


def rule_carrying(hold: AgentHold, measure: HoldMeasure | None, pack: Pack) -> MeasureRule | None:
    """Return the rule of what carries a hold, by the law of the day of its act."""
    of: tuple[str, date] = (
        (hold.terms.measure, hold.terms.law_day) if measure is None else (measure.measure, measure.law_day)
    )
    ground = pack.ground(Measure(of[0]), None, of[1])
    return None if ground is None else ground.rule


def measure_of(tx: Transaction, hold: AgentHold, measure_id: MeasureId) -> HoldMeasure | None:
    """Return an authority's measure upon a hold; None for the bank's own pause."""
    return tx.get(HOLD_MEASURES, hold.hold_id, measure_id)


def forum_ahead(
    tx: Transaction,
    hold: AgentHold,
    measure_id: MeasureId,
    forum_no: int,
    now: Instant,
    pack: Pack,
    *,
    answered_at: Instant | None = None,
) -> ForumAhead | None:
    """Return the forum of a measure by its place among the remedies; None where the law names no such one.

    ``answered_at`` is when the forum before it answered, or was silent: from then on the time for it may run again.
    """
    rule = rule_carrying(hold, measure_of(tx, hold, measure_id), pack)
    remedies = () if rule is None or rule.remedies is None else rule.remedies.value
    if rule is None or forum_no >= len(remedies):
        return None
    remedy, branch = remedies[forum_no], branch_of(rule)
    told = told_at(tx, hold.hold_id, measure_id, changed_at(tx, hold, measure_id))
    last = last_moment(remedy, counts_from(remedy, told, answered_at), branch, pack)
    return ForumAhead(
        forum=remedy.forum,
        is_banks=remedy.forum_kind in OF_THE_BANK,
        due_at=answer_due(remedy, now, branch, pack),
        last_at=last,
        last_is_day=remedy.filing is not None and not remedy.filing.unit.is_fixed,
        silence=on_silence(remedy, branch),
        next_forum=remedies[forum_no + 1].forum if forum_no + 1 < len(remedies) else None,
    )


def appeals_shown(tx: Transaction, hold: AgentHold, now: Instant, pack: Pack) -> list[AppealShown]:
    """Return the appeals about a hold as its holder sees them, newest first: what others have said is not theirs."""
    appeals = [one for one in appeals_about(tx, [hold.hold_id]) if one.appellant in HOLDERS_OWN]
    return [_shown(tx, one, appeals, hold, now, pack) for one in appeals]


def _shown(
    tx: Transaction, appeal: LocalAppeal, all_of: Sequence[LocalAppeal], hold: AgentHold, now: Instant, pack: Pack
) -> AppealShown:
    place = forum_no_of(tx, appeal)
    at = forum_ahead(tx, hold, appeal.measure_id, place, appeal.filed_at, pack)
    silence = SilenceEffect.next_forum if at is None else at.silence
    is_open = appeal.state in OPEN_STATES
    has_gone_on = any(one.before_appeal_id == appeal.appeal_id for one in all_of)
    is_silent = not is_open and appeal.outcome is None and appeal.state in {"unanswered", "executed"}
    goes_on = is_silent and silence is not SilenceEffect.releases and appeal.next_forum is not None
    ahead = forum_ahead(tx, hold, appeal.measure_id, place + 1, appeal.state_at, pack) if goes_on else None
    return AppealShown(
        appeal=appeal,
        is_open=is_open,
        due_at=_due_shown(appeal, at),
        next_forum=at.next_forum if appeal.forum is None and at is not None else appeal.next_forum,
        silence=silence,
        can_go_on=_may_go_on(appeal, hold) and not has_gone_on,
        went_on_to=appeal.next_forum if goes_on else None,
        went_on_due=None if ahead is None else ahead.due_at,
        is_let_go=is_silent and not is_live(hold, now),
    )


def _due_shown(appeal: LocalAppeal, at: ForumAhead | None) -> Instant | None:
    """Return when the answer is due: what the exchange says, and this bank's own count before it has."""
    return at.due_at if appeal.forum is None and at is not None else appeal.due_at


def _may_go_on(appeal: LocalAppeal, hold: AgentHold) -> bool:
    """Tell whether there is another forum against what still carries the hold; a new measure has forums of its own."""
    is_answered = appeal.outcome in MAY_GO_ON or appeal.state == AppealStatus.not_admitted
    is_left = is_answered and appeal.next_forum is not None
    return is_left and appeal.measure_id == carrier_of(hold)


def forum_no_of(tx: Transaction, appeal: LocalAppeal) -> int:
    """Return the place of an appeal's forum: how many appeals it goes on from."""
    return len(chain_before(tx, appeal))


def chain_before(tx: Transaction, appeal: LocalAppeal) -> tuple[LocalAppeal, ...]:
    """Return the appeals that one goes on from, the first of them first."""
    chain: list[LocalAppeal] = []
    before = appeal.before_appeal_id
    while before is not None and len(chain) < CHAIN_MAX:
        found = tx.get(LOCAL_APPEALS, before)
        if found is None:
            break
        chain.insert(0, found)
        before = found.before_appeal_id
    return tuple(chain)


def way_on(tx: Transaction, hold: AgentHold, now: Instant, pack: Pack) -> WayOn | None:
    """Return where to go on from an answer to the holder's side, while the measure stands as it was; None: begin."""
    answered = answered_before(tx, hold, carrier_of(hold))
    if answered is None:
        return None
    after = [one for one in appeals_about(tx, [hold.hold_id]) if one.measure_id == answered.measure_id]
    while next_one := next((one for one in after if one.before_appeal_id == answered.appeal_id), None):
        answered = next_one
    return way_on_from(tx, answered.appeal_id, now, pack)


def way_on_from(tx: Transaction, appeal_id: AppealId, now: Instant, pack: Pack) -> WayOn | None:
    """Return the forum after that of an appeal, with its times; without one while it is open, or was right."""
    answered = tx.get(LOCAL_APPEALS, appeal_id)
    hold = None if answered is None else tx.get(HOLDS, answered.hold_id)
    if answered is None or hold is None:
        return None
    if not _may_go_on(answered, hold):
        return WayOn(answered, None)
    number = forum_no_of(tx, answered) + 1
    ahead = forum_ahead(tx, hold, answered.measure_id, number, now, pack, answered_at=answered.state_at)
    return WayOn(answered, ahead)


def appeals_at_desk(tx: Transaction, pack: Pack) -> list[AppealRow]:
    """Return the bank's appeals: the open ones first, by when their answer is due; then the others, newest first."""
    found = tx.find(LOCAL_APPEALS, order=("filed_at",), descending=True, limit=APPEALS_SHOWN_MAX)
    over = [one for one in found if one.state not in OPEN_STATES]
    return [*_soonest_first(_rows(tx, _opened(tx), pack)), *_rows(tx, over, pack)]


def appeals_to_decide(tx: Transaction, pack: Pack) -> list[AppealRow]:
    """Return the open appeals that an officer of this bank decides."""
    return [row for row in _soonest_first(_rows(tx, _opened(tx), pack)) if row.is_decided_here]


def appeals_mark(tx: Transaction) -> str:
    """Return a text that changes when an appeal comes or is answered."""
    return " ".join(sorted(f"{one.appeal_id}:{one.state}" for one in _opened(tx)))


def _opened(tx: Transaction) -> list[LocalAppeal]:
    is_open = Condition("state", "in", sorted(OPEN_STATES))
    return tx.find(LOCAL_APPEALS, is_open, order=("filed_at",), limit=APPEALS_SHOWN_MAX)


def _rows(tx: Transaction, appeals: Sequence[LocalAppeal], pack: Pack) -> list[AppealRow]:
    holds = tx.get_many(HOLDS, {(one.hold_id,) for one in appeals})
    holders = tx.get_many(HOLDERS, {(one.account_id,) for one in appeals})
    return [_row(tx, one, holds[one.hold_id,], holders.get((one.account_id,)), pack) for one in appeals]


def _soonest_first(rows: Sequence[AppealRow]) -> list[AppealRow]:
    """Order by when the answer is due; what has no time comes last, the oldest first."""
    return sorted(rows, key=lambda row: (row.due_at is None, row.due_at or row.appeal.filed_at, row.appeal.appeal_id))


def _row(tx: Transaction, appeal: LocalAppeal, hold: AgentHold, holder: Holder | None, pack: Pack) -> AppealRow:
    at = forum_ahead(tx, hold, appeal.measure_id, forum_no_of(tx, appeal), appeal.filed_at, pack)
    is_own = appeal.measure_id == pause_id(hold.hold_id)
    return AppealRow(
        appeal=appeal,
        hold=hold,
        holder=holder,
        is_decided_here=is_own and at is not None and at.is_banks and appeal.forum in {None, at.forum},
        due_at=_due_shown(appeal, at),
    )


def appeal_sheet(tx: Transaction, appeal_id: AppealId, now: Instant, pack: Pack) -> AppealSheet | None:
    """Return one appeal with what an officer must see before deciding; None for an unknown one."""
    appeal = tx.get(LOCAL_APPEALS, appeal_id)
    hold = None if appeal is None else tx.get(HOLDS, appeal.hold_id)
    if appeal is None or hold is None:
        return None
    hands = {hold.terms.author.officer_id, hold.confirmed_by, hold.decided_by}
    return AppealSheet(
        row=_row(tx, appeal, hold, tx.get(HOLDERS, hold.account_id), pack),
        held_minor=still_held_minor(hold),
        is_standing=is_live(hold, now),
        measure=measure_of(tx, hold, appeal.measure_id),
        chain=chain_before(tx, appeal),
        told_at=told_at(tx, hold.hold_id, appeal.measure_id),
        hands=frozenset(one for one in hands if one is not None),
        forum=forum_ahead(tx, hold, appeal.measure_id, forum_no_of(tx, appeal), appeal.filed_at, pack),
        has_gone_on=any(one.before_appeal_id == appeal.appeal_id for one in appeals_about(tx, [hold.hold_id])),
    )
