"""What anybody may know of the exchange: how much, how often, and the head of its log. No case, no bank, no person."""

from dataclasses import dataclass

from tarazy.app.holding import stands
from tarazy.app.records import CASE_HOLDS, CASES, PIECES, TRACINGS, CaseHold
from tarazy.app.sequencing import LogHead, log_head
from tarazy.app.store import Condition, Transaction
from tarazy.domain.hold import HoldStatus
from tarazy.domain.tracing import ShareKind
from tarazy.values.instant import Instant

ENDED_IN_FAVOUR_OF_HOLDER = frozenset({HoldStatus.released, HoldStatus.expired})


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """The sums of one currency."""

    currency: str
    stolen_minor: int
    held_minor: int
    returned_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The public figures. ``refused`` counts pieces of which the law gate refused at least one measure."""

    cases: int
    money: tuple[Money, ...]
    holds_standing: int
    holds_released: int
    refused: int
    head: LogHead | None


def overview(tx: Transaction, origin: str, now: Instant) -> Overview:
    """Return the public figures as they are now."""
    holds = tx.find(CASE_HOLDS)
    standing = [hold for hold in holds if stands(hold, now)]
    # A piece that was refused outright, or followed without a hold, has no hold of its own.
    refused = sum(bool(piece.refused_by) for piece in tx.find(PIECES, Condition("hold_id", "is_null")))
    return Overview(
        cases=len(tx.find(CASES)),
        money=_money(tx, standing),
        holds_standing=len(standing),
        holds_released=sum(hold.status in ENDED_IN_FAVOUR_OF_HOLDER for hold in holds),
        refused=refused,
        head=log_head(tx, origin),
    )


def _money(tx: Transaction, standing: list[CaseHold]) -> tuple[Money, ...]:
    tracings = tx.find(TRACINGS)
    return tuple(
        Money(
            currency=currency,
            stolen_minor=sum(tracing.stolen_minor for tracing in tracings if tracing.currency == currency),
            held_minor=sum(hold.held_minor for hold in standing if hold.currency == currency),
            returned_minor=sum(
                tracing.sums[ShareKind.returned] + tracing.sums[ShareKind.refunded]
                for tracing in tracings
                if tracing.currency == currency
            ),
        )
        for currency in sorted({tracing.currency for tracing in tracings})
    )
