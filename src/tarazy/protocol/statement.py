"""An officer's own signed statement: the human signature inside the messages of their participant.

A report, a mandate, a confirmation, a release, a return and a withdrawal each rest on one. It is a compact signature of
its own, so that the person who owns a decision can be named and the decision shown, apart from the program that
sent it.
"""

from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum
from typing import Annotated

import msgspec

from tarazy.protocol import jws
from tarazy.protocol.wire import WireFault, from_json, to_json
from tarazy.values.ids import OfficerId, ParticipantId
from tarazy.values.instant import Instant

REASONS_LENGTH_MAX = 4000
REASONS_LENGTH_MIN = 20
"""As many letters as a reason for one case needs at the least."""
SIGNED_BEFORE_MAX = timedelta(hours=1)
SIGNED_AFTER_MAX = timedelta(minutes=5)
"""Two honest clocks differ by seconds; no law hangs on the difference."""


Terms = tuple[tuple[str, str], ...]
"""The figures under a signature, each with its name."""


class Act(StrEnum):
    """What an officer signs."""

    sign_report = "sign_report"
    withdraw_report = "withdraw_report"
    refute_report = "refute_report"
    sign_mandate = "sign_mandate"
    confirm_hold = "confirm_hold"
    narrow_hold = "narrow_hold"
    release_hold = "release_hold"
    record_return = "record_return"
    order_refund = "order_refund"
    order_release = "order_release"
    register_case = "register_case"
    accept_join = "accept_join"
    refuse_join = "refuse_join"
    authorise = "authorise"
    begin_measure = "begin_measure"
    file_motion = "file_motion"
    withdraw_motion = "withdraw_motion"
    decide_motion = "decide_motion"
    lift_measure = "lift_measure"
    state_fact = "state_fact"
    """Puts a fact into a case, for the measure or for whoever it touches."""
    defer_notice = "defer_notice"
    lodge_appeal = "lodge_appeal"
    """An assistant has written down what a person said, and read it back."""
    answer_appeal = "answer_appeal"
    admit_appeal = "admit_appeal"
    """It is heard, although it is not plainly the holder's own or in time."""
    turn_down_appeal = "turn_down_appeal"
    decide_appeal = "decide_appeal"
    classify_error = "classify_error"
    answer_claim = "answer_claim"
    enter_paper = "enter_paper"
    answer_hearing = "answer_hearing"
    pause_payment = "pause_payment"
    extend_pause = "extend_pause"
    execute_payment = "execute_payment"
    reject_payment = "reject_payment"
    propose_target = "propose_target"
    decide_target = "decide_target"
    withdraw_target = "withdraw_target"
    extend_target = "extend_target"
    lift_target = "lift_target"
    tell_owner = "tell_owner"
    propose_sharing = "propose_sharing"
    decide_sharing = "decide_sharing"
    recall_sharing = "recall_sharing"
    confirm_erasure = "confirm_erasure"
    correct_sharing = "correct_sharing"
    acknowledge_correction = "acknowledge_correction"
    tell_subject = "tell_subject"


class Statement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``officer_id`` of ``participant_id`` does ``act`` upon ``subject_id``, for these reasons.

    ``terms`` are the figures that the officer saw when signing (amount, claim, hours), as texts, so that nothing can be
    put under a signature afterwards.
    """

    act: Act
    subject_id: str
    officer_id: OfficerId
    participant_id: ParticipantId
    at: Instant
    reasons: Annotated[str, msgspec.Meta(max_length=REASONS_LENGTH_MAX)]
    terms: Terms = ()


class StatementFault(ValueError):
    """A statement that does not stand: malformed, unknown officer, bad signature, or said of something else."""


OfficerKeyOf = Callable[[ParticipantId, OfficerId], jws.Verify | None]


def sign_statement(statement: Statement, sign: jws.Sign) -> str:
    """Return the statement signed with the officer's key."""
    return jws.sign(to_json(statement), f"{statement.participant_id}/{statement.officer_id}", sign)


def read_statement(
    text: str, act: Act, subject_id: str, participant_id: ParticipantId, key_of: OfficerKeyOf, sent_at: Instant
) -> Statement:
    """Return the statement if an officer of ``participant_id`` signed ``act`` upon ``subject_id``.

    It must have been signed at most `SIGNED_BEFORE_MAX` before it was sent, so that nobody is first by an old date.

    Raises StatementFault that says what does not fit.
    """
    statement = read_kept_statement(text, act, subject_id, key_of)
    if statement.participant_id != participant_id:
        raise StatementFault("statement.participant_id: an officer of another participant")
    if not -SIGNED_AFTER_MAX <= sent_at.since(statement.at) <= SIGNED_BEFORE_MAX:
        raise StatementFault("statement.at: signed too long before it was sent, or after")
    return statement


def read_kept_statement(text: str, act: Act, subject_id: str, key_of: OfficerKeyOf) -> Statement:
    """Return the statement if an officer, of whatever participant and whenever, signed ``act`` upon ``subject_id``.

    Raises StatementFault that says what does not fit.
    """
    try:
        signed = jws.read(text)
        if b"\\u0000" in signed.payload:
            raise StatementFault("statement: a NUL character: no text here has one")
        statement = from_json(signed.payload, Statement)
    except (jws.SignatureFault, WireFault) as fault:
        raise StatementFault(f"statement: {fault}") from fault
    verify = key_of(statement.participant_id, statement.officer_id)
    if verify is None or signed.key_id != f"{statement.participant_id}/{statement.officer_id}":
        raise StatementFault("statement.officer_id: no such officer")
    if not verify(signed.signature, signed.signed_bytes):
        raise StatementFault("statement: the signature is not the officer's")
    if (statement.act, statement.subject_id) != (act, subject_id):
        raise StatementFault("statement.subject_id: signed for something else")
    return statement


def require_terms(statement: Statement, terms: Terms) -> None:
    """Insist that the officer signed exactly these ``terms``, each once and nothing beside them.

    Raises StatementFault that names the first term that is not as it was signed.
    """
    signed = sorted(statement.terms)
    if signed == sorted(terms):
        return
    name = next((name for name, value in terms if (name, value) not in signed), None)
    raise StatementFault(f"statement.terms: {name} is not as it was signed" if name else "statement.terms: too many")


def are_reasons(text: str) -> bool:
    """Return whether the text is long enough to be reasons. Space and what nobody can see do not count."""
    seen = "".join(letter for letter in " ".join(text.split()) if letter.isprintable())
    return len(seen.strip()) >= REASONS_LENGTH_MIN
