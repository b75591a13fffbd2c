"""An officer at the desk, and the messages that carry what they have signed."""

from dataclasses import dataclass
from typing import Final, TypeVar

from msgspec import structs

from tarazy.app.setting import Setting
from tarazy.protocol import jws
from tarazy.protocol.bodies import SignedBody
from tarazy.protocol.statement import Act, Statement, sign_statement
from tarazy.values.ids import OfficerId

Signed = TypeVar("Signed", bound=SignedBody)
UNSIGNED: Final = ""


@dataclass(frozen=True, slots=True)
class OfficerAtDesk:
    """Who acts, and what signs for them."""

    officer_id: OfficerId
    sign: jws.Sign


def signed_by(
    body: Signed, act: Act, subject_id: str, reasons: str, officer: OfficerAtDesk, setting: Setting
) -> Signed:
    """Return the message with the officer's statement in it: what is sent is what was signed."""
    statement = Statement(
        act=act,
        subject_id=subject_id,
        officer_id=officer.officer_id,
        participant_id=setting.me,
        at=setting.now,
        reasons=reasons,
        terms=body.terms(),
    )
    return structs.replace(body, statement=sign_statement(statement, officer.sign))
