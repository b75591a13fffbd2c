"""What a bank says of a decision on paper that has let go of held money: what stands on it, and who has read it."""

from datetime import date
from typing import Annotated, Final

import msgspec

from tarazy.protocol.body import Body, Offset, ShortText
from tarazy.protocol.statement import (
    Act,
    OfficerKeyOf,
    Statement,
    StatementFault,
    Terms,
    read_kept_statement,
    require_terms,
)
from tarazy.values.ids import HoldId, MeasureId, PaperId
from tarazy.values.instant import Instant

READERS: Final = 2
"""So many officers of the bank have the paper before them, and sign the same."""


class PaperTold(Body, frozen=True, tag="paper_told"):
    """A court's or an authority's paper came to the bank and has ended a hold, or left it ``keep_minor``.

    ``by`` is whose paper it is, ``forum`` who it was by name. ``measure_id`` is what carried the hold then; the bank's
    own pause has the hold's id. Each of the ``statements`` is an officer's over all that the paper says.
    """

    paper_id: PaperId
    hold_id: HoldId
    measure_id: MeasureId
    by: ShortText
    forum: ShortText
    decision_no: ShortText
    decided_on: date
    keep_minor: Offset
    statements: Annotated[tuple[str, ...], msgspec.Meta(max_length=READERS)]
    confirmed_at: Instant

    def terms(self) -> Terms:
        """Return what the paper says, as it must stand under each signature."""
        return (
            ("hold_id", self.hold_id),
            ("by", self.by),
            ("forum", self.forum),
            ("decision_no", self.decision_no),
            ("decided_on", self.decided_on.isoformat()),
            ("keep_minor", str(self.keep_minor)),
        )


def readers_of_paper(paper: PaperTold, key_of: OfficerKeyOf) -> tuple[Statement, ...]:
    """Return the statements of the two officers of one bank who have read a paper.

    Raises StatementFault where one does not stand, says something else, or is missing.
    """
    statements = tuple(read_kept_statement(text, Act.enter_paper, paper.paper_id, key_of) for text in paper.statements)
    for statement in statements:
        require_terms(statement, paper.terms())
    officers = {(one.participant_id, one.officer_id) for one in statements}
    if not len(statements) == len(officers) == READERS or len({one.participant_id for one in statements}) != 1:
        raise StatementFault("statements: not those of two different officers of one bank")
    return statements
