"""What anybody may know of the exchange: how much, how often, and the head of its log. No case, no bank, no person."""

from dataclasses import dataclass

from tarazy.app.figures import FIGURES, Figures, counted_up_to, is_case_due
from tarazy.app.sequencing import LogHead, log_head
from tarazy.app.store import Transaction
from tarazy.values.instant import Instant

CURRENCIES_MAX = 300
"""There are not two hundred currencies in the world."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The public figures, as far as they are counted. ``is_behind`` says that newer acts are still to be counted."""

    money: tuple[Figures, ...]
    counted: int
    is_behind: bool
    head: LogHead | None

    @property
    def cases(self) -> int:
        """Cases in which a report stands."""
        return sum(one.cases for one in self.money)

    @property
    def holds_standing(self) -> int:
        """Holds that stand now."""
        return sum(one.standing for one in self.money)

    @property
    def holds_released(self) -> int:
        """Holds that have ended in favour of the account holder."""
        return sum(one.released for one in self.money)

    @property
    def refused(self) -> int:
        """Pieces of which the law gate refused a measure."""
        return sum(one.refused for one in self.money)

    @property
    def paid_without_hearing(self) -> int:
        """Refunds that an authority has insisted on although a receiver objected or was absent."""
        return sum(one.unheard for one in self.money)


def overview(tx: Transaction, origin: str, now: Instant) -> Overview:
    """Return the public figures as they were last counted (`tarazy.app.figures.count_figures`)."""
    head, counted = log_head(tx, origin), counted_up_to(tx)
    return Overview(
        money=tuple(tx.find(FIGURES, order=("currency",), limit=CURRENCIES_MAX)),
        counted=counted,
        is_behind=counted < (0 if head is None else head.size) or is_case_due(tx, now),
        head=head,
    )
