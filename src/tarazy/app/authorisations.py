"""Authorisations: what a court or a prosecutor has decided, entered under signatures, and how much of it is left.

Nothing that somebody merely says is one. Either an officer in the capacity that the rule names signs the decision, or
two different officers of one authority that may order refunds in its lane have read it on paper: one enters it, another
confirms it. Both sign all that it says, and the bank that is to pay sees their signatures.
"""

from dataclasses import dataclass
from typing import Final, NamedTuple

from msgspec import structs

from tarazy.app.capacity import officers_capacity
from tarazy.app.eventing import record
from tarazy.app.records import CASE_HOLDS, CASES
from tarazy.app.refund_records import AUTHORISATIONS, REFUND_PARTS, REFUNDS, EnteredAuthorisation
from tarazy.app.setting import OfficerCapacityOf, Setting
from tarazy.app.store import Condition, Transaction
from tarazy.domain.rejection import Rejection
from tarazy.law.assessment import ActorRole, Authorised, Lane, Measure
from tarazy.law.ground import Pack
from tarazy.protocol.authorisation import HOLDS_MAX, Authorisation, is_signed_in_full, signatures_on
from tarazy.protocol.statement import (
    SIGNED_AFTER_MAX,
    Act,
    Statement,
    StatementFault,
    are_reasons,
    read_statement,
    require_terms,
)
from tarazy.texts.links import links_in
from tarazy.values.ids import AuthorisationId, CaseId, HoldId, OfficerId, ParticipantId
from tarazy.values.instant import Instant

NAME_LENGTH_MAX: Final = 120
"""As long as the name of a court is, with its district; the notice to the holder carries it."""
PER_CASE_MAX: Final = 100
"""As many as one page can carry."""


class WhoDecides(NamedTuple):
    """Who authorises a refund in a lane, and who may order it: an authority's officers read its papers."""

    by: ActorRole
    readers: frozenset[ActorRole]

    def may_sign(self, capacity: ActorRole, *, on_paper: bool) -> bool:
        """Return whether an officer in this capacity can sign that it was decided so."""
        return capacity is self.by or (on_paper and capacity in self.readers)


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterAuthorisation:
    """An officer enters a decision: their own, or one that they have before them on paper."""

    decision: Authorisation
    participant_id: ParticipantId


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmAuthorisation:
    """Another officer of the same authority has read the same paper, and signs the same."""

    authorisation_id: AuthorisationId
    participant_id: ParticipantId
    statement: str


def who_decides(pack: Pack, lane: Lane, at: Instant) -> WhoDecides | None:
    """Return who must decide before a refund in this lane, by the law of the day; None where nobody else must."""
    ground = pack.ground(Measure.M16, lane, pack.data.calendar.local_day(at))
    rule = None if ground is None else ground.rule
    if rule is None or rule.authorisation is None or rule.authorisation.value is None:
        return None
    readers = frozenset() if rule.author is None else frozenset(rule.author.value)
    return WhoDecides(rule.authorisation.value.by, readers - {ActorRole.bank, ActorRole.payment_organisation})


def enter_authorisation(
    tx: Transaction, command: EnterAuthorisation, setting: Setting
) -> EnteredAuthorisation | Rejection:
    """Enter a decision under an officer's signature. The same again is the same."""
    decision = command.decision
    before = tx.lock(AUTHORISATIONS, {(decision.authorisation_id,)}).get((decision.authorisation_id,))
    if before is not None:
        is_same = before.decision.terms() == decision.terms()
        return before if is_same else Rejection.authorisation_malformed
    rejection = _cannot_be(tx, decision, setting)
    if rejection is not None:
        return rejection
    statement = _signed(tx, decision, decision.statements[0], command.participant_id, setting)
    if isinstance(statement, Rejection):
        return statement
    entered = EnteredAuthorisation(
        authorisation_id=decision.authorisation_id,
        case_id=decision.case_id,
        decision=decision,
        participant_id=command.participant_id,
        entered_by=statement.officer_id,
        entered_at=setting.now,
        confirmed_by=None,
        confirmed_at=None,
    )
    tx.add(AUTHORISATIONS, entered)
    _record(tx, setting, "authorisation_entered", entered, statement.officer_id)
    return entered


