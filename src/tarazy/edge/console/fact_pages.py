"""Facts of a case on both sides, and adding one: what it is, from where it is known, and for whom it speaks."""

import secrets
from typing import Final

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from tarazy.app.facts import FOR_HOLDER, FOR_MEASURE, GRADES, SOURCE_LENGTH_MAX, AddFact, add_fact
from tarazy.app.measure_records import CaseFact
from tarazy.app.measure_request import facts_of_case
from tarazy.app.queries.case import case_view
from tarazy.app.records import CASES
from tarazy.app.store import Transaction
from tarazy.domain.rejection import Rejection
from tarazy.edge.console import measure_words, words
from tarazy.edge.console.office import Office
from tarazy.edge.pages.form_page import Tried, Unread, form_page
from tarazy.edge.pages.forms import Form, PageRequest
from tarazy.law.assessment import AssertionKind
from tarazy.protocol.statement import Act
from tarazy.values.ids import ID_LENGTH_MAX, CaseId
from tarazy.values.replacing import replace

ID_BYTES: Final = 16
FOR: Final = ("holder", "measure")


def fact_routes(office: Office) -> list[HTTPRouteHandler]:
    """Return the endpoints of the facts of a case."""
    context = office.context

    def show(request: PageRequest, case_id: str, tried: Tried) -> Response[str]:
        """Show the facts of a case side by side, and the form to add one."""
        now, reader = context.clock.now(), office.site.reader(request)
        view = office.read(lambda tx: case_view(tx, CaseId(case_id), context.pack, now))
        if view is None:
            return office.not_found(request)
        return office.page(
            request,
            "facts.html",
            office.person(request),
            status=tried.status,
            view=view,
            words=words,
            says=measure_words,
            facts=office.read(lambda tx: facts_in(tx, CaseId(case_id))),
            tried=tried,
            fact_id=tried.typed("fact_id") or f"fa_{secrets.token_hex(ID_BYTES)}",
            for_holder=FOR_HOLDER,
            for_measure=FOR_MEASURE,
            kind_options=[(one.value, reader.t(f"console.facts.kind.{one}")) for one in AssertionKind],
            grade_options=[(one, reader.t(f"console.facts.grade.{one}")) for one in GRADES],
            source_length_max=SOURCE_LENGTH_MAX,
        )

    def enter(request: PageRequest, case_id: str, form: Form) -> Response[str] | Rejection | Unread:
        """Add the fact; what is missing is said, and what was typed is kept."""
        signatory = office.person(request).signatory
        if signatory is None:
            return office.read_only(request)
        speaks, _, code = form.text("fact").partition("/")
        if speaks not in FOR or code not in (FOR_HOLDER if speaks == "holder" else FOR_MEASURE):
            return Unread("console.facts.side_unread")
        if not form.text("source"):
            return Unread("console.facts.source_missing")
        command = AddFact(
            fact_id=form.text("fact_id")[:ID_LENGTH_MAX] or f"fa_{secrets.token_hex(ID_BYTES)}",
            case_id=CaseId(case_id),
            kind=form.text("kind"),
            code=code,
            source=" ".join(form.text("source").split()),
            grade=form.text("grade"),
            is_for_holder=speaks == "holder",
            participant_id=signatory.participant_id,
            statement="",
        )
        setting = context.setting()
        statement = signatory.statement(Act.state_fact, command.fact_id, "", setting.now, command.terms())
        command = replace(command, statement=statement)
        done = context.peer.store.run(lambda tx: add_fact(tx, command, setting))
        if isinstance(done, Rejection):
            return done
        return office.site.redirect(f"/console/cases/{case_id}/facts?done=yes")

    return form_page("/cases/{subject:str}/facts", show, enter, status_of=office.status_of)


def facts_in(tx: Transaction, case_id: CaseId) -> tuple[CaseFact, ...]:
    """Return the facts of a case that may be rested on, the oldest first."""
    case = tx.get(CASES, case_id)
    return () if case is None else tuple(facts_of_case(tx, case))
