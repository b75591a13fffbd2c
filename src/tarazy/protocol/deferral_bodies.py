"""What the exchange orders of a bank about a notice that is put off."""

from tarazy.protocol.body import Body, ShortText
from tarazy.protocol.statement import Terms
from tarazy.values.ids import CaseId, DeferralId, HoldId, MeasureId, ParticipantId
from tarazy.values.instant import Instant


class DeferOrder(Body, frozen=True, tag="defer_order"):
    """Put off the notice of this measure, and of nothing else, until ``until``; then serve it at once.

    The bank believes the officer of ``participant_id`` who has signed, and its own pack: not the exchange. It can come
    before the measure itself, so that the notice is not served before anybody could say so.
    """

    deferral_id: DeferralId
    measure_id: MeasureId
    measure: ShortText
    hold_id: HoldId
    case_id: CaseId
    ground: ShortText
    until: Instant
    participant_id: ParticipantId
    statement: str

    def terms(self) -> Terms:
        """Return everything that the deferral says, as it must stand under the signature."""
        return deferral_terms(self.measure_id, self.measure, self.hold_id, self.case_id, self.ground, self.until)


def deferral_terms(
    measure_id: MeasureId, measure: str, hold_id: HoldId, case_id: CaseId, ground: str, until: Instant
) -> Terms:
    """Return the terms of a deferral: which notice, on which ground, until when."""
    return (
        ("measure_id", measure_id),
        ("measure", measure),
        ("hold_id", hold_id),
        ("case_id", case_id),
        ("ground", ground),
        ("until", until.text()),
    )
