"""A decision on a motion that came on paper: one officer enters it line by line, another confirms it.

Nothing is filled in beforehand. The second officer sees everything that the first has entered, and signs the same.
"""

from functools import partial

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.status_codes import HTTP_200_OK
from msgspec import structs

from tarazy.app.paper import (
    ConfirmPaperDecision,
    EnterPaperDecision,
    confirm_paper_decision,
    enter_paper_decision,
    papers_on,
)
from tarazy.app.paper_records import PAPER_DECISIONS, PaperDecision
from tarazy.app.queries.motions import ScheduleView, SignedLine, schedule_view
from tarazy.app.schedules import ActRefused
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
from tarazy.edge.console.person import Person
from tarazy.edge.pages.form_page import Unread
from tarazy.edge.pages.forms import Form, PageRequest, read_form, read_query
from tarazy.protocol.schedule import LineGrant
from tarazy.protocol.statement import REASONS_LENGTH_MAX, REASONS_LENGTH_MIN
from tarazy.values.ids import DecisionId, MotionId


def paper_decision_routes(office: Office) -> list[HTTPRouteHandler]:
    """Return the endpoints of the papers upon one motion."""

    @get("/motions/{motion_id:str}/paper", sync_to_thread=True)
    def shown(request: PageRequest, motion_id: str) -> Response[str]:
        """Show what was entered from papers, and the form to enter one."""
        return _show(office, request, motion_id, Decided(form=read_query(request)))

    @post("/motions/{motion_id:str}/paper", sync_to_thread=True, status_code=HTTP_200_OK)
    def enter(request: PageRequest, motion_id: str, body: bytes) -> Response[str]:
        """Enter what stands on a paper, as its first reader."""
        return _enter(office, request, motion_id, read_form(request, body))

    @post("/motions/{motion_id:str}/paper/{decision_id:str}/confirm", sync_to_thread=True, status_code=HTTP_200_OK)
    def confirm(request: PageRequest, motion_id: str, decision_id: str, body: bytes) -> Response[str]:
        """Confirm it as the second reader: it is carried out at once."""
        read_form(request, body)  # nothing is typed; the form's own token is what counts
        return _confirm(office, request, motion_id, DecisionId(decision_id))

    return [shown, enter, confirm]


def _view(office: Office, motion_id: str) -> ScheduleView | None:
    view = office.read(lambda tx: schedule_view(tx, MotionId(motion_id), office.context.pack))
    return None if view is None or view.motion is None else view


def _show(office: Office, request: PageRequest, motion_id: str, entered: Decided) -> Response[str]:
    view = _view(office, motion_id)
    if view is None:
        return office.not_found(request)
    person = office.person(request)
    return office.page(
        request,
        "paper.html",
        person,
        status=entered.status,
        view=view,
        words=words,
        says=measure_words,
        decided=entered,
        papers=office.read(lambda tx: papers_on(tx, MotionId(motion_id))),
        may_confirm=partial(_may_confirm, view, person),
        choices=CHOICES,
        typed=lambda name, line: entered.typed(f"{name}-{line.row.line_id}"),
        lines_of=partial(_lines_of, view),
        name_length_max=NAME_LENGTH_MAX,
        reasons_length_min=REASONS_LENGTH_MIN,
    )


def _may_confirm(view: ScheduleView, person: Person, paper: PaperDecision) -> bool:
    """Return whether somebody is the second reader for whom a paper waits."""
    signatory = person.signatory
    if signatory is None or paper.is_in_full or not view.is_open:
        return False
    author = (view.schedule.participant_id, view.schedule.officer_id)
    is_author = (signatory.participant_id, signatory.officer_id) == author
    is_second = signatory.participant_id == paper.participant_id and signatory.officer_id != paper.entered_by
    return is_second and not is_author


def _lines_of(view: ScheduleView, paper: PaperDecision) -> list[tuple[SignedLine, LineGrant]]:
    """Return the lines of the motion, each with what the paper says of it."""
    grants = {grant.line_id: grant for grant in paper.lines}
    return [(line, grants[line.row.line_id]) for line in view.lines if line.row.line_id in grants]


def _enter(office: Office, request: PageRequest, motion_id: str, form: Form) -> Response[str]:
    signatory, setting, reader = office.person(request).signatory, office.context.setting(), office.site.reader(request)
    if signatory is None:
        return office.read_only(request)
    view = _view(office, motion_id)
    if view is None:
        return office.not_found(request)
    lines = read_lines(form, view, reader, setting)
    if isinstance(lines, Missing):
        return _show(office, request, motion_id, Decided(form=form, unread=lines.unread, lines=lines.lines))
    reasons = form.text("reasons")[:REASONS_LENGTH_MAX]
    decision = unsigned_decision(lines, reasons, form, view, setting, on_paper=True)
    if decision is None:
        return _show(office, request, motion_id, Decided(form=form, unread=Unread("paper.console.unread")))
    signed = structs.replace(decision, statements=(signature_upon(decision, signatory, setting),))
    command = EnterPaperDecision(signed=signed, lines=lines, reasons=reasons, participant_id=signatory.participant_id)
    done = office.context.peer.store.run(lambda tx: enter_paper_decision(tx, command, setting))
    if isinstance(done, ActRefused):
        refused = Decided(form=form, refused=done, lines=frozenset({done.place}))
        return _show(office, request, motion_id, refused)
    return office.site.redirect(f"/console/motions/{motion_id}/paper?done=entered")


def _confirm(office: Office, request: PageRequest, motion_id: str, decision_id: DecisionId) -> Response[str]:
    signatory, setting = office.person(request).signatory, office.context.setting()
    if signatory is None:
        return office.read_only(request)
    paper = office.read(lambda tx: tx.get(PAPER_DECISIONS, decision_id))
    if paper is None or paper.motion_id != motion_id:
        return office.not_found(request)
    command = ConfirmPaperDecision(
        decision_id=decision_id,
        participant_id=signatory.participant_id,
        statement=signature_upon(paper.signed, signatory, setting),
    )
    done = office.context.peer.store.run(lambda tx: confirm_paper_decision(tx, command, setting))
    if isinstance(done, ActRefused):
        return _show(office, request, motion_id, Decided(form=Form({}), refused=done))
    return office.site.redirect(f"/console/motions/{motion_id}/paper?done=confirmed")
