"""One act upon holds, and the one page of whoever decides: grant, narrow or strike, line by line, nothing filled in."""

from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Final

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.status_codes import HTTP_200_OK, HTTP_422_UNPROCESSABLE_ENTITY
from msgspec import structs

from tarazy.app.deciding import DecideMotion, decide_motion
from tarazy.app.motions import WithdrawMotion, withdraw_motion
from tarazy.app.queries.motions import ScheduleView, SignedLine, schedule_view
from tarazy.app.schedules import ActRefused
from tarazy.app.setting import Setting
from tarazy.domain.hands import Hand, same_hands
from tarazy.domain.motion import LineDecision
from tarazy.domain.rejection import Rejection
from tarazy.edge.console import measure_words, words
from tarazy.edge.console.office import Office
from tarazy.edge.console.person import Person, Signatory
from tarazy.edge.pages.entered import read_local, read_sum
from tarazy.edge.pages.form_page import Unread
from tarazy.edge.pages.forms import Form, PageRequest, read_form, read_query
from tarazy.edge.pages.reader import Reader
from tarazy.law.assessment import NormVersion
from tarazy.law.safeguards import Part
from tarazy.protocol.schedule import SALT_LENGTH, LineGrant, SignedDecision, reasons_digest
from tarazy.protocol.statement import REASONS_LENGTH_MAX, REASONS_LENGTH_MIN, Act
from tarazy.values.ids import DecisionId, MotionId
from tarazy.values.replacing import replace

NAME_LENGTH_MAX: Final = 120
ID_BYTES: Final = 16
CHOICES: Final = (LineDecision.granted, LineDecision.narrowed, LineDecision.struck)
"""In this order on every line, each with the same weight, none chosen beforehand."""
EVENTS_OPEN_MAX: Final = 30


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


def deciding_routes(office: Office) -> list[HTTPRouteHandler]:
    """Return the endpoints of one act."""

    @get("/motions/{motion_id:str}", sync_to_thread=True)
    def shown(request: PageRequest, motion_id: str) -> Response[str]:
        """Show an act as it was signed, and to whoever may decide it the controls."""
        return _show(office, request, motion_id, Decided(form=read_query(request)))

    @post("/motions/{motion_id:str}/decision", sync_to_thread=True, status_code=HTTP_200_OK)
    def decide(request: PageRequest, motion_id: str, body: bytes) -> Response[str]:
        """Sign a decision on every line and carry it out."""
        return _decide(office, request, motion_id, read_form(request, body))

    @post("/motions/{motion_id:str}/withdrawal", sync_to_thread=True, status_code=HTTP_200_OK)
    def withdraw(request: PageRequest, motion_id: str, body: bytes) -> Response[str]:
        """Take a motion back, as its author."""
        return _withdraw(office, request, motion_id, read_form(request, body))

    return [shown, decide, withdraw]


def cannot_decide(view: ScheduleView, person: Person) -> Rejection | None:
    """Return why somebody has no controls on an act: another capacity decides, or they had a hand in asking."""
    signatory, motion = person.signatory, view.motion
    if motion is None or signatory is None or person.acts_as != motion.to:
        return Rejection.officer_not_entitled
    return same_hands(Part.approver, Hand(signatory.participant_id, signatory.officer_id), view.hands)


def _view(office: Office, motion_id: str) -> ScheduleView | None:
    return office.read(lambda tx: schedule_view(tx, MotionId(motion_id), office.context.pack))


def _show(office: Office, request: PageRequest, motion_id: str, decided: Decided) -> Response[str]:
    """Show an act, everything that speaks on both sides of it, and what was decided."""
    view = _view(office, motion_id)
    if view is None:
        return office.not_found(request)
    person, reader = office.person(request), office.site.reader(request)
    signatory = person.signatory
    is_author = signatory is not None and signatory.participant_id == view.schedule.participant_id
    barred = cannot_decide(view, person)
    return office.page(
        request,
        "motion.html",
        person,
        status=decided.status,
        view=view,
        words=words,
        says=measure_words,
        request_said=measure_words.request_of(view, reader),
        tests=measure_words.nine_tests(view, office.context.pack, reader),
        norms=norms_of(view),
        decided=decided,
        choices=CHOICES,
        typed=partial(_typed, decided),
        may_decide=view.is_open and barred is None,
        barred=barred,
        may_withdraw=view.is_open and is_author,
        grants={} if view.decision is None else {grant.line_id: grant for grant in view.decision.lines},
        name_length_max=NAME_LENGTH_MAX,
        reasons_length_min=REASONS_LENGTH_MIN,
    )


