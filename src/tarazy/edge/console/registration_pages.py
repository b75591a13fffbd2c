"""Entering the registration of a case: a number and a day that an investigator signs."""

from typing import Final

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from tarazy.app.queries.case import case_view
from tarazy.app.registering import RegisterCase, register_case
from tarazy.domain.case import REGISTRATION_LENGTH_MAX
from tarazy.domain.rejection import Rejection
from tarazy.edge.console import words
from tarazy.edge.console.office import Office
from tarazy.edge.console.person import Signatory
from tarazy.edge.pages.entered import read_local, write_local
from tarazy.edge.pages.form_page import Tried, form_page
from tarazy.edge.pages.forms import Form, PageRequest
from tarazy.edge.pages.reader import Reader
from tarazy.protocol.statement import REASONS_LENGTH_MAX, REASONS_LENGTH_MIN, Act
from tarazy.values.ids import CaseId
from tarazy.values.replacing import replace

NUMBER_READ_MAX: Final = 2 * REGISTRATION_LENGTH_MAX
"""A number that is too long is refused as one, and not cut to fit."""


def registration_routes(office: Office) -> list[HTTPRouteHandler]:
    """Return the endpoints of the registration."""
    context = office.context

    def show(request: PageRequest, case_id: str, tried: Tried) -> Response[str]:
        """Show the registration of a case, and the form to enter it."""
        now = context.clock.now()
        view = office.read(lambda tx: case_view(tx, CaseId(case_id), context.pack, now))
        if view is None:
            return office.not_found(request)
        at = view.case.registered_at or now
        return office.page(
            request,
            "registration.html",
            office.person(request),
            status=tried.status,
            view=view,
            words=words,
            entered=tried.form,
            rejection=tried.rejection,
            number=tried.form.text("number") or view.case.registration or "",
            local=tried.form.text("at") or write_local(at, office.site.reader(request).timezone),
            reasons_length_min=REASONS_LENGTH_MIN,
        )

    def enter(request: PageRequest, case_id: str, form: Form) -> Response[str] | Rejection:
        """Sign and enter the registration; a lawful 'no' is shown in words."""
        signatory = office.person(request).signatory
        if signatory is None:
            return office.read_only(request)
        command = _command(form, CaseId(case_id), signatory, office.site.reader(request))
        setting = context.setting()
        if command is None:
            return Rejection.registration_malformed
        entered = context.peer.store.run(lambda tx: register_case(tx, command, setting))
        if isinstance(entered, Rejection):
            return entered
        return office.site.redirect(f"/console/cases/{case_id}/registration?done=yes")

    return form_page("/cases/{subject:str}/registration", show, enter, status_of=office.status_of)


def _command(form: Form, case_id: CaseId, signatory: Signatory, reader: Reader) -> RegisterCase | None:
    """Return what the official has entered, signed; None where the moment cannot be read."""
    at = read_local(form.text("at"), reader.timezone)
    if at is None:
        return None
    command = RegisterCase(
        case_id=case_id,
        participant_id=signatory.participant_id,
        registration=form.text("number").strip()[:NUMBER_READ_MAX],
        registered_at=at,
        statement="",
    )
    reasons = form.text("reasons")[:REASONS_LENGTH_MAX]
    signed = signatory.statement(Act.register_case, case_id, reasons, reader.now, command.terms())
    return replace(command, statement=signed)
