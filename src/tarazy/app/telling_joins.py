"""Telling the first reporter's bank of a request to join, so that an officer there can decide: sums, times and facts.

It learns what the asking report says of the deceit, which is what the decision is about. It does not learn which bank
asks, who was deceived there or where the money went.
"""

from tarazy.app.messages import queue
from tarazy.app.records import JoinRequest, Report
from tarazy.app.setting import Setting
from tarazy.app.store import Transaction
from tarazy.domain.case import JoinState
from tarazy.protocol.bodies import JoinUpdate


def tell_join(
    tx: Transaction, request: JoinRequest, report: Report, first: Report | None, state: JoinState, setting: Setting
) -> None:
    """Tell the bank of the report that has opened the incident how a request stands; where none has, nobody."""
    if first is None:
        return
    body = JoinUpdate(
        report_id=report.report_id,
        incident_id=request.incident_id,
        first_report_id=first.report_id,
        state=state,
        amount_minor=report.amount_minor,
        claim_minor=report.claim_minor,
        currency=report.currency,
        booked_at=report.booked_at,
        signed_at=report.signed_at,
        offence_id=report.offence_id,
        facts=report.facts,
        asked_at=request.asked_at,
        at=setting.now,
    )
    queue(tx, setting.envelope(first.participant_id, body, report.report_id, first.report_id, state), setting)
