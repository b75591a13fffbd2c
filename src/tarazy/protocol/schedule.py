"""What an author or an authority signs upon many holds at once, so that each bank sees its own line and no other.

Every line is put into a digest, a salted hash, and the digests stand under the one signature. A bank is given its line
with the salt, finds its digest among those that were signed, and learns nothing of the holds at other banks but how
many there are.
"""

from datetime import date
from typing import Annotated, Final

import msgspec

from tarazy.protocol.body import Amount, Currency, Offset, ShortText, listed
from tarazy.protocol.statement import (
    Act,
    OfficerKeyOf,
    Statement,
    StatementFault,
    Terms,
    read_kept_statement,
    require_terms,
)
from tarazy.values.ids import CaseId, DecisionId, HoldId, LineId, MotionId, ParticipantId, derived
from tarazy.values.instant import Instant

LINES_MAX: Final = 200
STATEMENTS_MAX: Final = 2
SALT_LENGTH: Final = 32
"""Letters of a salt: 128 bits in hex, so that no sum can be guessed from a digest."""

Digests = Annotated[tuple[ShortText, ...], msgspec.Meta(min_length=1, max_length=LINES_MAX)]
Salt = Annotated[str, msgspec.Meta(min_length=SALT_LENGTH, max_length=SALT_LENGTH)]


class ScheduleLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Up to ``cap_minor`` of one hold, until ``until`` at the latest: what an author signs of it."""

    line_id: LineId
    hold_id: HoldId
    participant_id: ParticipantId
    currency: Currency
    cap_minor: Amount
    until: Instant
    salt: Salt

    @property
    def digest(self) -> str:
        """The line as it stands under the signature."""
        return derived(
            "ln",
            self.salt,
            self.line_id,
            self.hold_id,
            self.participant_id,
            self.currency,
            self.cap_minor,
            self.until.text(),
        )


class LineGrant(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an authority has decided on one line. Of a line that was struck nothing is kept, and it has no time.

    ``is_unlawful`` says of a struck line that it should never have been begun. Nobody presumes it: the authority finds
    that so much is not needed, or that nothing should have been taken, and these are two things.
    """

    line_id: LineId
    hold_id: HoldId
    decision: ShortText
    cap_minor: Offset
    until: Instant | None
    is_unlawful: bool
    salt: Salt

    @property
    def digest(self) -> str:
        """The decision on the line as it stands under the signature."""
        until = "" if self.until is None else self.until.text()
        unlawful = "unlawful" if self.is_unlawful else ""
        return derived("lg", self.salt, self.line_id, self.hold_id, self.decision, self.cap_minor, until, unlawful)


class SignedSchedule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An author's act upon the holds of a case: what is begun or asked for, in which criminal case, for which offences.

    ``words`` is a hash of the author's reasons in words: they stand under the signature, and no bank reads them.
    """

    schedule_id: MotionId
    act: Act
    case_id: CaseId
    measure: ShortText
    registration: ShortText
    offence_ids: Annotated[tuple[ShortText, ...], msgspec.Meta(min_length=1, max_length=20)]
    words: ShortText
    digests: Digests
    statement: str

    def terms(self) -> Terms:
        """Return everything that the act says, as it must stand under the signature."""
        return (
            ("case_id", self.case_id),
            ("measure", self.measure),
            ("registration", self.registration),
            ("offence_ids", listed(self.offence_ids)),
            ("words", self.words),
            ("lines", listed(self.digests)),
        )


class SignedDecision(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An authority's decision on a motion, line by line. One on paper was read by two officers of one body.

    ``by`` is in what capacity it was decided, ``forum`` who it was, by name; ``decision_no`` is its number there.
    ``words`` is a hash of the reasons (`reasons_digest`): they speak of everybody whom the motion touches, so they
    stand under the signature, and no bank reads them.
    """

    decision_id: DecisionId
    motion_id: MotionId
    case_id: CaseId
    measure: ShortText
    by: ShortText
    forum: ShortText
    decision_no: ShortText
    decided_on: date
    on_paper: bool
    words: ShortText
    digests: Digests
    statements: Annotated[tuple[str, ...], msgspec.Meta(min_length=1, max_length=STATEMENTS_MAX)]

    def terms(self) -> Terms:
        """Return everything that the decision says, as it must stand under each signature."""
        return (
            ("motion_id", self.motion_id),
            ("case_id", self.case_id),
            ("measure", self.measure),
            ("by", self.by),
            ("forum", self.forum),
            ("decision_no", self.decision_no),
            ("decided_on", self.decided_on.isoformat()),
            ("on_paper", "yes" if self.on_paper else "no"),
            ("words", self.words),
            ("lines", listed(self.digests)),
        )


def line_id_of(schedule_id: MotionId, hold_id: HoldId) -> LineId:
    """Return the id of the line upon a hold in a schedule: one hold, one line."""
    return LineId(derived("li", schedule_id, hold_id))


def reasons_digest(decision_id: DecisionId, reasons: str) -> str:
    """Return the hash of an authority's reasons that stands under the signature upon its decision."""
    return derived("wd", decision_id, reasons)


def author_of(schedule: SignedSchedule, key_of: OfficerKeyOf) -> Statement:
    """Return the statement under a schedule. Raises StatementFault where it does not stand or says something else."""
    statement = read_kept_statement(schedule.statement, schedule.act, schedule.schedule_id, key_of)
    require_terms(statement, schedule.terms())
    return statement


def deciders_of(decision: SignedDecision, key_of: OfficerKeyOf) -> tuple[Statement, ...]:
    """Return the statements under a decision: one, or those of two officers of one body where it is on paper.

    Raises StatementFault where one does not stand, says something else, or is missing.
    """
    statements = tuple(
        read_kept_statement(text, Act.decide_motion, decision.decision_id, key_of) for text in decision.statements
    )
    for statement in statements:
        require_terms(statement, decision.terms())
    needed = STATEMENTS_MAX if decision.on_paper else 1
    officers = {(one.participant_id, one.officer_id) for one in statements}
    bodies = {one.participant_id for one in statements}
    if not len(statements) == len(officers) == needed or len(bodies) != 1:
        raise StatementFault("statements: not as many different officers of one body as the decision needs")
    return statements
