"""Requests to join a case: an investigator accepts or refuses each, with reasons."""

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from tarazy.app.joining import ACT_OF, DecideJoin, decide_join, join_terms
from tarazy.app.queries.case import case_view
from tarazy.app.queries.joining import joins_view
from tarazy.app.records import JOIN_REQUESTS, JoinRequest
from tarazy.app.store import Transaction
from tarazy.domain.rejection import Rejection
from tarazy.edge.console import words
from tarazy.edge.console.office import Office
from tarazy.edge.console.person import Signatory
from tarazy.edge.pages.form_page import Tried, form_page
from tarazy.edge.pages.forms import Form, PageRequest
from tarazy.protocol.statement import REASONS_LENGTH_MAX, REASONS_LENGTH_MIN
from tarazy.values.ids import ID_LENGTH_MAX, CaseId, ReportId
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace


def join_routes(office: Office) -> list[HTTPRouteHandler]:
    """Return the endpoints of the requests to join."""
    context = office.context

    def show(request: PageRequest, case_id: str, tried: Tried) -> Response[str]:
        """Show the reports that ask to join the case, and what was decided."""
        now = context.clock.now()
        view = office.read(lambda tx: case_view(tx, CaseId(case_id), context.pack, now))
        joins = office.read(lambda tx: joins_view(tx, CaseId(case_id)))
        if view is None:
            return office.not_found(request)
        return office.page(
            request,
            "joins.html",
            office.person(request),
            status=tried.status,
            view=view,
            joins=joins,
            words=words,
            entered=tried.form,
            rejection=tried.rejection,
            reasons_length_min=REASONS_LENGTH_MIN,
        )

    def decide(request: PageRequest, case_id: str, form: Form) -> Response[str] | Rejection:
        """Sign and carry out the decision; a lawful 'no' is shown in words."""
        signatory = office.person(request).signatory
        if signatory is None:
            return office.read_only(request)
        setting = context.setting()

        def act(tx: Transaction) -> JoinRequest | Rejection:
            command = _signed(tx, form, signatory, setting.now)
            return Rejection.join_unknown if command is None else decide_join(tx, command, setting)

        decided = context.peer.store.run(act)
        if isinstance(decided, Rejection):
            return decided
        return office.site.redirect(f"/console/cases/{case_id}/joins?done={decided.report_id}")

    return form_page("/cases/{subject:str}/joins", show, decide, status_of=office.status_of)


def _signed(tx: Transaction, form: Form, signatory: Signatory, now: Instant) -> DecideJoin | None:
    """Return what the official has decided, signed; None where there is no such request."""
    request = tx.get(JOIN_REQUESTS, form.text("report")[:ID_LENGTH_MAX])
    if request is None or form.text("decision") not in {"accept", "refuse"}:
        return None
    command = DecideJoin(
        report_id=ReportId(request.report_id),
        is_accepted=form.text("decision") == "accept",
        participant_id=signatory.participant_id,
        statement="",
    )
    reasons = form.text("reasons")[:REASONS_LENGTH_MAX]
    act, terms = ACT_OF[command.is_accepted], join_terms(request, is_accepted=command.is_accepted)
    return replace(command, statement=signatory.statement(act, command.report_id, reasons, now, terms))
