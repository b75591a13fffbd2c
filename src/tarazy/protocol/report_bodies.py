"""What is said of reports: filed, taken back, joined to others, and what has become of them."""

from typing import Annotated, Final

import msgspec

from tarazy.protocol.body import Amount, Body, Currency, Offset, ShortText, listed
from tarazy.protocol.statement import Terms
from tarazy.values.ids import IncidentId, ParticipantId, ReportId, SealedRef
from tarazy.values.instant import Instant

FACTS_MAX = 40
CALL_BACK_CHECKS: Final = ("called_on_record", "alone", "own_words", "knows_the_end")
"""What a call-back must have shown before a report is withdrawn: nobody stood behind the customer."""


class ReportFiled(Body, frozen=True, tag="report_filed"):
    """A report, signed by a named officer of the payer's bank, on a transfer that this bank has executed.

    ``statement`` is the officer's own signature over everything that the report says. The sender vouches by its
    signature on the message that the transfer exists, is executed, and has this amount and time.

    ``reports_by_payer`` and ``reports_of_pair`` are how many reports of the same payer, and of the same payer upon the
    same payee, this bank has filed before within the time that the law looks back. Only the payer's bank can know.
    """

    report_id: ReportId
    incident_id: IncidentId | None
    statement: str
    payee_participant_id: ParticipantId
    sealed_ref: SealedRef
    amount_minor: Amount
    claim_minor: Amount
    currency: Currency
    booked_at: Instant
    offence_id: ShortText
    facts: Annotated[tuple[ShortText, ...], msgspec.Meta(min_length=1, max_length=FACTS_MAX)]
    reports_by_payer: Offset
    reports_of_pair: Offset

    def terms(self) -> Terms:
        """Return all that the report says, as it must stand under the officer's signature."""
        return (
            ("incident_id", self.incident_id or ""),
            ("payee_participant_id", self.payee_participant_id),
            ("sealed_ref", self.sealed_ref),
            ("amount_minor", str(self.amount_minor)),
            ("claim_minor", str(self.claim_minor)),
            ("currency", self.currency),
            ("booked_at", self.booked_at.text()),
            ("offence_id", self.offence_id),
            ("facts", listed(self.facts)),
            ("reports_by_payer", str(self.reports_by_payer)),
            ("reports_of_pair", str(self.reports_of_pair)),
        )


class ReportWithdrawn(Body, frozen=True, tag="report_withdrawn"):
    """The reporter takes the report back (after a call-back that excludes duress), or a decision has refuted it.

    ``checks`` is what the call-back has shown; a decision that refutes the report needs none.
    """

    report_id: ReportId
    is_refuted: bool
    checks: Annotated[tuple[ShortText, ...], msgspec.Meta(max_length=FACTS_MAX)]
    statement: str

    def terms(self) -> Terms:
        """Return what the officer signs of the call-back; the act and the report that it is upon say the rest."""
        return (("checks", listed(self.checks)),)

    @property
    def is_called_back(self) -> bool:
        """Whether the officer has signed that the call-back has excluded duress."""
        return set(CALL_BACK_CHECKS) <= set(self.checks)


class JoinDecided(Body, frozen=True, tag="join_decided"):
    """The first reporter's bank says whether a report that asks to join its incident does; reasons are signed."""

    report_id: ReportId
    incident_id: IncidentId
    is_accepted: bool
    statement: str

    def terms(self) -> Terms:
        """Return the incident and the decision as they must stand under the officer's signature."""
        return (("incident_id", self.incident_id), ("is_accepted", "yes" if self.is_accepted else "no"))


class JoinUpdate(Body, frozen=True, tag="join_update"):
    """A report asks to join the incident that a report of this bank has opened, or what has become of it.

    It goes to the first reporter's bank. ``state`` is ``waiting``, ``accepted``, ``refused`` or ``over`` (nothing is
    left to decide, or not by this bank). What the asking report says is in it, but neither whose customer was deceived
    nor where the money went.
    """

    report_id: ReportId
    incident_id: IncidentId
    first_report_id: ReportId
    state: ShortText
    amount_minor: Amount
    claim_minor: Amount
    currency: Currency
    booked_at: Instant
    signed_at: Instant
    offence_id: ShortText
    facts: Annotated[tuple[ShortText, ...], msgspec.Meta(min_length=1, max_length=FACTS_MAX)]
    asked_at: Instant
    at: Instant


class ReportUpdate(Body, frozen=True, tag="report_update"):
    """What has become of a report, to the bank that filed it, so that the payer is told: sums, times and the measure.

    ``state`` is ``held``, ``ends_soon``, ``appeal``, ``back`` or ``over``. Which institution holds, and for whom, is
    not in it. The sums are those of the moment; ``placed_at`` and ``expires_at`` are the first beginning and the latest
    end of the holds. With ``ends_soon`` it is the end that comes unless somebody acts; the measure stands until then.
    """

    report_id: ReportId
    update_no: Amount
    state: ShortText
    held_minor: Offset
    back_minor: Offset
    lane: ShortText | None
    measure: ShortText
    placed_at: Instant
    expires_at: Instant


class VictimWarned(Body, frozen=True, tag="victim_warned"):
    """The bank that reported has told its customer that the last hold upon the report ends soon."""

    report_id: ReportId
    update_no: Amount
    served_at: Instant
