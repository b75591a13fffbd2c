"""What courts and prosecutors decide in stories: authorisations, signed by their own officers or entered from paper."""

from datetime import date, timedelta
from typing import Final

import msgspec

from tarazy.app.authorisations import (
    ConfirmAuthorisation,
    EnterAuthorisation,
    confirm_authorisation,
    enter_authorisation,
)
from tarazy.app.records import CASE_HOLDS, CASES
from tarazy.app.refund_records import AUTHORISATIONS, EnteredAuthorisation
from tarazy.app.store import Condition
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.rejection import Rejection
from tarazy.law.assessment import Lane
from tarazy.protocol.authorisation import Authorisation
from tarazy.protocol.statement import Act
from tarazy.values.ids import AuthorisationId, CaseId, HoldId, OfficerId, ParticipantId
from tests.story import Network
from tests.story_people import OFFICER

COURT: Final = "court"
PROSECUTOR: Final = "prosecutor"
FORUM: Final = "Invented District Court of Almaty"
NUMBER: Final = "2-4711/26"
DAY: Final = date(2026, 11, 20)
DECIDING: Final = {Lane.court: (COURT, "court", "judge"), Lane.investigator: (PROSECUTOR, "prosecutor", "prosecutor")}
"""Who decides in a lane: a participant, its kind, and the role of its officer."""


def decision(
    network: Network,
    case_id: CaseId,
    lane: Lane = Lane.court,
    *,
    name: str = "1",
    amount: int = 10**9,
    holds: tuple[HoldId, ...] = (),
    valid: timedelta = timedelta(days=10),
    on_paper: bool = False,
) -> Authorisation:
    """Return what was decided in a case, without any signature."""
    [case] = network.rows(EXCHANGE_ID, CASES, Condition("case_id", "=", case_id)) or [None]
    held = network.rows(EXCHANGE_ID, CASE_HOLDS, Condition("case_id", "=", case_id), order=("hold_id",))
    return Authorisation(
        authorisation_id=AuthorisationId(f"au-{lane}-{name}"),
        case_id=case_id,
        lane=lane,
        amount_minor=amount,
        currency="KZT" if case is None else case.currency,
        hold_ids=holds or tuple(hold.hold_id for hold in held),
        by=DECIDING[lane][1],
        forum=FORUM,
        decision_no=NUMBER if name == "1" else f"{NUMBER}-{name}",
        decided_on=DAY,
        valid_to=network.now.plus(valid),
        on_paper=on_paper,
        statements=(),
    )


def sits(network: Network, lane: Lane = Lane.court) -> str:
    """Let the court or the prosecutor of a lane be joined with an officer who decides; return which it is."""
    name, kind, role = DECIDING[lane]
    network.enrol(name, kind, role)
    return name


def signature(network: Network, decided: Authorisation, by: str, officer: OfficerId = OFFICER) -> str:
    """Return an officer's signature upon what was decided."""
    return network.statement(by, Act.authorise, decided.authorisation_id, decided.terms(), officer=officer)


def given(network: Network, decided: Authorisation) -> Authorisation:
    """Return what was decided with the signature of the officer who can decide so, as it travels to a bank."""
    by = sits(network, Lane(decided.lane))
    return msgspec.structs.replace(decided, statements=(signature(network, decided, by),))


def entered(
    network: Network, decided: Authorisation, by: str, officer: OfficerId = OFFICER, statement: str | None = None
) -> EnteredAuthorisation | Rejection:
    """Let an officer enter what was decided at the exchange."""
    text = signature(network, decided, by, officer) if statement is None else statement
    command = EnterAuthorisation(
        decision=msgspec.structs.replace(decided, statements=(text,)), participant_id=ParticipantId(by)
    )
    return network.at(EXCHANGE_ID, lambda tx, now: enter_authorisation(tx, command, now))


def confirmed(
    network: Network, decided: Authorisation, by: str, officer: OfficerId
) -> EnteredAuthorisation | Rejection:
    """Let an officer confirm what another has entered from a paper."""
    command = ConfirmAuthorisation(
        authorisation_id=decided.authorisation_id,
        participant_id=ParticipantId(by),
        statement=signature(network, decided, by, officer),
    )
    return network.at(EXCHANGE_ID, lambda tx, now: confirm_authorisation(tx, command, now))


def authorised(network: Network, case_id: CaseId, lane: Lane) -> AuthorisationId:
    """Let a case have one authorisation more upon all its holds, signed by the officer who decides; return its id."""
    number = len(network.rows(EXCHANGE_ID, AUTHORISATIONS)) + 1
    decided = decision(network, case_id, lane, name=str(number))
    done = entered(network, decided, sits(network, lane))
    assert isinstance(done, EnteredAuthorisation), done
    return done.authorisation_id
