"""Claims for compensation at the bank: from its app, its desk, or the portal by a letter's code, passed on from here.

What a person says stays here in their words; the exchange keeps it sealed for whoever answers there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tarazy.agent.appeals import STRANGERS, WORDS_LENGTH_MAX
from tarazy.agent.claim_records import LOCAL_CLAIMS, LOCAL_ERRORS, SENT, LocalClaim, LocalError
from tarazy.agent.records import HOLDS, SERVED_NOTICES
from tarazy.app.claims import heads_in
from tarazy.app.messages import Handled, queue
from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Transaction
from tarazy.domain.appeal import AppealRoad, Appellant
from tarazy.domain.claim import ClaimStatus
from tarazy.domain.notice import code_shown
from tarazy.domain.rejection import Rejection
from tarazy.protocol.bodies import ClaimByCode, ClaimLodged, ClaimState, ErrorTold
from tarazy.protocol.message import Envelope
from tarazy.values.ids import AccountId, ClaimId, ErrorId, HoldId, OfficerId, ParticipantId, SealedRef, derived
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace

SHOWN_MAX: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class LodgeClaim:
    """Somebody claims for an error upon a hold. ``entered_by`` is the assistant who wrote it down, if any."""

    error_id: ErrorId
    claimant: Appellant
    road: AppealRoad
    is_identified: bool
    heads: tuple[str, ...]
    words: str
    amount_minor: int
    currency: str
    entered_by: OfficerId | None = None


def take_errors_told(tx: Transaction, envelopes: Sequence[Envelope], setting: Setting) -> list[Handled]:
    """Keep the errors upon this bank's holds and how grave they were found; the holder's letter follows."""
    return [_take_error(tx, envelope.body, setting) for envelope in envelopes]


def _take_error(tx: Transaction, body: object, setting: Setting) -> Handled:
    assert isinstance(body, ErrorTold)
    hold = tx.get(HOLDS, body.hold_id)
    if hold is None:
        return Handled(rejection=Rejection.hold_unknown, place="body.hold_id")
    known = tx.lock(LOCAL_ERRORS, {(body.error_id,)}).get((body.error_id,))
    error = known or LocalError(
        error_id=body.error_id,
        hold_id=body.hold_id,
        measure_id=body.measure_id,
        account_id=hold.account_id,
        cause=body.cause,
        state=body.state,
        error_kind=None,
        noted_at=min(body.at, setting.now),
        language=None,
        code=None,
        subject=None,
        paragraphs=(),
        channel=None,
        served_at=None,
    )
    tx.put(LOCAL_ERRORS, replace(error, state=body.state, error_kind=body.error_kind))
    return Handled()


def lodge_claim(
    tx: Transaction,
    command: LodgeClaim,
    exchange: ParticipantId,
    setting: Setting,
    *,
    filed_at: Instant | None = None,
    sealed_words: SealedRef | None = None,
) -> LocalClaim | Rejection:
    """Keep a claim and pass it on. One person claims once for an error: the same again is the same."""
    error = tx.get(LOCAL_ERRORS, command.error_id)
    if error is None:
        return Rejection.error_unknown
    words = command.words.strip()[:WORDS_LENGTH_MAX]
    # Two strangers are two, and only their words tell them apart.
    whose = words if command.claimant in STRANGERS else ""
    claim_id = ClaimId(derived("cl", error.error_id, command.claimant, whose))
    known = tx.get(LOCAL_CLAIMS, claim_id)
    if known is not None:
        return known
    claim = LocalClaim(
        claim_id=claim_id,
        error_id=error.error_id,
        hold_id=error.hold_id,
        account_id=error.account_id,
        claimant=command.claimant,
        road=command.road,
        is_identified=command.is_identified,
        heads=heads_in(command.heads),
        words=words,
        amount_minor=command.amount_minor,
        currency=command.currency,
        filed_at=filed_at or setting.now,
        entered_by=command.entered_by,
        state=SENT,
        due_at=None,
        accepted_minor=0,
        forum=None,
        reasons=None,
        state_at=setting.now,
    )
    tx.add(LOCAL_CLAIMS, claim)
    body = ClaimLodged(
        claim_id=claim_id,
        error_id=error.error_id,
        claimant=claim.claimant,
        road=claim.road,
        is_identified=claim.is_identified,
        heads=claim.heads,
        sealed_words=sealed_words or (setting.seal(exchange, words) if words else None),
        amount_minor=claim.amount_minor,
        currency=claim.currency,
        filed_at=claim.filed_at,
    )
    queue(tx, setting.envelope(exchange, body, claim_id), setting)
    return claim


def take_claim_states(tx: Transaction, envelopes: Sequence[Envelope], setting: Setting) -> list[Handled]:
    """Keep where claims stand; what was answered is not unsaid by a word that arrives late."""
    for envelope in envelopes:
        body = envelope.body
        assert isinstance(body, ClaimState)
        claim = tx.lock(LOCAL_CLAIMS, {(body.claim_id,)}).get((body.claim_id,))
        if claim is None or (body.state == ClaimStatus.filed and claim.state != SENT):
            continue
        if claim.state == ClaimStatus.settled:
            continue
        after = replace(
            claim,
            state=body.state,
            due_at=body.due_at,
            accepted_minor=body.accepted_minor,
            forum=body.forum,
            reasons=body.reasons or claim.reasons,
            state_at=setting.now,
        )
        tx.put(LOCAL_CLAIMS, after)
    return [Handled() for _ in envelopes]


def take_claims_by_code(tx: Transaction, envelopes: Sequence[Envelope], setting: Setting) -> list[Handled]:
    """Lodge the claims that somebody makes by a letter's code alone. A code that opens nothing changes nothing."""
    for envelope in envelopes:
        body = envelope.body
        assert isinstance(body, ClaimByCode)
        code = setting.unseal(body.sealed_code)
        error = None if code is None else _error_by(tx, code_shown(code.strip()).replace("-", ""))
        if error is None:
            continue
        command = LodgeClaim(
            error_id=error.error_id,
            claimant=Appellant.holder,
            road=AppealRoad.code,
            is_identified=False,
            heads=body.heads,
            words="",
            amount_minor=body.amount_minor,
            currency=body.currency,
        )
        filed_at, exchange = min(body.filed_at, setting.now), ParticipantId(envelope.sender)
        lodge_claim(tx, command, exchange, setting, filed_at=filed_at, sealed_words=body.sealed_words)
    return [Handled() for _ in envelopes]


