"""What courts decide upon refunds: signed by their judge, or on a paper that two investigators have read."""

from datetime import timedelta
from typing import Final

import msgspec

from tarazy.app.authorisations import (
    ConfirmAuthorisation,
    EnterAuthorisation,
    confirm_authorisation,
    enter_authorisation,
)
from tarazy.app.records import CASE_HOLDS, CASES
from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Transaction
from tarazy.law.assessment import ActorRole, Lane
from tarazy.protocol.authorisation import HOLDS_MAX, Authorisation
from tarazy.protocol.statement import Act, Statement, sign_statement
from tarazy.simulation.programs import COLLEAGUE, OFFICER, Program
from tarazy.simulation.world import World
from tarazy.values.ids import AuthorisationId, CaseId, OfficerId
from tarazy.values.instant import Instant

NOTHING_EVERY: Final = 5
"""One refund in so many is ordered upon a decision that nobody has made."""
PAPER_EVERY: Final = 2
LITTLE_EVERY: Final = 7
"""One decision in so many is upon one minor unit only."""
LASTS: Final = timedelta(days=1)


class Decisions:
    """The court, and the police who read its papers."""

    def __init__(self, world: World) -> None:
        self._world = world

    def decide(self, tx: Transaction, case_id: CaseId, number: int, setting: Setting) -> object:
        """Decide upon the holds of a case, as the number of the refund has it; return what the exchange says to it."""
        of_case = Condition("case_id", "=", case_id)
        holds = tx.find(CASE_HOLDS, of_case, order=("hold_id",), limit=HOLDS_MAX)
        case = tx.get(CASES, case_id)
        if number % NOTHING_EVERY == 0 or not holds or case is None:
            return None
        on_paper = number % PAPER_EVERY == 0
        decision = Authorisation(
            authorisation_id=authorisation_id_of(number),
            case_id=case_id,
            lane=Lane.court,
            amount_minor=1 if number % LITTLE_EVERY == 0 else sum(hold.asked_minor for hold in holds),
            currency=case.currency,
            hold_ids=tuple(hold.hold_id for hold in holds),
            by=ActorRole.court,
            forum="Invented Court",
            decision_no=f"{number}/26",
            decided_on=setting.pack.data.calendar.local_day(setting.now),
            valid_to=setting.now.plus(LASTS),
            on_paper=on_paper,
            statements=(),
        )
        by = self._world.network.police if on_paper else self._world.network.court
        signed = msgspec.structs.replace(decision, statements=(_signed(by, OFFICER, decision, setting.now),))
        told = enter_authorisation(tx, EnterAuthorisation(decision=signed, participant_id=by.name), setting)
        if not on_paper:
            return told
        statement = _signed(by, COLLEAGUE, decision, setting.now)
        confirmed = ConfirmAuthorisation(
            authorisation_id=decision.authorisation_id, participant_id=by.name, statement=statement
        )
        return confirm_authorisation(tx, confirmed, setting)


def authorisation_id_of(number: int) -> AuthorisationId:
    """Return the id of the decision upon a refund."""
    return AuthorisationId(f"au-{number}")


def _signed(program: Program, officer_id: OfficerId, decision: Authorisation, now: Instant) -> str:
    said = Statement(
        act=Act.authorise,
        subject_id=decision.authorisation_id,
        officer_id=officer_id,
        participant_id=program.name,
        at=now,
        reasons="decided on the facts of this case",
        terms=decision.terms(),
    )
    return sign_statement(said, program.keyring.officers[officer_id].signer())