def confirm_authorisation(
    tx: Transaction, command: ConfirmAuthorisation, setting: Setting
) -> EnteredAuthorisation | Rejection:
    """Confirm a decision on paper that another officer of the same authority has entered."""
    entered = tx.lock(AUTHORISATIONS, {(command.authorisation_id,)}).get((command.authorisation_id,))
    if entered is None or entered.participant_id != command.participant_id:
        return Rejection.authorisation_unknown
    if entered.is_in_full:
        return Rejection.authorisation_is_confirmed
    if entered.decision.valid_to <= setting.now:
        return Rejection.authorisation_has_ended
    if _is_known(tx, entered.decision):
        return Rejection.authorisation_known_under_another_id
    statement = _signed(tx, entered.decision, command.statement, command.participant_id, setting)
    if isinstance(statement, Rejection):
        return statement
    if statement.officer_id == entered.entered_by:
        return Rejection.authorisation_needs_another_officer
    statements = (*entered.decision.statements, command.statement)
    confirmed = structs.replace(
        entered,
        decision=structs.replace(entered.decision, statements=statements),
        confirmed_by=statement.officer_id,
        confirmed_at=setting.now,
    )
    tx.put(AUTHORISATIONS, confirmed)
    _record(tx, setting, "authorisation_confirmed", confirmed, statement.officer_id)
    return confirmed


def _cannot_be(tx: Transaction, decision: Authorisation, setting: Setting) -> Rejection | None:
    """Return what of a decision cannot be: its case, its lane, its words, its day or its end."""
    case = tx.get(CASES, decision.case_id)
    if case is None:
        return Rejection.case_unknown
    lane = Lane.__members__.get(decision.lane)
    deciding = None if lane is None else who_decides(setting.pack, lane, setting.now)
    if deciding is None or decision.by != deciding.by:
        return Rejection.lane_unknown
    if decision.currency != case.currency:
        return Rejection.currency_of_case_differs
    if decision.valid_to <= setting.now:
        return Rejection.authorisation_has_ended
    holds = tx.get_many(CASE_HOLDS, {(hold_id,) for hold_id in decision.hold_ids})
    if not decision.hold_ids or {hold.hold_id for hold in holds.values()} != set(decision.hold_ids):
        return Rejection.hold_unknown
    if any(hold.case_id != decision.case_id for hold in holds.values()):
        return Rejection.hold_unknown
    if _is_known(tx, decision):
        return Rejection.authorisation_known_under_another_id
    if decision.is_second_demand and not _follows_a_first(tx, decision):
        return Rejection.second_demand_without_first
    is_past = decision.decided_on <= setting.pack.data.calendar.local_day(setting.now)
    is_written = all(_is_name(text) for text in (decision.forum, decision.decision_no, decision.authorisation_id))
    is_signed_once = len(decision.statements) == 1 and len(decision.hold_ids) <= HOLDS_MAX
    return None if is_past and is_written and is_signed_once else Rejection.authorisation_malformed


def _follows_a_first(tx: Transaction, decision: Authorisation) -> bool:
    """Return whether the same capacity has authorised the same holds before: only then can it insist on it."""
    firsts = [
        one.decision
        for one in authorisations_of(tx, decision.case_id)
        if one.is_in_full and not one.decision.is_second_demand
    ]
    return any(
        (first.lane, first.by) == (decision.lane, decision.by) and all(map(first.covers, decision.hold_ids))
        for first in firsts
    )


def _is_known(tx: Transaction, decision: Authorisation) -> bool:
    """Return whether this decision stands already under another id: entered twice, its sum would be there twice."""
    paper = (decision.by, decision.forum, decision.decision_no, decision.decided_on)
    others = [one for one in authorisations_of(tx, decision.case_id) if one.is_in_full]
    known = {(one.decision.by, one.decision.forum, one.decision.decision_no, one.decision.decided_on) for one in others}
    return paper in known


def _is_name(text: str) -> bool:
    """Return whether a text can stand in a notice: seen, not too long, and no link."""
    return 0 < len(text.strip()) <= NAME_LENGTH_MAX and text.isprintable() and not links_in(text)


