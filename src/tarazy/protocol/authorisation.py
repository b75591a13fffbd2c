"""An authorisation as it travels: the decision that held money goes back, and the signatures that it rests on.

Whoever pays on it need not believe the exchange: each statement is an officer's own signature over all that the
decision says. One that the forum's own officer signs has one statement; one on paper has those of two officers.
"""

from datetime import date
from typing import Annotated, Final

import msgspec

from tarazy.protocol.body import Amount, Currency, ShortText, listed
from tarazy.protocol.statement import Act, OfficerKeyOf, Statement, Terms, read_kept_statement, require_terms
from tarazy.values.ids import AuthorisationId, CaseId, HoldId
from tarazy.values.instant import Instant

HOLDS_MAX: Final = 200
"""As many holds as one decision lists: it travels whole with every payment. Upon more there are several decisions."""
STATEMENTS_MAX: Final = 2


class Authorisation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Up to ``amount_minor`` of what the listed holds of a case hold may be paid back in one lane, until ``valid_to``.

    ``by`` is in what capacity it was decided (``court``, ``prosecutor``), ``forum`` who it was, by name. ``on_paper``
    says that two officers have entered it from a paper. ``is_second_demand`` says that the authority insists in writing
    although the receiver objects or was absent; one that stood before there was such a thing says nothing of it.
    """

    authorisation_id: AuthorisationId
    case_id: CaseId
    lane: ShortText
    amount_minor: Amount
    currency: Currency
    hold_ids: Annotated[tuple[HoldId, ...], msgspec.Meta(min_length=1, max_length=HOLDS_MAX)]
    by: ShortText
    forum: ShortText
    decision_no: ShortText
    decided_on: date
    valid_to: Instant
    on_paper: bool
    statements: Annotated[tuple[str, ...], msgspec.Meta(max_length=STATEMENTS_MAX)]
    is_second_demand: bool = False

    def terms(self) -> Terms:
        """Return everything that the decision says, as it must stand under each signature."""
        insists: Terms = (("is_second_demand", "yes"),) if self.is_second_demand else ()
        return (
            ("case_id", self.case_id),
            ("lane", self.lane),
            ("amount_minor", str(self.amount_minor)),
            ("currency", self.currency),
            ("hold_ids", listed(self.hold_ids)),
            ("by", self.by),
            ("forum", self.forum),
            ("decision_no", self.decision_no),
            ("decided_on", self.decided_on.isoformat()),
            ("valid_to", self.valid_to.text()),
            ("on_paper", "yes" if self.on_paper else "no"),
            *insists,
        )

    def covers(self, hold_id: HoldId) -> bool:
        """Return whether the decision is upon a hold."""
        return hold_id in self.hold_ids


def signatures_on(authorisation: Authorisation, key_of: OfficerKeyOf) -> tuple[Statement, ...]:
    """Return the statements under an authorisation, each checked to say what it says.

    Raises StatementFault for one that does not stand or was signed upon something else.
    """
    statements = tuple(
        read_kept_statement(text, Act.authorise, authorisation.authorisation_id, key_of)
        for text in authorisation.statements
    )
    for statement in statements:
        require_terms(statement, authorisation.terms())
    return statements


def is_signed_in_full(authorisation: Authorisation, statements: tuple[Statement, ...]) -> bool:
    """Return whether as many different officers of one participant have signed as the decision needs."""
    officers = {(one.participant_id, one.officer_id) for one in statements}
    participants = {one.participant_id for one in statements}
    needed = STATEMENTS_MAX if authorisation.on_paper else 1
    return len(statements) == len(officers) == needed and len(participants) == 1
