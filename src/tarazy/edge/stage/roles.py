"""Whose shoulder one can look over: each role, the page where it begins, and the cookie that signs it in."""

from dataclasses import dataclass
from typing import Final

from litestar.datastructures import Cookie

from tarazy.bootstrap import EXCHANGE_ID
from tarazy.edge.bank_app.app_site import ACCOUNT_COOKIE
from tarazy.edge.console.person import ROLE_COOKIE
from tarazy.edge.demonstration.world import BANKS
from tarazy.edge.desk.desk_site import OFFICER_COOKIE
from tarazy.edge.stage.plot import AIGUL, ARMAN, BANK_OF, DANIYAR, LYUDMILA, MARAT
from tarazy.edge.stage.scene import ANALYST
from tarazy.edge.stage.telling import PERSON_NAMES
from tarazy.values.ids import AccountId


@dataclass(frozen=True, slots=True, kw_only=True)
class StageRole:
    """Somebody of the story. ``person`` or ``bank`` is put into the role's name."""

    key: str
    code: str
    program: str
    page: str
    cookie: str
    value: str
    person: str = ""
    bank: str = ""

    @property
    def path(self) -> str:
        """Where the role begins."""
        return f"/{self.program}{self.page}"


def sign_in_cookie(role: StageRole) -> Cookie:
    """Return the cookie by which the role's program knows who looks; no script reads it, no other program gets it."""
    return Cookie(key=role.cookie, value=role.value, path=f"/{role.program}/", httponly=True, samesite="strict")


def _phone(account_id: AccountId) -> StageRole:
    return StageRole(
        key=account_id,
        code="story.role.phone",
        program=BANK_OF[account_id],
        page="/app",
        cookie=ACCOUNT_COOKIE,
        value=account_id,
        person=PERSON_NAMES[account_id],
    )


def _console(role: str, page: str = "/console") -> StageRole:
    return StageRole(
        key=role, code=f"story.role.{role}", program=EXCHANGE_ID, page=page, cookie=ROLE_COOKIE, value=role
    )


def _desk(bank: str) -> StageRole:
    return StageRole(
        key=f"desk-{bank}",
        code="story.role.desk",
        program=bank,
        page="/desk",
        cookie=OFFICER_COOKIE,
        value=ANALYST,
        bank=bank,
    )


ROLES: Final[tuple[StageRole, ...]] = (
    _phone(AIGUL),
    _desk(BANK_OF[AIGUL]),
    _phone(DANIYAR),
    _console("investigator"),
    _console("supervisor"),
    _phone(LYUDMILA),
    _phone(ARMAN),
    _phone(MARAT),
    _console("prosecutor"),
    _console("judge"),
    _console("investigating_judge"),
    *(_desk(bank.participant_id) for bank in BANKS if bank.participant_id != BANK_OF[AIGUL]),
)
"""The roles in the order in which the story needs them."""

SEEN_BY: Final = {
    "flow": AIGUL,
    "report": "supervisor",
    "second": "supervisor",
    "confirm": "desk-bank-saryarqa",
    "daniyar": DANIYAR,
    "whole": "investigator",
    "away": "supervisor",
    "killed": MARAT,
    "measure": "investigator",
    "motion": "investigating_judge",
    "appeal": DANIYAR,
    "return": ARMAN,
    "refund": LYUDMILA,
    "proof": "supervisor",
}
"""Through whose eyes a step is looked at when it has been played."""
