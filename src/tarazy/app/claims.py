"""Claims for compensation: kept from whoever was wrongly held, answered by other hands, never the last word.

What it is for stands in a list, the person's own words travel sealed. Where the law names a time for the answer, a
clock runs; where it names none, nothing is made up. A refusal says which forum decides then.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tarazy.app.appeal_records import CLAIMS, RECORDED_ERRORS, Claim, RecordedError
from tarazy.app.deadlines import Owed, close_deadline, counted, open_deadline
from tarazy.app.errors import oversees
from tarazy.app.eventing import record
from tarazy.app.hands import hands_of
from tarazy.app.messages import Handled, queue
from tarazy.app.records import CASE_HOLDS, PARTICIPANTS
from tarazy.app.setting import Setting
from tarazy.app.statements import Signed, reasons_in, signed_statement
from tarazy.app.store import Condition, Transaction
from tarazy.domain.appeal import AppealRoad, Appellant
from tarazy.domain.claim import ClaimStatus, LossHead, can_move
from tarazy.domain.deadline import Duty, IfMissed
from tarazy.domain.error import ErrorStatus, moved
from tarazy.domain.hands import Hand, had_a_hand
from tarazy.domain.rejection import Rejection
from tarazy.law.assessment import ActorRole
from tarazy.law.clock import Side
from tarazy.law.terms import Branch
from tarazy.protocol.bodies import ClaimByCode, ClaimLodged, ClaimState
from tarazy.protocol.message import Envelope
from tarazy.protocol.statement import Act, Statement, Terms
from tarazy.values.ids import ClaimId, ParticipantId, derived
from tarazy.values.replacing import replace

COURT: Final = "law.forum.court"
"""Where a claim goes on from a refusal, also under a law that says nothing of claims: a court is always open."""
FINAL: Final = frozenset({ClaimStatus.refused, ClaimStatus.settled})


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerClaim:
    """An officer without a hand in the measure says what is owed, that nothing is, or that it was paid."""

    claim_id: ClaimId
    status: ClaimStatus
    accepted_minor: int
    participant_id: ParticipantId
    statement: str

    def terms(self) -> Terms:
        """Return what the officer has signed."""
        return (("outcome", self.status), ("accepted_minor", str(self.accepted_minor)))


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimWithCode:
    """Somebody claims by the code of a letter that they say is from a bank."""

    participant_id: ParticipantId
    code: str
    heads: tuple[str, ...]
    words: str
    amount_minor: int
    currency: str


def heads_in(named: Sequence[str]) -> tuple[str, ...]:
    """Return the heads of loss among what was ticked. Nobody has to name one: then it is another one."""
    return tuple(sorted({one for one in named if one in LossHead.__members__})) or (LossHead.other.value,)


def take_claims_lodged(tx: Transaction, envelopes: Sequence[Envelope], setting: Setting) -> list[Handled]:
    """Keep the claims that banks pass on, and say where each stands. The same again is the same."""
    return [_take_one(tx, envelope, setting) for envelope in envelopes]


def _take_one(tx: Transaction, envelope: Envelope, setting: Setting) -> Handled:
    body, sender = envelope.body, ParticipantId(envelope.sender)
    assert isinstance(body, ClaimLodged)
    error = tx.lock(RECORDED_ERRORS, {(body.error_id,)}).get((body.error_id,))
    hold = None if error is None else tx.get(CASE_HOLDS, error.hold_id)
    if error is None or hold is None:
        return Handled(rejection=Rejection.error_unknown, place="body.error_id")
    if hold.participant_id != sender:
        return Handled(rejection=Rejection.hold_not_of_sender, place="body.error_id")
    if body.claimant not in Appellant.__members__ or body.road not in AppealRoad.__members__:
        return Handled(rejection=Rejection.claim_known_with_other_content, place="body.claimant")
    known = tx.get(CLAIMS, body.claim_id)
    if known is not None:
        if (known.error_id, known.amount_minor, known.currency) != (body.error_id, body.amount_minor, body.currency):
            return Handled(rejection=Rejection.claim_known_with_other_content, place="body.claim_id")
        return Handled(replies=(_state_of(known, setting),))
    claim = _filed(tx, body, error, sender, setting)
    return Handled(replies=(_state_of(claim, setting),))


def _filed(tx: Transaction, body: ClaimLodged, error: RecordedError, sender: ParticipantId, setting: Setting) -> Claim:
    rule = setting.pack.data.general.compensation
    within = None if rule is None else rule.value.answer_within
    end = None if within is None else counted(within, setting.now, Branch.judicial, Side.restriction, setting.pack)
    claim = Claim(
        claim_id=body.claim_id,
        error_id=error.error_id,
        case_id=error.case_id,
        measure_id=error.measure_id,
        hold_id=error.hold_id,
        participant_id=sender,
        claimant=Appellant(body.claimant),
        road=AppealRoad(body.road),
        is_identified=body.is_identified,
        heads=heads_in(body.heads),
        sealed_words=body.sealed_words,
        amount_minor=body.amount_minor,
        currency=body.currency,
        filed_at=min(body.filed_at, setting.now),
        due_at=None if end is None else end.at,
        status=ClaimStatus.filed,
        accepted_minor=0,
        forum=None,
        answered_participant_id=None,
        answered_by=None,
        statement=None,
        answered_at=None,
        settled_at=None,
    )
    tx.add(CLAIMS, claim)
    if claim.currency == error.currency:
        tx.put(RECORDED_ERRORS, replace(error, claim_minor=error.claim_minor + claim.amount_minor))
    record(
        tx,
        setting,
        "claim_filed",
        sender,
        claim.claim_id,
        case_id=claim.case_id,
        error=error.error_id,
        currency=claim.currency,
        heads=",".join(claim.heads),
        claimant=claim.claimant,
        road=claim.road,
        amount_minor=claim.amount_minor,
    )
    if within is not None and end is not None:
        owed = Owed(Duty.answer_claim, claim.claim_id, claim.case_id, ActorRole.supervisor, None, IfMissed.alerts)
        open_deadline(tx, owed, within, Branch.judicial, Side.restriction, setting)
    return claim


def _state_of(claim: Claim, setting: Setting) -> Envelope:
    state = ClaimState(
        claim_id=claim.claim_id,
        state=claim.status,
        due_at=claim.due_at,
        accepted_minor=claim.accepted_minor,
        forum=claim.forum,
        at=claim.settled_at or claim.answered_at or claim.filed_at,
        reasons=None if claim.statement is None else reasons_in(claim.statement),
    )
    return setting.envelope(claim.participant_id, state, claim.claim_id, claim.status, setting.now.text())


def answer_claim(tx: Transaction, command: AnswerClaim, setting: Setting) -> Claim | Rejection:
    """Answer a claim, or record that what is owed was paid. Whoever had a hand in the measure cannot."""
    claim = tx.lock(CLAIMS, {(command.claim_id,)}).get((command.claim_id,))
    if claim is None:
        return Rejection.claim_unknown
    if not can_move(claim.status, command.status):
        return Rejection.claim_has_ended
    if not _is_sum_right(claim, command):
        return Rejection.claim_sum_not_accepted
    signed = Signed(command.statement, Act.answer_claim, command.claim_id, command.participant_id, command.terms())
    statement = signed_statement(signed, setting)
    if isinstance(statement, Rejection):
        return statement
    hand = Hand(command.participant_id, statement.officer_id)
    if not oversees(tx, hand, claim.case_id):
        return Rejection.officer_not_entitled
    hold = tx.get(CASE_HOLDS, claim.hold_id)
    if hold is not None and had_a_hand(hand, hands_of(tx, claim.measure_id, hold)):
        return Rejection.same_hands
    return _answered(tx, claim, command, statement, setting)


def _is_sum_right(claim: Claim, command: AnswerClaim) -> bool:
    """Tell whether the sum fits the answer: some of what was claimed, nothing, or what was found to be owed."""
    if command.status is ClaimStatus.accepted:
        return 0 < command.accepted_minor <= claim.amount_minor
    return command.accepted_minor == claim.accepted_minor


def _answered(tx: Transaction, claim: Claim, command: AnswerClaim, statement: Statement, setting: Setting) -> Claim:
    rule = setting.pack.data.general.compensation
    after = replace(claim, status=command.status, accepted_minor=command.accepted_minor)
    if command.status is ClaimStatus.settled:
        after = replace(after, settled_at=setting.now)
    else:
        forum = COURT if rule is None else rule.value.forum
        after = replace(
            after,
            forum=forum if command.status is ClaimStatus.refused or after.accepted_minor < claim.amount_minor else None,
            answered_participant_id=command.participant_id,
            answered_by=statement.officer_id,
            statement=command.statement,
            answered_at=setting.now,
        )
        close_deadline(tx, Duty.answer_claim, claim.claim_id, setting)
    tx.put(CLAIMS, after)
    record(
        tx,
        setting,
        "claim_settled" if command.status is ClaimStatus.settled else "claim_answered",
        command.participant_id,
        claim.claim_id,
        case_id=claim.case_id,
        officer=statement.officer_id,
        outcome=command.status,
        accepted_minor=command.accepted_minor,
    )
    queue(tx, _state_of(after, setting), setting)
    _close_error(tx, after, setting)
    return after


def _close_error(tx: Transaction, claim: Claim, setting: Setting) -> None:
    """Close an error that was published, once all that was claimed for it is answered and what is owed was paid."""
    error = tx.lock(RECORDED_ERRORS, {(claim.error_id,)})[claim.error_id,]
    claims = tx.find(CLAIMS, Condition("error_id", "=", claim.error_id))
    if error.status is ErrorStatus.disclosed and all(one.status in FINAL for one in claims):
        tx.put(RECORDED_ERRORS, replace(error, status=moved(error.status, ErrorStatus.closed), closed_at=setting.now))


def claim_with_code(tx: Transaction, command: ClaimWithCode, setting: Setting) -> Rejection | None:
    """Pass a claim by a letter's code on to the bank that it is said to be from; only the bank can say whose it is."""
    bank = tx.get(PARTICIPANTS, command.participant_id)
    if bank is None or not bank.is_active:
        return Rejection.code_unknown
    presentation_id = derived("cc", setting.entropy(16).hex(), setting.now.text())
    words = command.words.strip()
    body = ClaimByCode(
        presentation_id=presentation_id,
        sealed_code=setting.seal(command.participant_id, command.code),
        heads=heads_in(command.heads),
        sealed_words=setting.seal(setting.me, words) if words else None,
        amount_minor=command.amount_minor,
        currency=command.currency,
        filed_at=setting.now,
    )
    queue(tx, setting.envelope(command.participant_id, body, presentation_id), setting)
    record(tx, setting, "claim_code_presented", command.participant_id, presentation_id, case_id=None)
    return None


def open_claim_words(tx: Transaction, claim_id: ClaimId, reader: Hand, setting: Setting) -> str | None:
    """Open what somebody says to their claim, for whoever may answer it; that it was read is recorded."""
    claim = tx.get(CLAIMS, claim_id)
    hold = None if claim is None else tx.get(CASE_HOLDS, claim.hold_id)
    if claim is None or claim.sealed_words is None or hold is None:
        return None
    if not oversees(tx, reader, claim.case_id) or had_a_hand(reader, hands_of(tx, claim.measure_id, hold)):
        return None
    record(
        tx,
        setting,
        "claim_words_read",
        reader.participant_id,
        claim.claim_id,
        case_id=claim.case_id,
        officer=reader.officer_id,
    )
    return setting.unseal(claim.sealed_words)
