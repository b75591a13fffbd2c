"""What exchange and agents say to each other: one type for each kind of message.

Amounts are minor units, stretches are half-open offsets in a transfer, times are UTC. Names, account numbers and
balances are in none of them: a transfer travels as a reference that only the bank it is meant for can open.
"""

from tarazy.protocol.appeal_bodies import (
    AppealCompleted,
    AppealDecided,
    AppealLodged,
    AppealState,
    CodeAnswered,
    CodePresented,
)
from tarazy.protocol.authorisation import Authorisation
from tarazy.protocol.body import Body, Currency
from tarazy.protocol.citizen_bodies import CitizenRequest, RequestState
from tarazy.protocol.claim_bodies import ClaimByCode, ClaimLodged, ClaimState, ErrorTold
from tarazy.protocol.deferral_bodies import DeferOrder, LiftDeferral
from tarazy.protocol.hearing_bodies import HearingAnswered, HearingAsked, HearingTold
from tarazy.protocol.hold_bodies import (
    HoldConfirmed,
    HoldLetGo,
    MandateSigned,
    NoticeServed,
    ReturnOffered,
    ReturnTakenBack,
)
from tarazy.protocol.measure_bodies import LiftOrder, MeasureOrder, MeasureTold
from tarazy.protocol.order_bodies import (
    FLOOR_DAYS_MAX,
    Answer,
    Author,
    FollowOrder,
    HoldTerms,
    PaymentTold,
    PayOrder,
    ReleaseOrder,
    ShareTold,
)
from tarazy.protocol.paper_bodies import PaperTold
from tarazy.protocol.report_bodies import (
    JoinDecided,
    JoinUpdate,
    ReportFiled,
    ReportUpdate,
    ReportWithdrawn,
    VictimWarned,
)

__all__ = [
    "FLOOR_DAYS_MAX",
    "Answer",
    "AnyBody",
    "AppealCompleted",
    "AppealDecided",
    "AppealLodged",
    "AppealState",
    "Author",
    "Authorisation",
    "Body",
    "CitizenRequest",
    "ClaimByCode",
    "ClaimLodged",
    "ClaimState",
    "CodeAnswered",
    "CodePresented",
    "Currency",
    "DeferOrder",
    "ErrorTold",
    "FollowOrder",
    "HearingAnswered",
    "HearingAsked",
    "HearingTold",
    "HoldConfirmed",
    "HoldLetGo",
    "HoldTerms",
    "JoinDecided",
    "JoinUpdate",
    "LiftDeferral",
    "LiftOrder",
    "MandateSigned",
    "MeasureOrder",
    "MeasureTold",
    "NoticeServed",
    "PaperTold",
    "PayOrder",
    "PaymentTold",
    "ReleaseOrder",
    "ReportFiled",
    "ReportUpdate",
    "ReportWithdrawn",
    "RequestState",
    "ReturnOffered",
    "ReturnTakenBack",
    "ShareTold",
    "SignedBody",
    "VictimWarned",
]

SignedBody = (
    ReportFiled
    | ReportWithdrawn
    | JoinDecided
    | MandateSigned
    | HoldConfirmed
    | HoldLetGo
    | ReturnOffered
    | AppealLodged
    | AppealCompleted
    | AppealDecided
)
"""The messages that carry a statement of an officer over their ``terms()``."""
AnyBody = (
    FollowOrder
    | Answer
    | ReportFiled
    | ReportWithdrawn
    | JoinDecided
    | JoinUpdate
    | MandateSigned
    | HoldConfirmed
    | HoldLetGo
    | NoticeServed
    | ReturnOffered
    | ReturnTakenBack
    | ReportUpdate
    | VictimWarned
    | ReleaseOrder
    | PayOrder
    | MeasureOrder
    | LiftOrder
    | DeferOrder
    | LiftDeferral
    | MeasureTold
    | AppealLodged
    | AppealCompleted
    | AppealState
    | AppealDecided
    | CodePresented
    | CodeAnswered
    | ErrorTold
    | ClaimLodged
    | ClaimState
    | ClaimByCode
    | CitizenRequest
    | RequestState
    | HearingAsked
    | HearingTold
    | HearingAnswered
    | PaperTold
)
