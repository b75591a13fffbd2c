"""What a bank says of its holds: its mandate for them, what its officers decided, what holders were told and give."""

from typing import Annotated, Final

import msgspec

from tarazy.protocol.body import Amount, Body, Currency, Offset, ShortText, listed
from tarazy.protocol.statement import Terms
from tarazy.values.ids import HoldId, MandateId, MeasureId, NormId, NoticeId, ReportId
from tarazy.values.instant import Instant

Hours = Annotated[int, msgspec.Meta(gt=0, le=24 * 60)]
"""A mandate for more than sixty days of hold at a time is a slip of the pen: no pack allows a bank so much."""


RETURN_CHECKS: Final = ("identified", "informed", "free_will")
REPRESENTED: Final = "represented"
"""Beside these, of a child's money: that whoever represents the child agrees as well."""
"""What a holder's consent needs, ticked by the officer: known to be the holder, told what it means, not pressed."""
CHECKS_MAX: Final = 20


class MandateSigned(Body, frozen=True, tag="mandate_signed"):
    """A standing mandate, or its end: an officer's signed decision under which their bank's own pauses are made."""

    mandate_id: MandateId
    statement: str
    measure: ShortText
    norms: tuple[NormId, ...]
    currency: Currency
    ceiling_minor: Amount
    hours: Hours
    valid_from: Instant
    valid_to: Instant

    def terms(self) -> Terms:
        """Return the figures as they must stand under the officer's signature."""
        return (
            ("measure", self.measure),
            ("norms", listed(self.norms)),
            ("currency", self.currency),
            ("ceiling_minor", str(self.ceiling_minor)),
            ("hours", str(self.hours)),
            ("valid_from", self.valid_from.text()),
            ("valid_to", self.valid_to.text()),
        )


class HoldConfirmed(Body, frozen=True, tag="hold_confirmed"):
    """A named human of the bank takes the hold upon themselves, with reasons for this one hold."""

    hold_id: HoldId
    statement: str
    expires_at: Instant

    def terms(self) -> Terms:
        """Return the end that the officer has signed."""
        return (("expires_at", self.expires_at.text()),)


class HoldLetGo(Body, frozen=True, tag="hold_let_go"):
    """A named human of the bank has released or narrowed the hold, with reasons. The next answer has the sums."""

    hold_id: HoldId
    statement: str
    keep_minor: Offset

    def terms(self) -> Terms:
        """Return what the officer has signed to keep: nothing, if the hold is released."""
        return (("keep_minor", str(self.keep_minor)),)


class NoticeServed(Body, frozen=True, tag="notice_served"):
    """The holder was told. The exchange keeps the hash of the notice's code and nothing else of it.

    ``measure_id`` is the measure of an authority that the notice tells of; none where it tells of the bank's own pause.
    """

    notice_id: NoticeId
    hold_id: HoldId
    code_hash: ShortText
    channel: ShortText
    served_at: Instant
    measure_id: MeasureId | None


class ReturnOffered(Body, frozen=True, tag="return_offered"):
    """The holder, informed and identified by the bank, gives held money back. Revocable until paid; no admission.

    ``for_report_id`` is the report for which it is given; None leaves it to all who have lost money in the incident.
    """

    hold_id: HoldId
    for_report_id: ReportId | None
    amount_minor: Amount
    checks: Annotated[tuple[ShortText, ...], msgspec.Meta(max_length=CHECKS_MAX)]
    statement: str

    def terms(self) -> Terms:
        """Return how much the holder gives back, for which report and upon which checks, as the officer signs it."""
        return (
            ("for_report_id", self.for_report_id or ""),
            ("amount_minor", str(self.amount_minor)),
            ("checks", listed(self.checks)),
        )

    @property
    def is_checked(self) -> bool:
        """Whether the officer has signed everything that a consent needs."""
        return set(RETURN_CHECKS) <= set(self.checks)


class ReturnTakenBack(Body, frozen=True, tag="return_taken_back"):
    """The holder takes back that they give money back. What was not paid yet is not paid on their consent any more."""

    hold_id: HoldId
    taken_back_at: Instant
