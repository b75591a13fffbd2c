"""Appeals at the console: the queue by due time, and the page on which an authority decides one.

What the official can show for the measure stands first, and what is missing is said in words. The person's own words
are sealed; only whoever decides opens them, and that they did is recorded.
"""

from dataclasses import dataclass
from typing import Final

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.status_codes import HTTP_200_OK, HTTP_422_UNPROCESSABLE_ENTITY

from tarazy.app.access import ACCESS_KEY, OF_SUPERVISORS, Access, ReadAction, Role, Who
from tarazy.app.admitting import DecideAdmission, decide_admission
from tarazy.app.appeal_records import Appeal
from tarazy.app.queries.appeals import SHOWN_MAX, AppealView, QueuedAppeal, appeal_queue, appeal_view, open_words
from tarazy.app.reviewing import DecideAppeal, decide_appeal
from tarazy.app.store import Transaction
from tarazy.domain.appeal import AppealOutcome, AppealStatus, TurnedDown
from tarazy.domain.hands import Hand
from tarazy.domain.rejection import Rejection
from tarazy.edge.console.error_pages import ERRORS_READ
from tarazy.edge.console.office import Office
from tarazy.edge.console.person import Person
from tarazy.edge.console.reading import LISTS, READERS, readable_cases
from tarazy.edge.pages.entered import read_sum
from tarazy.edge.pages.form_page import Tried, Unread
from tarazy.edge.pages.forms import Form, PageRequest, read_form, read_query
from tarazy.edge.pages.guard import visitor_of
from tarazy.edge.pages.reader import Reader
from tarazy.protocol import jws
from tarazy.protocol.statement import REASONS_LENGTH_MAX, REASONS_LENGTH_MIN, Act, Statement
from tarazy.protocol.wire import from_json
from tarazy.values.ids import AppealId, ParticipantId
from tarazy.values.replacing import replace

