"""Beginning a measure, asking for one and asking for more time: one page, one signature upon many holds at once.

The law gate answers to each line while it is written. Whatever is refused, nothing that was typed is lost.
"""

from dataclasses import dataclass
from typing import Final

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.status_codes import HTTP_200_OK, HTTP_422_UNPROCESSABLE_ENTITY

from tarazy.app.measure_records import SCHEDULES, Motion, Schedule
from tarazy.app.measures import begin_measures
from tarazy.app.motions import file_motion
from tarazy.app.queries.case import case_view
from tarazy.app.queries.drafts import Draft, DraftView, LinePreview, draft_view
from tarazy.app.queries.motions import SHOWN_MAX, Queue, motion_queue
from tarazy.app.records import CASES, REPORTS
from tarazy.app.schedules import ActRefused
from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Transaction
from tarazy.edge.console import measure_words, words
from tarazy.edge.console.motion_form import (
    ANSWER_MAX,
    LINES_PER_ACT_MAX,
    WORDS_MAX,
    Asked,
    asked_of,
    asks_of,
    draft_of,
    id_of,
    new_id,
    signed_act,
    ticked,
    unreadable,
    whole_minute,
)
from tarazy.edge.console.office import Office
from tarazy.edge.console.person import Person
from tarazy.edge.console.reading import readable_cases
from tarazy.edge.pages.entered import typed_sum, write_local
from tarazy.edge.pages.form_page import Unread
from tarazy.edge.pages.forms import Form, PageRequest, read_form, read_query
from tarazy.edge.pages.guard import visitor_of
from tarazy.edge.pages.reader import Reader
from tarazy.law.assessment import ActorRole
from tarazy.protocol.statement import REASONS_LENGTH_MIN
from tarazy.values.ids import CaseId, HoldId
from tarazy.values.replacing import replace