def _error_by(tx: Transaction, code: str) -> LocalError | None:
    """Return the error that a letter is about; by the code of a notice, the newest upon the hold that it tells of."""
    letters = tx.find(LOCAL_ERRORS, Condition("code", "=", code), limit=2)
    if letters:
        return letters[0] if len(letters) == 1 else None
    notices = tx.find(SERVED_NOTICES, Condition("code", "=", code), limit=2)
    if len(notices) != 1:
        return None
    return next(iter(errors_upon(tx, notices[0].hold_id)), None)


def errors_upon(tx: Transaction, hold_id: HoldId) -> list[LocalError]:
    """Return the errors upon a hold, newest first."""
    upon = Condition("hold_id", "=", hold_id)
    return tx.find(LOCAL_ERRORS, upon, order=("noted_at",), descending=True, limit=SHOWN_MAX)


def errors_told(tx: Transaction, account_id: AccountId) -> list[LocalError]:
    """Return the errors of which a holder has a letter, newest first."""
    mine = (Condition("account_id", "=", account_id), Condition("served_at", "not_null"))
    return tx.find(LOCAL_ERRORS, *mine, order=("noted_at",), descending=True, limit=SHOWN_MAX)


def claims_for(tx: Transaction, error_id: ErrorId) -> list[LocalClaim]:
    """Return what is claimed for an error, newest first."""
    about = Condition("error_id", "=", error_id)
    return tx.find(LOCAL_CLAIMS, about, order=("filed_at",), descending=True, limit=SHOWN_MAX)
