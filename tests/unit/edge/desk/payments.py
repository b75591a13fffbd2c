"""A payment that a customer has made."""

from tarazy.agent.reference_core import Payment
from tarazy.values.ids import AccountId, ParticipantId, TransferRef
from tests.story_people import START


def paid(payment_id: str, account: str = "aigul") -> Payment:
    return Payment(
        payment_id=TransferRef(payment_id),
        serial=1,
        from_participant=ParticipantId("bank-a"),
        to_participant=ParticipantId("bank-b"),
        to_account=AccountId("timur"),
        for_report=None,
        amount_minor=100,
        currency="KZT",
        is_protected=False,
        sent_at=START,
        original_ref=None,
        done_at=None,
        from_account=AccountId(account),
    )
