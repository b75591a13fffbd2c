"""What a bank keeps of errors upon its holds, of the letters about them, and of claims for what they have cost."""

from msgspec import Struct

from tarazy.app.store import Table
from tarazy.domain.appeal import AppealRoad, Appellant
from tarazy.values.ids import AccountId, ClaimId, ErrorId, HoldId, MeasureId, OfficerId
from tarazy.values.instant import Instant

SENT = "sent"
"""The state of a claim of which the exchange has not said anything yet."""


class LocalError(Struct, frozen=True, kw_only=True):
    """An error that stands in the register upon a hold of this bank, and the letter in which the holder reads of it.

    ``served_at`` is None until the letter was written: it waits while the notice of the measure is put off.
    """

    error_id: ErrorId
    hold_id: HoldId
    measure_id: MeasureId
    account_id: AccountId
    cause: str
    state: str
    error_kind: str | None
    noted_at: Instant
    language: str | None
    code: str | None
    subject: str | None
    paragraphs: tuple[str, ...]
    channel: str | None
    served_at: Instant | None


class LocalClaim(Struct, frozen=True, kw_only=True):
    """A claim of somebody for an error upon a hold of this bank, with their own words, and where it stands.

    ``entered_by`` is the officer who has written it down and read it back, where the person did not do so themselves.
    """

    claim_id: ClaimId
    error_id: ErrorId
    hold_id: HoldId
    account_id: AccountId
    claimant: Appellant
    road: AppealRoad
    is_identified: bool
    heads: tuple[str, ...]
    words: str
    amount_minor: int
    currency: str
    filed_at: Instant
    entered_by: OfficerId | None
    state: str
    due_at: Instant | None
    accepted_minor: int
    forum: str | None
    reasons: str | None
    state_at: Instant


LOCAL_ERRORS = Table("local_errors", LocalError, ("error_id",))
LOCAL_CLAIMS = Table("local_claims", LocalClaim, ("claim_id",))
CLAIM_TABLES = (LOCAL_ERRORS, LOCAL_CLAIMS)