def _typed(decided: Decided, name: str, line: SignedLine) -> str:
    return decided.typed(f"{name}-{line.row.line_id}")


def norms_of(view: ScheduleView) -> tuple[NormVersion, ...]:
    """Return every norm version that the law gate cited, as it stood on the day of the act."""
    cited = {norm.version_id: norm for line in view.lines for outcome in line.answer.tests for norm in outcome.norms}
    return tuple(cited.values())


def _decide(office: Office, request: PageRequest, motion_id: str, form: Form) -> Response[str]:
    person, setting, reader = office.person(request), office.context.setting(), office.site.reader(request)
    if person.signatory is None:
        return office.read_only(request)
    view = _view(office, motion_id)
    if view is None or view.motion is None:
        return office.not_found(request)
    read = read_lines(form, view, reader, setting)
    if isinstance(read, Missing):
        return _show(office, request, motion_id, Decided(form=form, unread=read.unread, lines=read.lines))
    command = _signed(read, form, view, person.signatory, setting)
    if isinstance(command, Unread):
        return _show(office, request, motion_id, Decided(form=form, unread=command))
    done = office.context.peer.store.run(lambda tx: decide_motion(tx, command, setting))
    if isinstance(done, ActRefused):
        lines = frozenset({done.place})
        return _show(office, request, motion_id, Decided(form=form, refused=done, lines=lines))
    return office.site.redirect(f"/console/motions/{motion_id}?done=decided")


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


def _signed(
    lines: tuple[LineGrant, ...], form: Form, view: ScheduleView, signatory: Signatory, setting: Setting
) -> DecideMotion | Unread:
    """Return the decision under the signature of whoever sits here; or what of its particulars is missing."""
    forum, number, day = form.text("forum"), form.text("number"), _day(form.text("decided_on"))
    if not forum or not number or day is None or max(len(forum), len(number)) > NAME_LENGTH_MAX:
        return Unread("console.decide.particulars_missing")
    reasons = form.text("reasons")[:REASONS_LENGTH_MAX]
    if len(reasons) < REASONS_LENGTH_MIN:
        return Unread("console.decide.reasons_missing")
    assert view.motion is not None
    decision_id = DecisionId(f"de_{setting.entropy(ID_BYTES).hex()}")
    decision = SignedDecision(
        decision_id=decision_id,
        motion_id=view.motion.motion_id,
        case_id=view.case.case_id,
        measure=view.schedule.measure,
        by=view.motion.to,
        forum=forum,
        decision_no=number,
        decided_on=day,
        on_paper=False,
        words=reasons_digest(decision_id, reasons),
        digests=tuple(grant.digest for grant in lines),
        statements=(),
    )
    # Every bank with a granted line reads the statement: the reasons stand under it by their hash alone.
    statement = signatory.statement(Act.decide_motion, decision_id, "", setting.now, decision.terms())
    signed = structs.replace(decision, statements=(statement,))
    return DecideMotion(signed=signed, lines=lines, reasons=reasons, participant_id=signatory.participant_id)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _withdraw(office: Office, request: PageRequest, motion_id: str, form: Form) -> Response[str]:
    signatory, setting = office.person(request).signatory, office.context.setting()
    if signatory is None:
        return office.read_only(request)
    view = _view(office, motion_id)
    if view is None:
        return office.not_found(request)
    command = WithdrawMotion(motion_id=MotionId(motion_id), participant_id=signatory.participant_id, statement="")
    terms = (("case_id", str(view.case.case_id)),)
    reasons = form.text("reasons")[:REASONS_LENGTH_MAX]
    signed = signatory.statement(Act.withdraw_motion, motion_id, reasons, setting.now, terms)
    command = replace(command, statement=signed)
    done = office.context.peer.store.run(lambda tx: withdraw_motion(tx, command, setting))
    if isinstance(done, Rejection):
        return _show(office, request, motion_id, Decided(form=form, refused=ActRefused(done, "")))
    return office.site.redirect(f"/console/motions/{motion_id}?done=withdrawn")
