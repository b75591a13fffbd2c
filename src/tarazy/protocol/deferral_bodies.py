"""What the exchange orders of a bank about a notice that is put off: to keep it back, or to serve it before the end."""

import msgspec

from tarazy.protocol.body import Body, ShortText
from tarazy.protocol.statement import Terms
from tarazy.values.ids import CaseId, DeferralId, HoldId, MeasureId, ParticipantId
from tarazy.values.instant import Instant


class SignedDeferral(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An officer's act: the notice of this measure upon this hold, and of nothing else, is put off until ``until``."""

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
        return (
            ("measure_id", self.measure_id),
            ("measure", self.measure),
            ("hold_id", self.hold_id),
            ("case_id", self.case_id),
            ("ground", self.ground),
            ("until", self.until.text()),
        )


class DeferOrder(Body, frozen=True, tag="defer_order"):
    """Keep the notice of a measure back as its deferral says, then serve it at once.

    The bank believes the officer who has signed, and its own pack: not the exchange. It can come before the measure
    itself, so that the notice is not served before anybody could say so.
    """

    deferral: SignedDeferral


class SignedLift(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An officer's act: the notice of this measure is put off no more. ``deferral_id`` is the last of its deferrals."""

    deferral_id: DeferralId
    measure_id: MeasureId
    hold_id: HoldId
    case_id: CaseId
    participant_id: ParticipantId
    statement: str

    def terms(self) -> Terms:
        """Return everything that is said, as it must stand under the signature: it cannot be read as a deferral."""
        return (
            ("lifts", "yes"),
            ("measure_id", self.measure_id),
            ("hold_id", self.hold_id),
            ("case_id", self.case_id),
        )


class LiftDeferral(Body, frozen=True, tag="lift_deferral"):
    """Serve at once what was kept back of a measure. The bank believes the officer who has signed, and its own pack."""

    lift: SignedLift
