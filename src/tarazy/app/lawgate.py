"""Asking the law gate on behalf of a case: may this bank tell us of the piece (M2t), may it hold it (M4b)?

The exchange decides nothing here. It states the facts of the report, the bank's standing mandate and the piece, and
passes on what the pack answers.
"""

from dataclasses import dataclass
from datetime import timedelta

from tarazy.app.capacity import of_institution
from tarazy.app.records import Mandate, Participant, Report
from tarazy.law.assessment import Alternative, AssertionKind, Assessment, Fact, Measure, Request, Verdict
from tarazy.law.gate import assess
from tarazy.law.ground import Pack
from tarazy.law.safeguards import Part
from tarazy.values.instant import Instant

AIM = "rights_of_others"
SUITABILITY = "The piece of this transfer is followed to the unit, and only its own units can be held or told."
IMPACT = "Only the traced sum is out of use; everything else on the account works, protected money is kept free."
LOWER_RUNGS = tuple(
    Alternative(rung=rung, why=why)
    for rung, why in (
        (Measure.M1, "The report alone does not keep the money in the system."),
        (Measure.M2, "Telling the bank of an identifier does not keep the money in the system."),
        (Measure.M2t, "Knowing where the money is does not keep it there."),
        (Measure.M3, "Listing a person touches far more than the traced sum."),
        (Measure.M4a, "The payment has been executed and cannot be paused any more."),
    )
)


@dataclass(frozen=True, slots=True)
class Asked:
    """Everything that the gate is told of one piece at one bank."""

    report: Report
    participant: Participant
    mandate: Mandate | None
    amount_minor: int


def assess_answer(asked: Asked, pack: Pack, now: Instant) -> Assessment:
    """Ask whether the bank may tell the exchange what became of the piece (M2t)."""
    return assess(_request(asked, Measure.M2t, None, now), pack, now)


def assess_hold(asked: Asked, pack: Pack, now: Instant) -> Assessment:
    """Ask whether the bank may hold the piece in its own name under its standing mandate (M4b)."""
    hours = asked.mandate.hours if asked.mandate else 0
    return assess(_request(asked, Measure.M4b, timedelta(hours=hours) if hours else None, now), pack, now)


def is_permitted(assessment: Assessment) -> bool:
    """Return whether the measure may be taken at once."""
    return assessment.verdict is Verdict.permitted


def _request(asked: Asked, measure: Measure, duration: timedelta | None, now: Instant) -> Request:
    report, mandate = asked.report, asked.mandate
    in_force = (
        mandate is not None and mandate.valid_from <= now < mandate.valid_to and mandate.currency == report.currency
    )
    # Only a pause has an officer, the one who signed the mandate; a trace answer is the institution's own.
    source = f"report {report.report_id}, signed by an officer of {report.participant_id}"
    return Request(
        measure=measure,
        actor_role=of_institution(asked.participant.kind),
        officer_named=in_force and measure is Measure.M4b,
        currency=report.currency,
        amount_minor=asked.amount_minor,
        traced_minor=asked.amount_minor,
        claim_minor=report.claim_minor,
        offence_id=report.offence_id,
        aim=AIM,
        facts=tuple(Fact(kind=AssertionKind.fact, code=code, source=source) for code in report.facts),
        suitability=SUITABILITY,
        alternatives=LOWER_RUNGS,
        impact=IMPACT,
        features_used=(),
        duration=duration,
        has_mandate=in_force,
        mandate_ceiling_minor=mandate.ceiling_minor if mandate and in_force else None,
        case_registration=None,
        report_signed=True,
        protected_minor=0,
        whole_account=False,
        extends=timedelta(0),
        extensions_used=0,
        exculpatory=(),
        exculpatory_answered=False,
        is_urgent=False,
        is_automatic=True,
        hands=((Part.proposer, f"{mandate.participant_id}/{mandate.officer_id}"),) if mandate and in_force else (),
        locked_sources=frozenset(),
        reports_by_payer=report.reports_by_payer,
        reports_of_pair=report.reports_of_pair,
    )
