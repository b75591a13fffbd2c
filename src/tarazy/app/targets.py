"""Restrictions of one exact address or number (M10): proposed, decided, extended, lifted, ended. A register only.

An investigator proposes, the body that the pack names decides, and the two are never one person. No instrument is
inside this program: whoever carries a restriction out reads the public register, and so does everybody else.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from tarazy.app.deadlines import Owed, close_all, close_deadline, open_deadline
from tarazy.app.eventing import record
from tarazy.app.measure_law import branch_of
from tarazy.app.measure_records import Words
from tarazy.app.measure_request import measure_request
from tarazy.app.officials_act import Acting, LawfulNo, OfficialsAct, acting, deciders, rule_today
from tarazy.app.records import CASES, Case
from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Transaction
from tarazy.app.target_records import STANDS, TARGETS, Target
from tarazy.domain.deadline import Duty, IfMissed
from tarazy.domain.rejection import Rejection
from tarazy.domain.target import (
    LONGEST_HOURS,
    OTHERS_MAX,
    TARGET_FACTS,
    TargetKind,
    TargetStatus,
    exact_fault,
    hosts_others,
    is_in_force,
    moved,
)
from tarazy.law.assessment import ActorRole, AssertionKind, Assessment, Authorised, Fact, Measure, Verdict
from tarazy.law.clock import Side
from tarazy.law.gate import assess
from tarazy.law.safeguards import Part
from tarazy.protocol.statement import Act, Terms, are_reasons
from tarazy.values.ids import CaseId, derived
from tarazy.values.replacing import replace

LAPSING_PER_RUN_MAX: Final = 500
AIM: Final = "rights_of_others"
SUITABILITY: Final = "Nobody else can be deceived through this address or number while it is out of reach."
IMPACT: Final = "One exact address or number is out of reach for a short time; what else stands behind it is named."
LOWER_RUNGS: Final = (
    ("M1", "A report does not keep the next person from the address or number."),
    ("M2", "Participants do not see who visits the address or who is called from the number."),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeTarget:
    """An investigator asks that one exact target be restricted for so many hours."""

    case_id: CaseId
    kind: TargetKind
    exact: str
    others: tuple[str, ...]
    others_note: str
    offence_id: str
    facts: tuple[str, ...]
    hours: int

    @property
    def target_id(self) -> str:
        """The id of what is proposed: the same proposal in one case is the same."""
        return derived("tg", self.case_id, self.kind, self.exact, str(self.hours), ",".join(self.facts))

    def terms(self) -> Terms:
        """Return what stands under the signature."""
        return (
            ("kind", self.kind.value),
            ("exact", self.exact),
            ("others", ",".join(self.others)),
            ("others_note", self.others_note),
            ("offence_id", self.offence_id),
            ("facts", ",".join(self.facts)),
            ("hours", str(self.hours)),
        )


def propose_target(tx: Transaction, command: ProposeTarget, by: OfficialsAct, setting: Setting) -> Target | LawfulNo:
    """Keep a proposal that names one exact target. Nothing is restricted by it."""
    case = tx.get(CASES, command.case_id)
    rejection = Rejection.case_unknown if case is None else _unlawful_target(command, setting)
    if rejection is not None:
        return LawfulNo(rejection)
    actor = acting(tx, by, Act.propose_target, command.target_id, command.case_id, command.terms(), setting)
    if isinstance(actor, Rejection):
        return LawfulNo(actor)
    if actor.capacity is not ActorRole.investigator:
        return LawfulNo(Rejection.officer_not_entitled)
    known = tx.get(TARGETS, command.target_id)
    if known is not None:
        return known
    target = _proposed(command, actor, by, setting)
    tx.add(TARGETS, target)
    _record(tx, setting, "target_proposed", target, officer=actor.officer_id)
    return target


def _unlawful_target(command: ProposeTarget, setting: Setting) -> Rejection | None:
    """Return what of a proposal no law could permit, whoever decides."""
    fault = exact_fault(command.kind, command.exact)
    if fault is not None:
        return fault
    if len(command.others) > OTHERS_MAX:
        return Rejection.target_hosts_others
    if hosts_others(command.kind, command.exact, command.others) and not are_reasons(command.others_note):
        return Rejection.target_hosts_others
    if not 0 < command.hours <= LONGEST_HOURS[command.kind]:
        return Rejection.target_without_end
    if command.offence_id not in setting.pack.data.offences:
        return Rejection.offence_unknown
    if not command.facts or any(fact not in TARGET_FACTS for fact in command.facts):
        return Rejection.fact_unknown
    return None


def _proposed(command: ProposeTarget, actor: Acting, by: OfficialsAct, setting: Setting) -> Target:
    return Target(
        target_id=command.target_id,
        case_id=command.case_id,
        kind=command.kind,
        exact=command.exact,
        others=command.others,
        others_note=command.others_note,
        offence_id=command.offence_id,
        facts=command.facts,
        reasons=actor.reasons,
        hours=command.hours,
        author_participant_id=actor.participant_id,
        author_officer_id=actor.officer_id,
        proposal=by.statement,
        proposed_at=setting.now,
        decided_participant_id=None,
        decided_officer_id=None,
        decision=None,
        pack=None,
        norms=(),
        ordered_at=None,
        in_force_until=None,
        latest_end=None,
        extensions=0,
        told_owner_at=None,
        lifted_at=None,
        lifted_by=None,
        lift_reasons=None,
        status=TargetStatus.proposed,
        ended_at=None,
    )


def decision_terms(target: Target, *, is_granted: bool) -> Terms:
    """Return what stands under a decision: the target word for word, and for how long at first."""
    return (("exact", target.exact), ("hours", str(first_hours(target))), ("granted", "yes" if is_granted else "no"))


def first_hours(target: Target) -> int:
    """Return for how long a target is restricted at first: what was asked, and never more than the law's first time.

    The longer time of a site is reached by extensions, each after somebody has looked again.
    """
    return min(target.hours, LONGEST_HOURS[TargetKind.phone_number])


def decide_target(
    tx: Transaction, target_id: str, by: OfficialsAct, setting: Setting, *, is_granted: bool
) -> Target | LawfulNo:
    """Order the restriction, or refuse it, as the body that the pack names. It is in the register from that moment."""
    target = tx.lock(TARGETS, {(target_id,)}).get((target_id,))
    if target is None:
        return LawfulNo(Rejection.target_unknown)
    if target.status is not TargetStatus.proposed:
        return LawfulNo(Rejection.target_has_ended)
    terms = decision_terms(target, is_granted=is_granted)
    actor = acting(tx, by, Act.decide_target, target_id, target.case_id, terms, setting)
    rejection = actor if isinstance(actor, Rejection) else _may_decide(target, actor, setting)
    if rejection is not None or isinstance(actor, Rejection):
        return LawfulNo(rejection or Rejection.officer_not_entitled)
    decided = replace(
        target,
        decided_participant_id=actor.participant_id,
        decided_officer_id=actor.officer_id,
        decision=by.statement,
    )
    if not is_granted:
        refused = replace(decided, status=moved(target.status, TargetStatus.refused), ended_at=setting.now)
        tx.put(TARGETS, refused)
        _record(tx, setting, "target_refused", refused, officer=actor.officer_id)
        return refused
    assessment = assess_target(tx, target, actor, setting)
    if assessment.verdict is not Verdict.permitted or assessment.expires_at is None:
        return LawfulNo(Rejection.measure_refused_by_law, assessment)
    return _in_force(tx, decided, assessment, setting)


def _may_decide(target: Target, actor: Acting, setting: Setting) -> Rejection | None:
    if actor.capacity not in deciders(rule_today(Measure.M10, setting)):
        return Rejection.officer_not_entitled
    is_same = (actor.participant_id, actor.officer_id) == (target.author_participant_id, target.author_officer_id)
    return Rejection.same_hands if is_same else None


def _in_force(tx: Transaction, decided: Target, assessment: Assessment, setting: Setting) -> Target:
    assert assessment.expires_at is not None
    rule = rule_today(Measure.M10, setting)
    total = None if rule is None or rule.duration is None else rule.duration.value.total.fixed
    longest = timedelta(hours=LONGEST_HOURS[decided.kind])
    ordered = replace(
        decided,
        status=moved(decided.status, TargetStatus.in_force),
        pack=f"{assessment.pack_id}/{assessment.pack_version}",
        norms=assessment.norm_ids,
        ordered_at=setting.now,
        in_force_until=assessment.expires_at,
        latest_end=setting.now.plus(longest if total is None else min(longest, total)),
    )
    tx.put(TARGETS, ordered)
    _record(tx, setting, "target_ordered", ordered, until=assessment.expires_at.text())
    if rule is not None and rule.notice is not None and rule.notice.value is not None:
        owed = Owed(
            Duty.tell_holder,
            ordered.target_id,
            ordered.case_id,
            ActorRole.communications_body,
            ordered.author_participant_id,
            IfMissed.alerts,
        )
        open_deadline(tx, owed, rule.notice.value.within, branch_of(rule), Side.restriction, setting)
    return ordered


def assess_target(
    tx: Transaction, target: Target, actor: Acting, setting: Setting, new: tuple[str, ...] = ()
) -> Assessment:
    """Ask the law gate about a target: a first restriction, or an extension for what has become known since."""
    case = tx.get(CASES, target.case_id)
    rule = rule_today(Measure.M10, setting)
    needs_authorisation = rule is not None and rule.authorisation is not None and rule.authorisation.value is not None
    run = timedelta(0) if target.ordered_at is None else setting.now.since(target.ordered_at)
    asked = timedelta(hours=first_hours(target))
    if target.latest_end is not None:
        asked = min(asked, target.latest_end.since(setting.now))
    author = f"{target.author_participant_id}/{target.author_officer_id}"
    request = replace(
        measure_request(
            measure=Measure.M10,
            currency="" if case is None else case.currency,
            amount_minor=0,
            traced_minor=0,
            claim_minor=0,
            offence_id=target.offence_id,
            facts=_facts(target, target.facts),
            exculpatory=(),
            words=Words(
                aim=AIM,
                suitability=SUITABILITY,
                impact=IMPACT,
                hiding_risk="",
                alternatives=LOWER_RUNGS,
                exculpatory="",
            ),
            registration=_registration(case),
        ),
        amount_minor=None,
        traced_minor=None,
        claim_minor=None,
        actor_role=ActorRole.investigator if needs_authorisation else actor.capacity,
        duration=asked,
        extends=run,
        extensions_used=target.extensions,
        new_facts=_facts(target, new),
        authorisation=Authorised(authorisation_id=target.target_id, by=actor.capacity, covers_minor=None, valid_to=None)
        if needs_authorisation
        else None,
        hands=((Part.proposer, author), (Part.approver, actor.hand)),
    )
    return assess(request, setting.pack, setting.now)


def _registration(case: Case | None) -> str | None:
    return None if case is None else case.registration


def _facts(target: Target, codes: tuple[str, ...]) -> tuple[Fact, ...]:
    source = f"record of {target.author_participant_id}/{target.author_officer_id}"
    return tuple(Fact(kind=AssertionKind.fact, code=code, source=source) for code in codes)


def extend_target(
    tx: Transaction, target_id: str, new_fact: str, by: OfficialsAct, setting: Setting
) -> Target | LawfulNo:
    """Let a restriction that stands last longer, for a fact that was not known, and never past its longest time."""
    target = _standing(tx, target_id, setting)
    if isinstance(target, Rejection):
        return LawfulNo(target)
    actor = acting(
        tx, by, Act.extend_target, target_id, target.case_id, (("exact", target.exact), ("fact", new_fact)), setting
    )
    rejection = actor if isinstance(actor, Rejection) else _may_decide(target, actor, setting)
    if rejection is not None or isinstance(actor, Rejection):
        return LawfulNo(rejection or Rejection.officer_not_entitled)
    if target.latest_end is None or target.in_force_until is None or target.in_force_until >= target.latest_end:
        return LawfulNo(Rejection.target_without_end)
    new = (new_fact,) if new_fact in TARGET_FACTS and new_fact not in target.facts else ()
    assessment = assess_target(tx, target, actor, setting, new)
    if assessment.verdict is not Verdict.permitted or assessment.expires_at is None:
        return LawfulNo(Rejection.measure_refused_by_law, assessment)
    longer = replace(
        target,
        status=moved(target.status, TargetStatus.in_force),
        facts=target.facts + new,
        in_force_until=min(assessment.expires_at, target.latest_end),
        extensions=target.extensions + 1,
    )
    tx.put(TARGETS, longer)
    _record(tx, setting, "target_extended", longer, officer=actor.officer_id)
    return longer


def tell_owner(tx: Transaction, target_id: str, by: OfficialsAct, setting: Setting) -> Target | Rejection:
    """Record that the owner of the address or number was told, with the reasons and where to complain."""
    target = _standing(tx, target_id, setting)
    if isinstance(target, Rejection):
        return target
    actor = acting(tx, by, Act.tell_owner, target_id, target.case_id, (("exact", target.exact),), setting)
    if isinstance(actor, Rejection):
        return actor
    if target.told_owner_at is not None:
        return target
    told = replace(target, told_owner_at=setting.now)
    tx.put(TARGETS, told)
    close_deadline(tx, Duty.tell_holder, target_id, setting)
    _record(tx, setting, "target_told", told, officer=actor.officer_id)
    return told


def lift_target(tx: Transaction, target_id: str, by: OfficialsAct, setting: Setting) -> Target | Rejection:
    """Lift a restriction at once, as who proposed it or as any official of the body that decided."""
    target = _standing(tx, target_id, setting)
    if isinstance(target, Rejection):
        return target
    actor = acting(tx, by, Act.lift_target, target_id, target.case_id, (("exact", target.exact),), setting)
    if isinstance(actor, Rejection):
        return actor
    if actor.participant_id not in {target.author_participant_id, target.decided_participant_id}:
        return Rejection.officer_not_entitled
    lifted = replace(
        target,
        status=moved(target.status, TargetStatus.lifted),
        lifted_at=setting.now,
        lifted_by=actor.officer_id,
        lift_reasons=actor.reasons,
        ended_at=setting.now,
    )
    tx.put(TARGETS, lifted)
    close_all(tx, target_id, setting)
    _record(tx, setting, "target_lifted", lifted, officer=actor.officer_id)
    return lifted


def withdraw_target(tx: Transaction, target_id: str, by: OfficialsAct, setting: Setting) -> Target | Rejection:
    """Take a proposal back, as its author."""
    target = tx.lock(TARGETS, {(target_id,)}).get((target_id,))
    if target is None:
        return Rejection.target_unknown
    if target.status is not TargetStatus.proposed:
        return Rejection.target_has_ended
    actor = acting(tx, by, Act.withdraw_target, target_id, target.case_id, (("exact", target.exact),), setting)
    if isinstance(actor, Rejection):
        return actor
    if actor.hand != f"{target.author_participant_id}/{target.author_officer_id}":
        return Rejection.officer_not_entitled
    withdrawn = replace(target, status=moved(target.status, TargetStatus.withdrawn), ended_at=setting.now)
    tx.put(TARGETS, withdrawn)
    _record(tx, setting, "target_withdrawn", withdrawn, officer=actor.officer_id)
    return withdrawn


def lapse_targets(tx: Transaction, setting: Setting) -> int:
    """Record the restrictions whose time has run out; return how many. None of them stood until this ran."""
    over = Condition("in_force_until", "<=", setting.now)
    rows = tx.claim(TARGETS, STANDS, over, order=("in_force_until",), limit=LAPSING_PER_RUN_MAX)
    for row in rows:
        lapsed = replace(row, status=moved(row.status, TargetStatus.lapsed), ended_at=row.in_force_until)
        tx.put(TARGETS, lapsed)
        close_all(tx, row.target_id, setting)
        _record(tx, setting, "target_lapsed", lapsed)
    return len(rows)


def _standing(tx: Transaction, target_id: str, setting: Setting) -> Target | Rejection:
    target = tx.lock(TARGETS, {(target_id,)}).get((target_id,))
    if target is None:
        return Rejection.target_unknown
    stands = is_in_force(target.status, target.in_force_until, setting.now)
    return target if stands else Rejection.target_has_ended


def _record(tx: Transaction, setting: Setting, kind: str, target: Target, **details: str) -> None:
    """Record what happened to a target. Its address or number is not in the event: it may be somebody's."""
    by = target.decided_participant_id or target.author_participant_id
    record(
        tx,
        setting,
        kind,
        by,
        target.target_id,
        case_id=target.case_id,
        norms=target.norms,
        kind_of=target.kind,
        **details,
    )
