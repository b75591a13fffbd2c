"""Personal data across a border (M11): proposed, authorised before it goes, recalled, corrected, erased at its end.

The exchange sends nothing by itself. It keeps what kinds of data went where and on what ground, hands out the record
that travels with them, and watches that the recipient confirms a recall, a correction and the erasure.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from tarazy.app.deadlines import Owed, close_deadline, open_deadline
from tarazy.app.eventing import record
from tarazy.app.measure_law import branch_of
from tarazy.app.measure_records import Words
from tarazy.app.measure_request import measure_request
from tarazy.app.officials_act import Acting, LawfulNo, OfficialsAct, acting, deciders, rule_today
from tarazy.app.records import CASES
from tarazy.app.setting import Setting
from tarazy.app.sharing_material import open_facts, open_ids
from tarazy.app.sharing_records import SHARINGS, Sharing
from tarazy.app.store import Condition, Transaction
from tarazy.domain.deadline import Duty, IfMissed
from tarazy.domain.rejection import Rejection
from tarazy.domain.sharing import (
    CORRECTION_WITHIN,
    ERASURE_WITHIN,
    FACTS_OF_CASE,
    SharingStatus,
    content_fault,
    moved,
    risk_fault,
)
from tarazy.law.assessment import ActorRole, AssertionKind, Assessment, Authorised, Fact, Measure, Request, Verdict
from tarazy.law.calendar import Window
from tarazy.law.clock import Side
from tarazy.law.gate import assess
from tarazy.law.safeguards import Part
from tarazy.law.terms import Branch
from tarazy.protocol.statement import Act, Terms
from tarazy.values.ids import CaseId, derived
from tarazy.values.replacing import replace

ENDING_PER_RUN_MAX: Final = 500
AIM: Final = "rights_of_others"
SUITABILITY: Final = "Only the named body abroad can say what became of the money, and it needs these data for that."
IMPACT: Final = "The named kinds of data are sent for this case alone, with an end and a handling code."
LOWER_RUNGS: Final = (
    ("M1", "A report at home does not reach the body abroad."),
    ("M2", "An exchange of identifiers among participants at home does not reach the body abroad."),
)
KINDS: Final = frozenset(kind.value for kind in AssertionKind)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeSharing:
    """An investigator wants to send these kinds of data to one body abroad."""

    case_id: CaseId
    to_body: str
    country: str
    treaty_code: str
    purpose: str
    offence_id: str
    data: tuple[str, ...]
    person_roles: tuple[str, ...]
    assertion_kinds: tuple[str, ...]
    accuracy_marks: tuple[str, ...]
    risks: tuple[tuple[str, str], ...]
    rests_on: tuple[str, ...]
    came_of: tuple[str, ...]
    handling_code: str
    onward: bool
    hours: int

    @property
    def sharing_id(self) -> str:
        """The id of what is proposed: the same proposal in one case is the same."""
        return derived("sg", self.case_id, *(value for _, value in self.terms()))

    def terms(self) -> Terms:
        """Return what stands under the signature: everything."""
        return (
            ("to_body", self.to_body),
            ("country", self.country),
            ("treaty_code", self.treaty_code),
            ("purpose", self.purpose),
            ("offence_id", self.offence_id),
            ("data", ",".join(self.data)),
            ("person_roles", ",".join(self.person_roles)),
            ("assertion_kinds", ",".join(self.assertion_kinds)),
            ("accuracy_marks", ",".join(self.accuracy_marks)),
            ("risks", ",".join(f"{risk}={answer}" for risk, answer in self.risks)),
            ("rests_on", ",".join(self.rests_on)),
            ("came_of", ",".join(self.came_of)),
            ("handling_code", self.handling_code),
            ("onward", "yes" if self.onward else "no"),
            ("hours", str(self.hours)),
        )


def propose_sharing(tx: Transaction, command: ProposeSharing, by: OfficialsAct, setting: Setting) -> Sharing | LawfulNo:
    """Keep a proposal that names its ground, its content and its end. Nothing is sent by it."""
    rejection = Rejection.case_unknown if tx.get(CASES, command.case_id) is None else _fault(command, setting)
    if rejection is not None:
        return LawfulNo(rejection)
    actor = acting(tx, by, Act.propose_sharing, command.sharing_id, command.case_id, command.terms(), setting)
    if isinstance(actor, Rejection):
        return LawfulNo(actor)
    if actor.capacity is not ActorRole.investigator:
        return LawfulNo(Rejection.officer_not_entitled)
    known = tx.get(SHARINGS, command.sharing_id)
    if known is not None:
        return known
    if not set(command.rests_on + command.came_of) <= open_ids(tx, command.case_id):
        return LawfulNo(Rejection.source_not_open)
    sharing = _proposed(command, actor, by, setting)
    tx.add(SHARINGS, sharing)
    record_sharing(tx, setting, "sharing_proposed", sharing)
    return sharing


def _fault(command: ProposeSharing, setting: Setting) -> Rejection | None:
    """Return what of a proposal no law could permit, whoever authorises it."""
    if not command.to_body or not command.purpose or not command.country or command.hours <= 0:
        return Rejection.sharing_malformed
    if command.offence_id not in setting.pack.data.offences:
        return Rejection.offence_unknown
    if len(command.assertion_kinds) != len(command.data) or not set(command.assertion_kinds) <= KINDS:
        return Rejection.accuracy_not_marked
    return content_fault(
        command.treaty_code,
        command.data,
        command.person_roles,
        command.accuracy_marks,
        command.handling_code,
        onward=command.onward,
    ) or risk_fault(command.risks)


def _proposed(command: ProposeSharing, actor: Acting, by: OfficialsAct, setting: Setting) -> Sharing:
    return Sharing(
        sharing_id=command.sharing_id,
        case_id=command.case_id,
        to_body=command.to_body,
        country=command.country,
        treaty_code=command.treaty_code,
        purpose=command.purpose,
        offence_id=command.offence_id,
        data=command.data,
        person_roles=command.person_roles,
        assertion_kinds=command.assertion_kinds,
        accuracy_marks=command.accuracy_marks,
        risks=command.risks,
        rests_on=command.rests_on,
        came_of=command.came_of,
        handling_code=command.handling_code,
        onward=command.onward,
        hours=command.hours,
        author_participant_id=actor.participant_id,
        author_officer_id=actor.officer_id,
        proposal=by.statement,
        reasons=actor.reasons,
        proposed_at=setting.now,
        decided_participant_id=None,
        decided_officer_id=None,
        decision=None,
        pack=None,
        norms=(),
        sent_at=None,
        expires_at=None,
        told_subject_at=None,
        recalled_at=None,
        recall_reasons=None,
        fell_for=None,
        fell_with=None,
        erasure_confirmed_at=None,
        corrected_at=None,
        correction=None,
        correction_acknowledged_at=None,
        status=SharingStatus.proposed,
    )


def decide_sharing(
    tx: Transaction, sharing_id: str, by: OfficialsAct, setting: Setting, *, is_granted: bool
) -> Sharing | LawfulNo:
    """Authorise what was proposed, or refuse it, as the body that the pack names; from then on it counts as sent."""
    sharing = tx.lock(SHARINGS, {(sharing_id,)}).get((sharing_id,))
    if sharing is None or sharing.status is not SharingStatus.proposed:
        return LawfulNo(Rejection.sharing_unknown if sharing is None else Rejection.sharing_has_ended)
    terms = (("to_body", sharing.to_body), ("granted", "yes" if is_granted else "no"))
    actor = acting(tx, by, Act.decide_sharing, sharing_id, sharing.case_id, terms, setting)
    if isinstance(actor, Rejection):
        return LawfulNo(actor)
    if actor.capacity not in deciders(rule_today(Measure.M11, setting)):
        return LawfulNo(Rejection.officer_not_entitled)
    if actor.hand == f"{sharing.author_participant_id}/{sharing.author_officer_id}":
        return LawfulNo(Rejection.same_hands)
    decided = replace(
        sharing,
        decided_participant_id=actor.participant_id,
        decided_officer_id=actor.officer_id,
        decision=by.statement,
    )
    if not is_granted:
        refused = replace(decided, status=moved(sharing.status, SharingStatus.refused))
        tx.put(SHARINGS, refused)
        record_sharing(tx, setting, "sharing_refused", refused)
        return refused
    if not set(sharing.rests_on + sharing.came_of) <= open_ids(tx, sharing.case_id):
        return LawfulNo(Rejection.source_not_open)  # locked in the very moment in which it was proposed
    assessment = assess_sharing(tx, sharing, actor, setting)
    if assessment.verdict is not Verdict.permitted or assessment.expires_at is None:
        return LawfulNo(Rejection.measure_refused_by_law, assessment)
    sent = replace(
        decided,
        status=moved(sharing.status, SharingStatus.sent),
        pack=f"{assessment.pack_id}/{assessment.pack_version}",
        norms=assessment.norm_ids,
        came_of=_all_sources(tx, sharing),
        sent_at=setting.now,
        expires_at=assessment.expires_at,
    )
    tx.put(SHARINGS, sent)
    record_sharing(tx, setting, "sharing_sent", sent, until=assessment.expires_at.text())
    rule = rule_today(Measure.M11, setting)
    if rule is not None and rule.notice is not None and rule.notice.value is not None:
        _owe(tx, sent, Duty.tell_holder, rule.notice.value.within, setting)
    return sent


def _all_sources(tx: Transaction, sharing: Sharing) -> tuple[str, ...]:
    """Return what the data come from: what was named, and where facts of the case are sent each that is open now."""
    facts = open_facts(tx, sharing.case_id) if FACTS_OF_CASE in sharing.data else []
    return tuple(dict.fromkeys((*sharing.came_of, *facts)))


def assess_sharing(tx: Transaction, sharing: Sharing, actor: Acting, setting: Setting) -> Assessment:
    """Ask the law gate whether this may be sent, authorised by this official."""
    authorised = Authorised(authorisation_id=sharing.sharing_id, by=actor.capacity, covers_minor=None, valid_to=None)
    asked = sharing_request(tx, sharing)
    hands = (*asked.hands, (Part.approver, actor.hand))
    return assess(replace(asked, authorisation=authorised, hands=hands), setting.pack, setting.now)


def sharing_request(tx: Transaction, sharing: Sharing) -> Request:
    """Return what the law gate is asked about a sharing on what it rests on now, but for who authorises it."""
    case = tx.get(CASES, sharing.case_id)
    author = f"{sharing.author_participant_id}/{sharing.author_officer_id}"
    sources = sharing.rests_on or (f"record of {author}",)
    asked = measure_request(
        measure=Measure.M11,
        currency="" if case is None else case.currency,
        amount_minor=0,
        traced_minor=0,
        claim_minor=0,
        offence_id=sharing.offence_id,
        facts=tuple(Fact(kind=AssertionKind.fact, code="money_left_the_country", source=one) for one in sources),
        exculpatory=(),
        words=Words(
            aim=AIM, suitability=SUITABILITY, impact=IMPACT, hiding_risk="", alternatives=LOWER_RUNGS, exculpatory=""
        ),
        registration=None if case is None else case.registration,
    )
    return replace(
        asked,
        amount_minor=None,
        traced_minor=None,
        claim_minor=None,
        actor_role=ActorRole.investigator,
        duration=timedelta(hours=sharing.hours),
        hands=((Part.proposer, author),),
    )


def recall_sharing(tx: Transaction, sharing_id: str, by: OfficialsAct, setting: Setting) -> Sharing | Rejection:
    """Take back what was sent: the recipient must erase it and confirm that, within a time that runs from now."""
    found = _ours(tx, sharing_id, by, Act.recall_sharing, (), {SharingStatus.sent}, setting)
    if isinstance(found, Rejection):
        return found
    sharing, actor = found
    recalled = replace(
        sharing,
        status=moved(sharing.status, SharingStatus.recalled),
        recalled_at=setting.now,
        recall_reasons=actor.reasons,
    )
    tx.put(SHARINGS, recalled)
    record_sharing(tx, setting, "sharing_recalled", recalled)
    owe_erasure(tx, recalled, setting)
    return recalled


def confirm_erasure(tx: Transaction, sharing_id: str, by: OfficialsAct, setting: Setting) -> Sharing | Rejection:
    """Record that the recipient has confirmed that it keeps nothing of it any more."""
    held = {SharingStatus.sent, SharingStatus.recalled, SharingStatus.expired}
    found = _ours(tx, sharing_id, by, Act.confirm_erasure, (), held, setting)
    if isinstance(found, Rejection):
        return found
    sharing, _ = found
    erased = replace(sharing, status=moved(sharing.status, SharingStatus.erased), erasure_confirmed_at=setting.now)
    tx.put(SHARINGS, erased)
    close_deadline(tx, Duty.confirm_erasure, sharing_id, setting)
    close_deadline(tx, Duty.acknowledge_correction, sharing_id, setting, as_met=False)
    record_sharing(tx, setting, "sharing_erased", erased)
    return erased


def correct_sharing(
    tx: Transaction, sharing_id: str, correction: str, by: OfficialsAct, setting: Setting
) -> Sharing | Rejection:
    """Tell the recipient what was wrong or has changed; it must acknowledge that. The newest correction counts."""
    terms = (("correction", correction),)
    found = _ours(tx, sharing_id, by, Act.correct_sharing, terms, {SharingStatus.sent}, setting)
    if isinstance(found, Rejection):
        return found
    corrected = replace(found[0], corrected_at=setting.now, correction=correction, correction_acknowledged_at=None)
    tx.put(SHARINGS, corrected)
    record_sharing(tx, setting, "sharing_corrected", corrected)
    _owe(tx, corrected, Duty.acknowledge_correction, CORRECTION_WITHIN, setting)
    return corrected


def acknowledge_correction(tx: Transaction, sharing_id: str, by: OfficialsAct, setting: Setting) -> Sharing | Rejection:
    """Record that the recipient has taken the correction over."""
    held = {SharingStatus.sent, SharingStatus.recalled, SharingStatus.expired}
    found = _ours(tx, sharing_id, by, Act.acknowledge_correction, (), held, setting)
    if isinstance(found, Rejection):
        return found
    sharing, _ = found
    if sharing.corrected_at is None:
        return Rejection.sharing_has_ended
    known = replace(sharing, correction_acknowledged_at=setting.now)
    tx.put(SHARINGS, known)
    close_deadline(tx, Duty.acknowledge_correction, sharing_id, setting)
    record_sharing(tx, setting, "correction_acknowledged", known)
    return known


def tell_subject(tx: Transaction, sharing_id: str, by: OfficialsAct, setting: Setting) -> Sharing | Rejection:
    """Record that the person whose data were sent was told."""
    every = set(SharingStatus) - {SharingStatus.proposed, SharingStatus.refused}
    found = _ours(tx, sharing_id, by, Act.tell_subject, (), every, setting)
    if isinstance(found, Rejection):
        return found
    told = replace(found[0], told_subject_at=found[0].told_subject_at or setting.now)
    tx.put(SHARINGS, told)
    close_deadline(tx, Duty.tell_holder, sharing_id, setting)
    record_sharing(tx, setting, "sharing_told", told)
    return told


def expire_sharings(tx: Transaction, setting: Setting) -> int:
    """Record what has come to its end: the recipient must erase it and confirm that. Return how many."""
    over = Condition("expires_at", "<=", setting.now)
    is_sent = Condition("status", "=", SharingStatus.sent)
    rows = tx.claim(SHARINGS, is_sent, over, order=("expires_at",), limit=ENDING_PER_RUN_MAX)
    for row in rows:
        expired = replace(row, status=moved(row.status, SharingStatus.expired))
        tx.put(SHARINGS, expired)
        record_sharing(tx, setting, "sharing_expired", expired)
        owe_erasure(tx, expired, setting)
    return len(rows)


def _ours(
    tx: Transaction,
    sharing_id: str,
    by: OfficialsAct,
    act: Act,
    terms: Terms,
    states: set[SharingStatus],
    setting: Setting,
) -> tuple[Sharing, Acting] | Rejection:
    """Return what was sent, and who acts upon it: of the body that proposed it, or of the one that authorised it."""
    sharing = tx.lock(SHARINGS, {(sharing_id,)}).get((sharing_id,))
    if sharing is None:
        return Rejection.sharing_unknown
    if sharing.status not in states:
        return Rejection.sharing_has_ended
    actor = acting(tx, by, act, sharing_id, sharing.case_id, terms, setting)
    if isinstance(actor, Rejection):
        return actor
    is_ours = actor.participant_id in {sharing.author_participant_id, sharing.decided_participant_id}
    return (sharing, actor) if is_ours else Rejection.officer_not_entitled


def owe_erasure(tx: Transaction, sharing: Sharing, setting: Setting) -> None:
    """Let it be due of the investigator's body that the recipient confirms to keep nothing of it any more."""
    _owe(tx, sharing, Duty.confirm_erasure, ERASURE_WITHIN, setting)


def _owe(tx: Transaction, sharing: Sharing, duty: Duty, within: Window | timedelta, setting: Setting) -> None:
    rule = rule_today(Measure.M11, setting)
    branch = Branch.criminal if rule is None else branch_of(rule)
    owner = sharing.author_participant_id
    owed = Owed(duty, sharing.sharing_id, sharing.case_id, ActorRole.investigator, owner, IfMissed.alerts)
    open_deadline(tx, owed, within, branch, Side.restriction, setting)


def record_sharing(tx: Transaction, setting: Setting, kind: str, sharing: Sharing, **details: str) -> None:
    """Record an event of a sharing: never to whom or for what."""
    by, norms = sharing.decided_participant_id or sharing.author_participant_id, sharing.norms
    treaty = sharing.treaty_code or "none"
    record(tx, setting, kind, by, sharing.sharing_id, case_id=sharing.case_id, norms=norms, treaty=treaty, **details)