def _signed(
    tx: Transaction, decision: Authorisation, text: str, participant_id: ParticipantId, setting: Setting
) -> Statement | Rejection:
    """Return an officer's statement upon a decision, with reasons, if they act in a capacity that can sign it."""
    try:
        statement = read_statement(
            text, Act.authorise, decision.authorisation_id, participant_id, setting.officer_key_of, setting.now
        )
        require_terms(statement, decision.terms())
    except StatementFault:
        return Rejection.statement_does_not_stand
    deciding = who_decides(setting.pack, Lane(decision.lane), setting.now)
    capacity = officers_capacity(tx, participant_id, statement.officer_id, decision.case_id)
    if deciding is None or not deciding.may_sign(capacity, on_paper=decision.on_paper):
        return Rejection.officer_not_entitled
    return statement if are_reasons(statement.reasons) else Rejection.reasons_missing


def authorisation_for(
    tx: Transaction, authorisation_id: AuthorisationId | None, case_id: CaseId, lane: Lane, hold_ids: frozenset[HoldId]
) -> EnteredAuthorisation | None:
    """Return the authorisation of this id if it is in full and upon this case, this lane and all of these holds."""
    entered = None if authorisation_id is None else tx.get(AUTHORISATIONS, authorisation_id)
    if entered is None or not entered.is_in_full:
        return None
    decision = entered.decision
    is_upon = (entered.case_id, decision.lane) == (case_id, lane) and all(map(decision.covers, hold_ids))
    return entered if is_upon else None


def authorised(tx: Transaction, entered: EnteredAuthorisation | None) -> Authorised | None:
    """Return an authorisation as the law gate is told of it: who has decided, what is left of its sum, and its end."""
    if entered is None:
        return None
    decision = entered.decision
    return Authorised(
        authorisation_id=entered.authorisation_id,
        by=ActorRole(decision.by),
        covers_minor=max(0, decision.amount_minor - ordered_minor(tx, entered)),
        valid_to=decision.valid_to,
    )


def ordered_minor(tx: Transaction, entered: EnteredAuthorisation) -> int:
    """Return what was ordered upon an authorisation, in whichever case, and was or may still be paid."""
    refunds = tx.find(REFUNDS, Condition("authorisation_id", "=", entered.authorisation_id))
    upon = {one.refund_id for one in refunds}
    of_holds = Condition("hold_id", "in", list(entered.decision.hold_ids))
    parts = [part for part in tx.find(REFUND_PARTS, of_holds) if part.refund_id in upon] if upon else []
    return sum(part.amount_minor for part in parts if not part.is_refused)


def authorisations_of(tx: Transaction, case_id: CaseId) -> list[EnteredAuthorisation]:
    """Return what was entered in a case, newest first."""
    of_case = Condition("case_id", "=", case_id)
    return tx.find(AUTHORISATIONS, of_case, order=("entered_at",), descending=True, limit=PER_CASE_MAX)


def stands_signed(
    authorisation: Authorisation, sent_at: Instant, setting: Setting, capacity_of: OfficerCapacityOf
) -> bool:
    """Return whether the decision is what its signatures say: of as many officers as it needs, who can sign it.

    Nothing of whoever passes it on is believed: the keys, the capacities and the law are the reader's own.
    """
    lane = Lane.__members__.get(authorisation.lane)
    deciding = None if lane is None else who_decides(setting.pack, lane, setting.now)
    if deciding is None or authorisation.by != deciding.by:
        return False
    try:
        statements = signatures_on(authorisation, setting.officer_key_of)
    except StatementFault:
        return False
    capacities = [capacity_of(one.participant_id, one.officer_id) for one in statements]
    can_sign = all(deciding.may_sign(one, on_paper=authorisation.on_paper) for one in capacities)
    is_past = all(one.at <= sent_at.plus(SIGNED_AFTER_MAX) for one in statements)
    return can_sign and is_past and is_signed_in_full(authorisation, statements)


def _record(tx: Transaction, setting: Setting, kind: str, entered: EnteredAuthorisation, officer_id: OfficerId) -> None:
    decision = entered.decision
    record(
        tx,
        setting,
        kind,
        entered.participant_id,
        entered.authorisation_id,
        case_id=entered.case_id,
        officer=officer_id,
        lane=decision.lane,
        by=decision.by,
        forum=decision.forum,
        decision=decision.decision_no,
        amount_minor=decision.amount_minor,
        valid_to=decision.valid_to.text(),
        on_paper="yes" if decision.on_paper else "no",
    )
