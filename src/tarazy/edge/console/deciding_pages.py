"""One act upon holds, and the one page of whoever decides: grant, narrow or strike, line by line, nothing filled in."""

from functools import partial
from typing import Final

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.status_codes import HTTP_200_OK
from msgspec import structs

from tarazy.app.deciding import DecideMotion, decide_motion
from tarazy.app.motions import WithdrawMotion, withdraw_motion
from tarazy.app.queries.motions import ScheduleView, SignedLine, schedule_view
from tarazy.app.schedules import ActRefused
from tarazy.app.setting import Setting
from tarazy.domain.hands import Hand, same_hands
from tarazy.domain.rejection import Rejection
from tarazy.edge.console import measure_words, words
from tarazy.edge.console.decision_form import (
    CHOICES,
    NAME_LENGTH_MAX,
    Decided,
    Missing,
    read_lines,
    signature_upon,
    unsigned_decision,
)
from tarazy.edge.console.office import Office
from tarazy.edge.console.person import Person, Signatory
from tarazy.edge.pages.form_page import Unread
from tarazy.edge.pages.forms import Form, PageRequest, read_form, read_query
from tarazy.law.assessment import NormVersion
from tarazy.law.safeguards import Part
from tarazy.protocol.schedule import LineGrant
from tarazy.protocol.statement import REASONS_LENGTH_MAX, REASONS_LENGTH_MIN, Act
from tarazy.values.ids import MotionId
from tarazy.values.replacing import replace

EVENTS_OPEN_MAX: Final = 30


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
        request_said=measure_words.request_of(view, office.context.pack, reader),
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


def _signed(
    lines: tuple[LineGrant, ...], form: Form, view: ScheduleView, signatory: Signatory, setting: Setting
) -> DecideMotion | Unread:
    """Return the decision under the signature of whoever sits here; or what of its particulars is missing."""
    reasons = form.text("reasons")[:REASONS_LENGTH_MAX]
    if len(reasons) < REASONS_LENGTH_MIN:
        return Unread("console.decide.reasons_missing")
    decision = unsigned_decision(lines, reasons, form, view, setting, on_paper=False)
    if decision is None:
        return Unread("console.decide.particulars_missing")
    signed = structs.replace(decision, statements=(signature_upon(decision, signatory, setting),))
    return DecideMotion(signed=signed, lines=lines, reasons=reasons, participant_id=signatory.participant_id)


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
