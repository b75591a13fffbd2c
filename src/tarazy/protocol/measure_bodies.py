"""What the exchange orders of a bank about a measure upon a hold, and what the bank says of it."""

from datetime import date

from tarazy.protocol.body import Body, Offset, ShortText
from tarazy.protocol.schedule import LineGrant, ScheduleLine, SignedDecision, SignedSchedule
from tarazy.values.ids import HoldId, MeasureId, NormId
from tarazy.values.instant import Instant


class MeasureOrder(Body, frozen=True, tag="measure_order"):
    """Let a measure carry this hold until ``expires_at``; sent again with a later end, it moves the end on.

    The bank believes the signatures and its own pack, not the exchange: ``line`` must be one that the author of
    ``schedule`` has signed, ``grant`` one that the authority of ``decision`` has. ``law_day`` is the local day on which
    the measure began; ``expires_at_most`` is the latest end that any later step may move it to.
    """

    measure_id: MeasureId
    hold_id: HoldId
    measure: ShortText
    pack: ShortText
    law_day: date
    norms: tuple[NormId, ...]
    schedule: SignedSchedule
    line: ScheduleLine
    decision: SignedDecision | None
    grant: LineGrant | None
    begins_at: Instant
    expires_at: Instant
    expires_at_most: Instant
    commitment: ShortText


class LiftOrder(Body, frozen=True, tag="lift_order"):
    """Let go of what a measure holds but for its lowest ``keep_minor`` units (0: all of it).

    It counts if this measure carries the hold now. The bank's own pause is named by the hold's id. ``why`` is how the
    measure ended; where something is kept, ``narrowed_on_appeal``: a forum has decided so.
    """

    measure_id: MeasureId
    hold_id: HoldId
    why: ShortText
    keep_minor: Offset


class MeasureTold(Body, frozen=True, tag="measure_told"):
    """What the bank has done: whether the measure carries the hold now, how much of it, and the hold's end."""

    measure_id: MeasureId
    hold_id: HoldId
    is_carried: bool
    held_minor: Offset
    hold_expires_at: Instant
