"""What the forms of a decision have in common, signed here or read from a paper: its lines and its particulars."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from litestar.status_codes import HTTP_200_OK, HTTP_422_UNPROCESSABLE_ENTITY
from msgspec import structs

from tarazy.app.queries.motions import ScheduleView, SignedLine
from tarazy.app.schedules import ActRefused
from tarazy.app.setting import Setting
from tarazy.domain.motion import LineDecision
from tarazy.edge.console.person import Signatory
from tarazy.edge.pages.entered import read_local, read_sum
from tarazy.edge.pages.form_page import Unread
from tarazy.edge.pages.forms import Form
from tarazy.edge.pages.reader import Reader
from tarazy.protocol.schedule import SALT_LENGTH, LineGrant, SignedDecision, reasons_digest
from tarazy.protocol.statement import Act
from tarazy.values.ids import DecisionId

NAME_LENGTH_MAX: Final = 120
ID_BYTES: Final = 16
CHOICES: Final = (LineDecision.granted, LineDecision.narrowed, LineDecision.struck)
"""In this order on every line, each with the same weight, none chosen beforehand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What came with the form, and why it was not carried out; ``lines`` are those that something is missing on."""

    form: Form
    unread: Unread | None = None
    refused: ActRefused | None = None
    lines: frozenset[str] = frozenset()

    @property
    def status(self) -> int:
        """The status of the page that shows it."""
        is_fault = self.unread is not None or self.refused is not None
        return HTTP_422_UNPROCESSABLE_ENTITY if is_fault else HTTP_200_OK

    def typed(self, name: str) -> str:
        """Return what was typed into a field; an address types nothing for anybody."""
        return self.form.text(name) if self.status != HTTP_200_OK else ""


@dataclass(frozen=True, slots=True)
class Missing:
    """What of a decision cannot be read, and on which lines."""

    unread: Unread
    lines: frozenset[str] = frozenset()


def read_lines(form: Form, view: ScheduleView, reader: Reader, setting: Setting) -> tuple[LineGrant, ...] | Missing:
    """Return what is decided on each line; a line on which nothing is chosen stops the whole decision."""
    open_lines = [line.row.line_id for line in view.lines if form.text(f"decision-{line.row.line_id}") not in CHOICES]
    if open_lines:
        return Missing(Unread("console.decide.line_open"), frozenset(open_lines))
    grants = []
    for line in view.lines:
        grant = _grant(form, line, reader, setting.entropy(SALT_LENGTH // 2).hex())
        if isinstance(grant, Unread):
            return Missing(grant, frozenset({line.row.line_id}))
        grants.append(grant)
    return tuple(grants)


def _grant(form: Form, line: SignedLine, reader: Reader, salt: str) -> LineGrant | Unread:
    row = line.row
    decision = LineDecision(form.text(f"decision-{row.line_id}"))
    is_unlawful = form.is_ticked(f"unlawful-{row.line_id}")
    if is_unlawful and decision is not LineDecision.struck:
        return Unread("console.decide.unlawful_not_struck")
    grant = LineGrant(
        line_id=row.line_id,
        hold_id=row.hold_id,
        decision=decision,
        cap_minor=row.cap_minor,
        until=row.until,
        is_unlawful=is_unlawful,
        salt=salt,
    )
    if decision is LineDecision.struck:
        return structs.replace(grant, cap_minor=0, until=None)
    if decision is LineDecision.granted:
        return grant
    return _narrowed(grant, form, line, reader)


def _narrowed(grant: LineGrant, form: Form, line: SignedLine, reader: Reader) -> LineGrant | Unread:
    """Return a narrowed line. A field that is left empty stays as it was asked; one of the two says less."""
    row = line.row
    typed_sum, typed_until = form.text(f"sum-{row.line_id}"), form.text(f"until-{row.line_id}")
    cap = read_sum(typed_sum, row.currency) if typed_sum else row.cap_minor
    until = read_local(typed_until, reader.timezone) if typed_until else row.until
    if cap is None or until is None:
        return Unread("console.decide.narrow_unread")
    if (cap, until) == (row.cap_minor, row.until):
        return Unread("console.decide.narrow_same")
    return structs.replace(grant, cap_minor=cap, until=until)


def unsigned_decision(
    lines: tuple[LineGrant, ...], reasons: str, form: Form, view: ScheduleView, setting: Setting, *, on_paper: bool
) -> SignedDecision | None:
    """Return the decision that the form says, not signed yet; None where forum, number or day cannot be read."""
    forum, number, day = form.text("forum"), form.text("number"), _day(form.text("decided_on"))
    if not forum or not number or day is None or max(len(forum), len(number)) > NAME_LENGTH_MAX:
        return None
    assert view.motion is not None
    decision_id = DecisionId(f"de_{setting.entropy(ID_BYTES).hex()}")
    return SignedDecision(
        decision_id=decision_id,
        motion_id=view.motion.motion_id,
        case_id=view.case.case_id,
        measure=view.schedule.measure,
        by=view.motion.to,
        forum=forum,
        decision_no=number,
        decided_on=day,
        on_paper=on_paper,
        words=reasons_digest(decision_id, reasons),
        digests=tuple(grant.digest for grant in lines),
        statements=(),
    )


def signature_upon(decision: SignedDecision, signatory: Signatory, setting: Setting) -> str:
    """Return an official's signature upon a decision.

    Every bank with a granted line reads the statement: the reasons stand under it by their hash alone.
    """
    return signatory.statement(Act.decide_motion, decision.decision_id, "", setting.now, decision.terms())


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
