"""The times of an appeal: when it counts as made, and whether late; when its forum must answer; what silence means.

Two clocks, two owners. The person's time is kept from when the appeal was made, which their bank tells; the forum's
time runs from when the appeal reached it, by the exchange's own clock. So a bank's word harms nobody: neither the
person whose bank was away, nor a forum that had not seen anything.
"""

from typing import Final, NamedTuple

from tarazy.app.appeal_records import Appeal
from tarazy.app.deadlines import counted
from tarazy.app.measure_records import CASE_MEASURES, MEASURE_DECISIONS, MOTIONS, CaseMeasure
from tarazy.app.records import NOTICES_TOLD, CaseHold
from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Transaction
from tarazy.domain.appeal import AppealRoad, SilenceEffect
from tarazy.law.clock import Side
from tarazy.law.ground import Pack
from tarazy.law.safeguards import Remedy, RemedyFrom
from tarazy.law.terms import Branch
from tarazy.protocol.statement import SIGNED_BEFORE_MAX
from tarazy.values.ids import MeasureId
from tarazy.values.instant import Instant

ON_ITS_WAY: Final = SIGNED_BEFORE_MAX
"""So long a message may be on its way without anybody asking why: as long as what an officer has signed."""


class Began(NamedTuple):
    """The first moments at which an appeal can have been made: against a measure, and by a code."""

    measure_at: Instant
    code_at: Instant


class Made(NamedTuple):
    """When an appeal counts as made and as learned of; ``told_at`` is the bank's word, where it needs to be kept."""

    filed_at: Instant
    told_at: Instant | None
    learned_at: Instant | None


def made_at(told: Instant, learned_at: Instant | None, road: AppealRoad, since: Began, now: Instant) -> Made:
    """Return when an appeal counts as made, from what a bank has said.

    Nobody appeals before the measure began, by a code before the notice that has it, or after the exchange has it.
    Nor does anybody learn of a measure before it began: a bank's slow or wrong clock makes no one late.
    """
    learned = None if learned_at is None else min(max(learned_at, since.measure_at), now)
    earliest = since.code_at if road is AppealRoad.code else since.measure_at
    filed = min(max(told, earliest), now)
    return Made(filed, told if now.since(told) > ON_ITS_WAY else None, learned)


def began(tx: Transaction, measure: CaseMeasure | None, hold: CaseHold) -> Began:
    """Return since when there was a measure, or the bank's own pause, and a notice upon its hold that has a code.

    A code that was shown under the bank's pause keeps its time, whatever has carried the hold on by now.
    """
    told = tx.find(NOTICES_TOLD, Condition("hold_id", "=", hold.hold_id), order=("served_at",), limit=1)
    return Began(
        hold.asked_at if measure is None else measure.begins_at,
        max(hold.asked_at, told[0].served_at) if told else hold.asked_at,
    )


def changed_at(tx: Transaction, measure_id: MeasureId, hold: CaseHold) -> Instant | None:
    """Return when a measure last changed by a step of its author or of an authority; None where it is as it began.

    A pause changes when a human takes it upon themselves: then it lasts longer.
    """
    measure = tx.get(CASE_MEASURES, measure_id)
    if measure is None:
        return hold.confirmed_at
    motion = None if measure.motion_id is None else tx.get(MOTIONS, measure.motion_id)
    decision = None if measure.decision_id is None else tx.get(MEASURE_DECISIONS, measure.decision_id)
    steps = [*([motion.filed_at] if motion else []), *([decision.received_at] if decision else [])]
    return max(steps, default=None)


def counts_from(remedy: Remedy, learned_at: Instant | None, refused_at: Instant | None) -> Instant | None:
    """Return from when the time for turning to a forum runs: for a next one, again from the answer, or the silence."""
    runs_again = bool(remedy.again_from) or remedy.since is not RemedyFrom.learned
    if learned_at is None or refused_at is None or not runs_again:
        return learned_at
    return max(learned_at, refused_at)


def last_moment(remedy: Remedy, since: Instant | None, branch: Branch, pack: Pack) -> Instant | None:
    """Return the end of the time for appealing; None where there is none: who was never told cannot be late."""
    if since is None or remedy.filing is None:
        return None
    end = counted(remedy.filing, since, branch, Side.person, pack)
    return None if end is None else end.at


def is_late(made: Made, remedy: Remedy, before: Appeal | None, branch: Branch, setting: Setting) -> bool:
    """Tell whether the time for appealing was over."""
    refused_at = None if before is None else before.decided_at
    last = last_moment(remedy, counts_from(remedy, made.learned_at, refused_at), branch, setting.pack)
    return last is not None and made.filed_at > last


def answer_due(remedy: Remedy, since: Instant, branch: Branch, pack: Pack) -> Instant | None:
    """Return when a forum must have answered what reached it at a moment; None where the law names no time."""
    if remedy.deciding is None:
        return None if remedy.decide_within is None else since.plus(remedy.decide_within)
    end = counted(remedy.deciding, since, branch, Side.restriction, pack)
    return None if end is None else end.at


def on_silence(remedy: Remedy, branch: Branch) -> SilenceEffect:
    """Return what silence means: what the rule says; without a word of it, a bank's own pause is let go."""
    if remedy.silence is not None:
        return SilenceEffect(remedy.silence)
    return SilenceEffect.releases if branch is Branch.private else SilenceEffect.next_forum
