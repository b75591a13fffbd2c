"""What a notice says of an authority's measure: who took it, on which norms, what ends it before, where to complain."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from tarazy.agent.measure_records import HOLD_MEASURES, HoldMeasure
from tarazy.agent.notice_law import ANY_TIME_AT_THE_BANK
from tarazy.agent.notice_office import NO_NUMBER, NoticeOffice, body_name
from tarazy.agent.records import AgentHold
from tarazy.app.deadlines import counted
from tarazy.app.measure_law import branch_of, remedies_of
from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Transaction
from tarazy.domain.hold import HoldEnd
from tarazy.domain.measure import NextStep
from tarazy.domain.notice import Decision, Earlier, FilingWindow, NoticeAuthor, Remedy
from tarazy.law.assessment import Measure
from tarazy.law.calendar import Window
from tarazy.law.clock import Side
from tarazy.law.ground import Pack
from tarazy.law.pack import MeasureRule
from tarazy.law.safeguards import AuthorisationRule, RemedyFrom
from tarazy.law.safeguards import Remedy as RemedyRule
from tarazy.texts.catalogue import Wording
from tarazy.texts.links import without_links
from tarazy.values.ids import HoldId, OfficerId, ParticipantId
from tarazy.values.instant import Instant

SHOWN_MAX: Final = 40
"""Letters of an officer's id in a notice: their names are known to their own institution alone."""
NOT_IN_TIME: Final = {NextStep.motion: HoldEnd.motion_not_filed, NextStep.decision: HoldEnd.not_decided_in_time}


def measures_on(tx: Transaction, holds: Sequence[AgentHold]) -> dict[HoldId, list[HoldMeasure]]:
    """Return the measures that carry these holds, or have carried them, in the order in which they began."""
    carried = [hold.hold_id for hold in holds if hold.carried_by is not None]
    found: dict[HoldId, list[HoldMeasure]] = {}
    for row in tx.find(HOLD_MEASURES, Condition("hold_id", "in", carried)) if carried else ():
        found.setdefault(row.hold_id, []).append(row)
    return {hold_id: sorted(rows, key=lambda row: row.begins_at) for hold_id, rows in found.items()}


def carrier_among(hold: AgentHold, measures: Mapping[HoldId, Sequence[HoldMeasure]]) -> HoldMeasure | None:
    """Return the measure that carries a hold, or carried it last; None for the bank's own pause."""
    rows = measures.get(hold.hold_id, ())
    return next((row for row in rows if row.measure_id == hold.carried_by), None)


def rule_under(measure: HoldMeasure, pack: Pack) -> MeasureRule | None:
    """Return this bank's own rule for a measure on the day on which it was decided."""
    ground = pack.ground(Measure(measure.measure), None, measure.law_day)
    return None if ground is None else ground.rule


def author_of_measure(measure: HoldMeasure, office: NoticeOffice, setting: Setting) -> NoticeAuthor:
    """Return who took a measure, as `author_elsewhere` names them."""
    return author_elsewhere(measure.participant_id, measure.officer_id, office, setting)


def author_elsewhere(
    participant_id: ParticipantId, officer_id: OfficerId, office: NoticeOffice, setting: Setting
) -> NoticeAuthor:
    """Return another body's officer: the body by its name and kind, the officer by the number that their own knows."""
    capacity = str(setting.officer_capacity(participant_id, officer_id))
    known = capacity if office.catalogue.has(f"notice.body.{capacity}") else "other"
    body = office.catalogue.wording(f"notice.body.{known}")
    joined = body_name(participant_id, office)
    return NoticeAuthor(
        body=Wording(kk=f"{body.kk} «{joined}»", ru=f"{body.ru} «{joined}»", en=f"{body.en} “{joined}”"),
        role=office.catalogue.wording(f"notice.officer.{known}"),
        name=_shown(officer_id),
    )


def _shown(name: str) -> str:
    return without_links(name).strip()[:SHOWN_MAX] or NO_NUMBER


def decision_on(measure: HoldMeasure) -> Decision | None:
    """Return what an authority has decided on a measure, as it signed it."""
    one = measure.decision
    if one is None:
        return None
    return Decision(_shown(one.forum), _shown(one.decision_no), one.decided_on)


def awaited_step(measure: HoldMeasure, pack: Pack) -> NextStep | None:
    """Return what must happen before a measure's end if it is to stand longer; None where nobody else decides."""
    if measure.decision is not None or _authorisation(measure, pack) is None:
        return None
    return NextStep.decision if measure.is_asked else NextStep.motion


def _authorisation(measure: HoldMeasure, pack: Pack) -> AuthorisationRule | None:
    rule = rule_under(measure, pack)
    return None if rule is None or rule.authorisation is None else rule.authorisation.value


def earlier_end(hold: AgentHold, measure: HoldMeasure, office: NoticeOffice, pack: Pack) -> Earlier | None:
    """Return when a hold ends before its latest end, and for want of what; None where it does not."""
    step, rule = awaited_step(measure, pack), _authorisation(measure, pack)
    if step is None or rule is None or not hold.received_at < hold.expires_at < hold.expires_at_most:
        return None
    return Earlier(step, hold.expires_at, office.catalogue.wording(f"law.role.{rule.by}"))


def end_told(hold: AgentHold, measure: HoldMeasure | None, pack: Pack) -> HoldEnd | None:
    """Return why a hold ended: one whose measure ran out for want of a step ended for want of it."""
    if measure is None or hold.end is not HoldEnd.time_ran_out or hold.expires_at >= hold.expires_at_most:
        return hold.end
    step = awaited_step(measure, pack)
    return hold.end if step is None else NOT_IN_TIME[step]


def remedies_against(measure: HoldMeasure, learned_at: Instant, pack: Pack) -> tuple[Remedy, ...]:
    """Return where one can turn to against a measure, with the last moment for whoever learns of it now."""
    rules = remedies_of(rule_under(measure, pack))
    return tuple(_remedy(one, measure, learned_at, pack) for one in rules) or ANY_TIME_AT_THE_BANK


def _remedy(rule: RemedyRule, measure: HoldMeasure, learned_at: Instant, pack: Pack) -> Remedy:
    window = None if rule.file_within is None else FilingWindow.lasting(rule.file_within)
    until = None
    if rule.filing is not None and rule.since is RemedyFrom.learned:
        until = _end_of(rule.filing, learned_at, measure, pack, Side.person)
    return Remedy(forum=rule.forum, file_within=window, until=until)


def _end_of(window: Window, start: Instant, measure: HoldMeasure, pack: Pack, side: Side) -> Instant | None:
    rule = rule_under(measure, pack)
    assert rule is not None
    end = counted(window, start, branch_of(rule), side, pack)
    return None if end is None else end.at


def notice_due_by(measure: HoldMeasure, pack: Pack) -> Instant | None:
    """Return by when the holder must be told of a measure; None where the pack names no notice.

    Whatever it runs from (the beginning, the taking, the decision), the bank has it when the order reaches it.
    """
    rule = rule_under(measure, pack)
    plan = None if rule is None or rule.notice is None else rule.notice.value
    return None if plan is None else measure.received_at.plus(max(plan.within, timedelta(0)))