_DECIDE: Final = frozenset({Role.prosecutor, Role.investigating_judge, Role.court, Role.supervisor})
"""Who can be a forum. A supervisor is one only with a key of their own, and where the pack names the regulator."""
_FORUMS: Final = frozenset({Who.officer, Who.supervisor})
ADMIT: Final = "admit"
DONE: Final = frozenset({"yes", AppealStatus.admitted, AppealStatus.not_admitted})
APPEAL_READ: Final = Access(who=frozenset({Who.officer, Who.supervisor}), roles=READERS, reads=ReadAction.read_appeal)
APPEAL_DECIDED: Final = Access(who=_FORUMS, roles=_DECIDE, reads=ReadAction.read_appeal, needs_step_up=True)
WORDS_OPENED: Final = Access(who=_FORUMS, roles=_DECIDE, reads=ReadAction.read_appeal_words, needs_step_up=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """Somebody before one appeal: whether it is theirs to decide, and if not, the code of the text that says why."""

    person: Person
    why_not: str | None

    @property
    def may_decide(self) -> bool:
        """Whether they can open the words and decide."""
        return self.why_not is None


def appeal_routes(office: Office) -> list[HTTPRouteHandler]:
    """Return the endpoints of the queue and of one appeal."""
    return [*_queue_routes(office), *_one_routes(office), _admission_route(office)]


def _queue_routes(office: Office) -> list[HTTPRouteHandler]:
    @get("/appeals", sync_to_thread=True, opt={ACCESS_KEY: LISTS})
    def queue(request: PageRequest) -> Response[str]:
        """Show what waits for this capacity in cases before this body; a supervisor sees what waits anywhere."""
        visitor = visitor_of(request)
        assert visitor is not None
        capacity = office.person(request).acts_as
        decider = None if visitor.role in OF_SUPERVISORS or capacity is None else capacity.value

        def may_be_shown(tx: Transaction) -> list[QueuedAppeal]:
            found = appeal_queue(tx, decider)
            readable = readable_cases(tx, visitor, {row.appeal.case_id for row in found})
            return [row for row in found if row.appeal.case_id in readable][:SHOWN_MAX]

        rows = office.read(may_be_shown)
        return office.page(
            request,
            "appeals.html",
            office.person(request),
            rows=rows,
            is_all=decider is None,
            sees_errors=visitor.role in ERRORS_READ.roles,
        )

    return [queue]


def _one_routes(office: Office) -> list[HTTPRouteHandler]:
    @get("/cases/{case_id:str}/appeals/{appeal_id:str}", sync_to_thread=True, opt={ACCESS_KEY: APPEAL_READ})
    def appeal(request: PageRequest, case_id: str, appeal_id: str) -> Response[str]:
        """Show the legality bundle, then the appeal."""
        return _page(office, request, case_id, AppealId(appeal_id), Tried(form=read_query(request)))

    @post(
        "/cases/{case_id:str}/appeals/{appeal_id:str}/words",
        sync_to_thread=True,
        status_code=HTTP_200_OK,
        opt={ACCESS_KEY: WORDS_OPENED},
    )
    def words(request: PageRequest, case_id: str, appeal_id: str, body: bytes) -> Response[str]:
        """Open what the person wrote, for whoever decides, and record it."""
        form = read_form(request, body)
        view = _view(office, case_id, AppealId(appeal_id))
        if view is None:
            return office.not_found(request)
        seat, setting = _seat(office.person(request), view), office.context.setting()
        signatory = seat.person.signatory
        if not seat.may_decide or signatory is None:
            return office.read_only(request)
        reader = Hand(signatory.participant_id, signatory.officer_id)
        opened = office.act(lambda tx: open_words(tx, view.appeal.appeal_id, reader, setting))
        return _page(office, request, case_id, AppealId(appeal_id), Tried(form=form), opened=opened)

    @post("/cases/{case_id:str}/appeals/{appeal_id:str}", sync_to_thread=True, opt={ACCESS_KEY: APPEAL_DECIDED})
    def decide(request: PageRequest, case_id: str, appeal_id: str, body: bytes) -> Response[str]:
        """Decide as the reviewer has chosen, under their own signature."""
        form, view = read_form(request, body), _view(office, case_id, AppealId(appeal_id))
        if view is None:
            return office.not_found(request)
        signatory = office.person(request).signatory
        if signatory is None:
            return office.read_only(request)
        command = _command(form, view, signatory.participant_id)
        if isinstance(command, Unread):
            tried = Tried(form=form, unread=command, status=HTTP_422_UNPROCESSABLE_ENTITY)
            return _page(office, request, case_id, AppealId(appeal_id), tried)
        setting, reasons = office.context.setting(), form.text("reasons")[:REASONS_LENGTH_MAX]
        text = signatory.statement(Act.decide_appeal, command.appeal_id, reasons, setting.now, command.terms())
        outcome = office.act(lambda tx: decide_appeal(tx, replace(command, statement=text), setting))
        if isinstance(outcome, Rejection):
            tried = Tried(form=form, rejection=outcome, status=office.status_of(outcome))
            return _page(office, request, case_id, AppealId(appeal_id), tried)
        return office.site.redirect(f"/console/cases/{case_id}/appeals/{appeal_id}?done=yes")

    return [appeal, words, decide]


def _admission_route(office: Office) -> HTTPRouteHandler:
    @post(
        "/cases/{case_id:str}/appeals/{appeal_id:str}/admission",
        sync_to_thread=True,
        opt={ACCESS_KEY: APPEAL_DECIDED},
    )
    def admission(request: PageRequest, case_id: str, appeal_id: str, body: bytes) -> Response[str]:
        """Admit an appeal, or turn it down for a reason that was chosen, under the officer's own signature."""
        form, view = read_form(request, body), _view(office, case_id, AppealId(appeal_id))
        if view is None:
            return office.not_found(request)
        signatory = office.person(request).signatory
        if signatory is None:
            return office.read_only(request)
        is_heard = form.text("to") == ADMIT
        if not is_heard and form.text("why") not in TurnedDown.__members__:
            tried = Tried(form=form, unread=Unread("console.appeal.no_why"), status=HTTP_422_UNPROCESSABLE_ENTITY)
            return _page(office, request, case_id, AppealId(appeal_id), tried)
        command = DecideAdmission(
            appeal_id=view.appeal.appeal_id,
            why=None if is_heard else TurnedDown(form.text("why")),
            participant_id=signatory.participant_id,
            statement="",
        )
        setting, reasons = office.context.setting(), "" if is_heard else form.text("why_reasons")[:REASONS_LENGTH_MAX]
        text = signatory.statement(command.act, command.appeal_id, reasons, setting.now, command.terms())
        outcome = office.read(lambda tx: decide_admission(tx, replace(command, statement=text), setting))
        if isinstance(outcome, Rejection):
            tried = Tried(form=form, rejection=outcome, status=office.status_of(outcome))
            return _page(office, request, case_id, AppealId(appeal_id), tried)
        return office.site.redirect(f"/console/cases/{case_id}/appeals/{appeal_id}?done={outcome.status}")

    return admission


def _command(form: Form, view: AppealView, participant_id: ParticipantId) -> DecideAppeal | Unread:
    """Return the decision as it was chosen, not signed yet; or what of it cannot be read."""
    if form.text("outcome") not in AppealOutcome.__members__:
        return Unread("desk.appeal.no_outcome")
    outcome, keep = AppealOutcome(form.text("outcome")), 0
    if outcome is AppealOutcome.measure_narrowed:
        typed = read_sum(form.text("keep"), view.hold.currency)
        if typed is None:
            return Unread("desk.sum_not_read")
        keep = typed
    seen = set(form.all("missing"))
    return DecideAppeal(
        appeal_id=view.appeal.appeal_id,
        outcome=outcome,
        keep_minor=keep,
        missing=tuple(item.value for item in view.bundle.missing if item.value in seen),
        why_still=form.text("why_still")[:REASONS_LENGTH_MAX],
        participant_id=participant_id,
        statement="",
    )


def _view(office: Office, case_id: str, appeal_id: AppealId) -> AppealView | None:
    """Return an appeal of this case; None for any other: whose case may be read says nothing of another one's."""
    setting = office.context.setting()

    def read(tx: Transaction) -> AppealView | None:
        return appeal_view(tx, appeal_id, setting)

    view = office.read(read)
    return None if view is None or view.appeal.case_id != case_id else view


def _seat(person: Person, view: AppealView) -> Seat:
    """Return whether an appeal is somebody's to decide."""
    signatory = person.signatory
    if signatory is None:
        return Seat(person=person, why_not="console.appeal.reads_only")
    if person.acts_as is None or person.acts_as.value != view.appeal.decider:
        return Seat(person=person, why_not="console.appeal.other_forum")
    if view.is_barred(Hand(signatory.participant_id, signatory.officer_id)):
        return Seat(person=person, why_not="console.appeal.had_a_hand")
    return Seat(person=person, why_not=None if view.is_open else "console.appeal.is_over")


def _page(
    office: Office, request: PageRequest, case_id: str, appeal_id: AppealId, tried: Tried, opened: str | None = None
) -> Response[str]:
    view, reader = _view(office, case_id, appeal_id), office.site.reader(request)
    if view is None:
        return office.not_found(request)
    person, done = office.person(request), tried.form.text("done")
    return office.page(
        request,
        "appeal.html",
        person,
        status=tried.status,
        view=view,
        seat=_seat(person, view),
        opened=opened,
        words_asked=request.url.path.endswith("/words"),
        reasons=[(one, _reasons(one)) for one in view.chain],
        tried=tried,
        refusal=_refusal(tried, reader),
        seen=tried.form.all("missing") if tried.is_refused else (),
        outcomes=list(AppealOutcome),
        done=done if done in DONE and not tried.is_refused else "",
        reasons_min=REASONS_LENGTH_MIN,
        reasons_max=REASONS_LENGTH_MAX,
    )


def _reasons(appeal: Appeal) -> str:
    """Return the reasons of a decision: they stand under the signature of whoever decided."""
    if appeal.statement is None:
        return ""
    return from_json(jws.read(appeal.statement).payload, Statement).reasons


def _refusal(tried: Tried, reader: Reader) -> str:
    """Return why what was sent was not done; empty where it was, or where nothing was sent."""
    if tried.unread is not None:
        return reader.t(tried.unread.code)
    if tried.rejection is None:
        return ""
    code = f"desk.rejection.{tried.rejection}"
    own = f"console.appeal.no.{tried.rejection}"
    return reader.t(own) if reader.has(own) else reader.t(code)
