"""One measure: its life as a line of events with receipts, its law of that day, whose hands are in it, and its end."""

from typing import Final

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.status_codes import HTTP_200_OK, HTTP_422_UNPROCESSABLE_ENTITY

from tarazy.app.measures import LiftMeasure, lift_measure
from tarazy.app.queries.measures import MeasureView, measure_view
from tarazy.domain.measure import END_WITHOUT
from tarazy.domain.rejection import Rejection
from tarazy.edge.console import measure_words, words
from tarazy.edge.console.deferral_pages import deferral_routes, deferral_view, why
from tarazy.edge.console.office import Office
from tarazy.edge.console.person import Person
from tarazy.edge.pages.entered import write_local
from tarazy.edge.pages.forms import Form, PageRequest, read_form, read_query
from tarazy.law.assessment import ActorRole
from tarazy.protocol.statement import REASONS_LENGTH_MAX, REASONS_LENGTH_MIN, Act
from tarazy.values.ids import MeasureId

DONE: Final = frozenset({"lifted", "deferred", "undeferred"})


def measure_routes(office: Office) -> list[HTTPRouteHandler]:
    """Return the endpoints of one measure."""

    @get("/measures/{measure_id:str}", sync_to_thread=True)
    def shown(request: PageRequest, measure_id: str) -> Response[str]:
        """Show a measure."""
        return _show(office, request, measure_id, read_query(request), None)

    @post("/measures/{measure_id:str}/end", sync_to_thread=True, status_code=HTTP_200_OK)
    def lift(request: PageRequest, measure_id: str, body: bytes) -> Response[str]:
        """Lift a measure: sign that it ends now."""
        form, signatory, setting = read_form(request, body), office.person(request).signatory, office.context.setting()
        if signatory is None:
            return office.read_only(request)
        view = office.read(lambda tx: measure_view(tx, MeasureId(measure_id)))
        if view is None:
            return office.not_found(request)
        terms = (("case_id", str(view.measure.case_id)), ("hold_id", str(view.measure.hold_id)))
        reasons = form.text("reasons")[:REASONS_LENGTH_MAX]
        command = LiftMeasure(
            measure_id=view.measure.measure_id,
            participant_id=signatory.participant_id,
            statement=signatory.statement(Act.lift_measure, measure_id, reasons, setting.now, terms),
        )
        done = office.context.peer.store.run(lambda tx: lift_measure(tx, command, setting))
        if isinstance(done, Rejection):
            return _show(office, request, measure_id, form, done)
        return office.site.redirect(f"/console/measures/{measure_id}?done=lifted")

    def again(request: PageRequest, measure_id: str, form: Form, rejection: Rejection) -> Response[str]:
        return _show(office, request, measure_id, form, rejection)

    return [shown, lift, *deferral_routes(office, again)]


def may_lift(view: MeasureView, person: Person) -> bool:
    """Return whether somebody is offered to lift a measure: its author's body, or an authority above it."""
    signatory = person.signatory
    if signatory is None or view.measure.status.is_final:
        return False
    if person.acts_as is ActorRole.investigator:
        return signatory.participant_id == view.measure.author_participant_id
    return person.acts_as in {ActorRole.prosecutor, ActorRole.investigating_judge}


def _show(
    office: Office, request: PageRequest, measure_id: str, form: Form, rejection: Rejection | None
) -> Response[str]:
    view = office.read(lambda tx: measure_view(tx, MeasureId(measure_id)))
    if view is None:
        return office.not_found(request)
    person, pack = office.person(request), office.context.pack
    measure, now = view.measure, office.context.clock.now()
    deferral = office.read(lambda tx: deferral_view(tx, measure, person, pack, now))
    ahead, done = deferral.next_step, form.text("done")
    return office.page(
        request,
        "measure.html",
        person,
        status=HTTP_200_OK if rejection is None else HTTP_422_UNPROCESSABLE_ENTITY,
        view=view,
        words=words,
        says=measure_words,
        closes=measure_words.closes_said(
            measure.measure, measure.currency, measure.begins_at, pack, office.site.reader(request)
        ),
        norms=words.norms(pack, measure.norms, measure.begins_at),
        otherwise=END_WITHOUT[measure.next_step],
        may_lift=may_lift(view, person),
        entered=form,
        rejection=rejection,
        reasons_length_min=REASONS_LENGTH_MIN,
        deferral=deferral,
        latest_typed="" if ahead is None else write_local(ahead.latest, pack.data.calendar.zone),
        why=why,
        done=done if done in DONE else "",
    )
