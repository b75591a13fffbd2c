"""What exchange and banks say of appeals: lodged, where each stands, decided, and codes that open a notice."""

import hashlib
from typing import Annotated, Final

import msgspec

from tarazy.protocol.body import Body, Offset, ShortText, listed
from tarazy.protocol.statement import REASONS_LENGTH_MAX, Terms
from tarazy.values.ids import AppealId, HoldId, MeasureId, SealedRef
from tarazy.values.instant import Instant

GROUNDS_MAX: Final = 20


class AppealLodged(Body, frozen=True, tag="appeal_lodged"):
    """Somebody appeals against a measure upon a hold of this bank; ``filed_at`` is when they did, and it counts.

    ``measure_id`` is what carried the hold then (the hold's own id: the bank's pause). ``sealed_words`` are what the
    person says, sealed for the exchange until whoever decides opens them. ``before_appeal_id`` names the appeal that
    this one goes on from, of a person who is not content with its answer. ``statement`` is that of the assistant who
    has written it down, and ``was_read_back`` what they say of that; it is empty where the person has sent it.
    """

    appeal_id: AppealId
    measure_id: MeasureId
    hold_id: HoldId
    appellant: ShortText
    road: ShortText
    is_identified: bool
    grounds: Annotated[tuple[ShortText, ...], msgspec.Meta(max_length=GROUNDS_MAX)]
    sealed_words: SealedRef | None
    learned_at: Instant | None
    filed_at: Instant
    before_appeal_id: AppealId | None
    was_read_back: bool
    statement: str

    def terms(self) -> Terms:
        """Return what an assistant has signed: what was said, by whom, when, and that it was read back."""
        return (
            ("measure_id", self.measure_id),
            ("appellant", self.appellant),
            ("road", self.road),
            ("is_identified", _yes(is_so=self.is_identified)),
            ("grounds", listed(self.grounds)),
            ("sealed_words", _digest(self.sealed_words)),
            ("learned_at", "" if self.learned_at is None else self.learned_at.text()),
            ("filed_at", self.filed_at.text()),
            ("before_appeal_id", self.before_appeal_id or ""),
            ("was_read_back", _yes(is_so=self.was_read_back)),
        )


class AppealCompleted(Body, frozen=True, tag="appeal_completed"):
    """Somebody identified completes an appeal that was lodged by a code alone: it stays the same appeal.

    ``sealed_words`` come beside those that were said by the code. The forum's time runs on from when it had the appeal
    first. ``statement`` is that of an assistant, as with an appeal that is lodged.
    """

    appeal_id: AppealId
    hold_id: HoldId
    appellant: ShortText
    road: ShortText
    grounds: Annotated[tuple[ShortText, ...], msgspec.Meta(max_length=GROUNDS_MAX)]
    sealed_words: SealedRef | None
    completed_at: Instant
    was_read_back: bool
    statement: str

    def terms(self) -> Terms:
        """Return what an assistant has signed: what was said, by whom, when, and that it was read back."""
        return (
            ("appellant", self.appellant),
            ("road", self.road),
            ("grounds", listed(self.grounds)),
            ("sealed_words", _digest(self.sealed_words)),
            ("completed_at", self.completed_at.text()),
            ("was_read_back", _yes(is_so=self.was_read_back)),
        )


class AppealState(Body, frozen=True, tag="appeal_state"):
    """Where an appeal stands, for the bank that tells the person: its forum, until when it answers, and its answer.

    ``reasons`` are those of whoever decided, for the person to read, ``why_not`` why it is not heard, as a code.
    ``before_appeal_id`` names the appeal that this one goes on from where a forum was silent.
    """

    appeal_id: AppealId
    state: ShortText
    forum: ShortText
    due_at: Instant | None
    outcome: ShortText | None
    keep_minor: Offset
    at: Instant
    next_forum: ShortText | None
    before_appeal_id: AppealId | None
    reasons: Annotated[str, msgspec.Meta(max_length=REASONS_LENGTH_MAX)] | None
    why_not: ShortText | None


class AppealDecided(Body, frozen=True, tag="appeal_decided"):
    """A bank has decided an appeal against its own pause, by an officer who had no hand in it, with reasons."""

    appeal_id: AppealId
    statement: str
    outcome: ShortText
    keep_minor: Offset

    def terms(self) -> Terms:
        """Return what the officer has signed."""
        return (("outcome", self.outcome), ("keep_minor", str(self.keep_minor)))


class CodePresented(Body, frozen=True, tag="code_presented"):
    """Somebody has shown a notice's code in the portal and appeals by it: only the bank can say whose it is.

    ``filed_at`` is when they did so there: the time for appealing is kept, however late this arrives.
    """

    presentation_id: ShortText
    sealed_code: SealedRef
    grounds: Annotated[tuple[ShortText, ...], msgspec.Meta(max_length=GROUNDS_MAX)]
    sealed_words: SealedRef | None
    filed_at: Instant


class CodeAnswered(Body, frozen=True, tag="code_answered"):
    """Whether a shown code opened a notice; then ``appeal_id`` is the appeal that was lodged by it."""

    presentation_id: ShortText
    appeal_id: AppealId | None


def _digest(sealed_words: SealedRef | None) -> str:
    """Return by what words stand under a signature that nobody on the way can read."""
    return hashlib.sha256(sealed_words.encode()).hexdigest() if sealed_words else ""


def _yes(*, is_so: bool) -> str:
    return "yes" if is_so else "no"
