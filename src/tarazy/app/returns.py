"""What holders give back, as their bank's officers have signed it: a refund by consent rests on nothing else."""

from tarazy.app.refund_records import RECORDED_RETURNS, RecordedReturn
from tarazy.app.store import Transaction
from tarazy.domain.refund import Division
from tarazy.protocol.bodies import ReturnOffered
from tarazy.protocol.statement import Statement


def keep_return(tx: Transaction, body: ReturnOffered, statement: Statement) -> None:
    """Keep what a holder gives back, in place of what they gave before."""
    recorded = RecordedReturn(
        hold_id=body.hold_id,
        amount_minor=body.amount_minor,
        report_id=body.for_report_id,
        checks=body.checks,
        officer_id=statement.officer_id,
        statement=body.statement,
        offered_at=statement.at,
        taken_back_at=None,
    )
    tx.put(RECORDED_RETURNS, recorded)


def consent_to(tx: Transaction, division: Division) -> str | None:
    """Return what the holders have consented to, if each hold that pays has a recorded return that carries it."""
    paying = sorted({payment.hold_id for payment in division.payments})
    recorded = tx.get_many(RECORDED_RETURNS, {(hold_id,) for hold_id in paying})
    for hold_id in paying:
        given = recorded.get((hold_id,))
        if given is None or given.taken_back_at is not None or division.paid_of(hold_id) > given.amount_minor:
            return None
    return ", ".join(f"return of {recorded[hold_id,].amount_minor} of {hold_id}" for hold_id in paying) or None