SIGN: Final = "sign"
_DECIDING: Final = frozenset({ActorRole.prosecutor, ActorRole.investigating_judge, ActorRole.court})


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What came with the form and what came of it: nothing yet, a fault of reading, or a lawful 'no'."""

    form: Form
    is_sent: bool = False
    unread: Unread | None = None
    refused: ActRefused | None = None

    @property
    def status(self) -> int:
        """The status of the page that shows it."""
        is_fault = self.unread is not None or self.refused is not None
        return HTTP_422_UNPROCESSABLE_ENTITY if is_fault else HTTP_200_OK


def motion_routes(office: Office) -> list[HTTPRouteHandler]:
    """Return the endpoints of a new act."""

    @get("/cases/{case_id:str}/motions/new", sync_to_thread=True)
    def new(request: PageRequest, case_id: str) -> Response[str]:
        """Show the page to write an act upon what a case holds."""
        return _show(office, request, CaseId(case_id), Written(form=read_query(request)))

    @post("/cases/{case_id:str}/motions/new", sync_to_thread=True, status_code=HTTP_200_OK)
    def send(request: PageRequest, case_id: str, body: bytes) -> Response[str]:
        """Show what the law says of it, or sign and carry it out."""
        form = read_form(request, body)
        if form.text("do") != SIGN:
            return _show(office, request, CaseId(case_id), Written(form=form, is_sent=True))
        return _sign(office, request, CaseId(case_id), form)

    return [new, send]


def queue_routes(office: Office) -> list[HTTPRouteHandler]:
    """Return the endpoint of the queue."""

    @get("/motions", sync_to_thread=True)
    def queue(request: PageRequest) -> Response[str]:
        """Show the motions that somebody has to decide, the most urgent first."""
        person = office.person(request)
        signatory, capacity = person.signatory, person.acts_as
        to = capacity if capacity in _DECIDING else None
        author = signatory.participant_id if signatory is not None and capacity is ActorRole.investigator else None
        visitor = visitor_of(request)

        def may_be_shown(tx: Transaction) -> Queue:
            found = motion_queue(tx, to, author)
            cases = {row.motion.case_id for row in (*found.waiting, *found.over)}
            readable = readable_cases(tx, visitor, cases)
            return replace(
                found,
                waiting=tuple(row for row in found.waiting if row.motion.case_id in readable)[:SHOWN_MAX],
                over=tuple(row for row in found.over if row.motion.case_id in readable)[:SHOWN_MAX],
            )

        shown = office.read(may_be_shown)
        people = office.context.participants
        return office.page(
            request, "motions.html", person, shown=shown, people=people, to=to, author=author, says=measure_words
        )

    return [queue]


def _sign(office: Office, request: PageRequest, case_id: CaseId, form: Form) -> Response[str]:
    person, setting = office.person(request), office.context.setting()
    asked = asked_of(form, setting)
    if person.signatory is None:
        return office.read_only(request)
    known = office.read(lambda tx: tx.get(SCHEDULES, id_of(form, setting)))
    if known is not None and known.case_id == case_id and known.participant_id == person.signatory.participant_id:
        return office.site.redirect(f"/console/motions/{known.schedule_id}?done=known")
    draft, view = _read(office, form, asked, case_id, person, setting)
    if draft is None or view is None:
        return office.not_found(request)
    unread = unreadable(form, view, draft)
    if unread is not None:
        return _show(office, request, case_id, Written(form=form, is_sent=True, unread=unread))
    act = signed_act(form, asked, view, draft, person.signatory, setting)

    def carry_out(tx: Transaction) -> Schedule | Motion | ActRefused:
        if asked.ask == "begin":
            return begin_measures(tx, act, setting)
        return file_motion(tx, act, setting, asked.motion_ask)

    done = office.context.peer.store.run(carry_out)
    if isinstance(done, ActRefused):
        return _show(office, request, case_id, Written(form=form, is_sent=True, refused=done))
    return office.site.redirect(f"/console/motions/{act.signed.schedule_id}?done=yes")


def _read(
    office: Office, form: Form, asked: Asked, case_id: CaseId, person: Person, setting: Setting
) -> tuple[Draft | None, DraftView | None]:
    """Return what is written, and what the law gate answers to it."""
    case = office.read(lambda tx: tx.get(CASES, case_id))
    if case is None:
        return None, None
    of_case = Condition("case_id", "=", case_id)
    reports = office.read(lambda tx: tx.find(REPORTS, of_case, order=("signed_at",), limit=1))
    draft = draft_of(form, asked, case, reports[0].offence_id if reports else "", person, setting)
    return draft, office.read(lambda tx: draft_view(tx, draft, setting.pack, setting.now))


def _show(office: Office, request: PageRequest, case_id: CaseId, written: Written) -> Response[str]:
    """Show the page as it is written by now."""
    context = office.context
    person, setting, reader, form = office.person(request), context.setting(), office.site.reader(request), written.form
    asked = asked_of(form, setting)
    draft, draft_shown = _read(office, form, asked, case_id, person, setting)
    view = office.read(lambda tx: case_view(tx, case_id, context.pack, setting.now))
    if draft is None or draft_shown is None or view is None:
        return office.not_found(request)
    lines = draft_shown.lines[:LINES_PER_ACT_MAX]
    offences = sorted(context.pack.data.offences.values(), key=lambda one: (not one.within_purpose, one.article))
    return office.page(
        request,
        "motion_new.html",
        person,
        status=written.status,
        view=view,
        words=words,
        says=measure_words,
        asked=asked,
        asks=asks_of(setting.pack, setting.now),
        closes=measure_words.closes_said(asked.measure, view.case.currency, setting.now, setting.pack, reader),
        written=written,
        draft=draft,
        shown=draft_shown,
        lines=lines,
        left_out=len(draft_shown.lines) - len(lines),
        ticked=_ticked(form, lines),
        typed=lambda line: _typed(form, line, reader),
        schedule_id=form.text("schedule_id") or new_id(setting),
        offences=offences,
        offence=draft.offence_ids[0],
        offence_besides=(*draft.offence_ids[1:], "")[0],
        aims=context.pack.data.general.aims.value,
        words_max=WORDS_MAX,
        answer_max=ANSWER_MAX,
        reasons_length_min=REASONS_LENGTH_MIN,
        currency=view.case.currency,
    )


def _ticked(form: Form, lines: tuple[LinePreview, ...]) -> frozenset[HoldId]:
    """Return what is ticked: what was, or every line that the law lets through where all were asked for."""
    if form.is_ticked("all"):
        return frozenset(line.hold.hold_id for line in lines if not line.is_barred)
    return frozenset(ticked(form))


def _typed(form: Form, line: LinePreview, reader: Reader) -> tuple[str, str]:
    """Return a line's sum and end as they were typed; before that the most that may be asked."""
    name = line.hold.hold_id
    best = typed_sum(line.proposal.cap_minor, line.hold.currency)
    until = write_local(whole_minute(line.proposal.until), reader.timezone)
    is_sent = f"sum-{name}" in form.fields
    return (form.text(f"sum-{name}"), form.text(f"until-{name}")) if is_sent else (best, until)
