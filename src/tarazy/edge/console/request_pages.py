"""An officer asks for an investigator's hold (M5). The law gate answers; nothing is placed from here yet."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.status_codes import HTTP_200_OK

from tarazy.app.lawgate import AIM
from tarazy.app.queries.asking import Traced, traced_of
from tarazy.app.queries.case import CaseView, HoldView, case_view
from tarazy.edge.console import words
from tarazy.edge.console.office import Office
from tarazy.edge.console.person import Person
from tarazy.edge.pages.entered import read_local, read_sum, write_local
from tarazy.edge.pages.forms import Form, PageRequest, read_form
from tarazy.edge.pages.reader import Reader
from tarazy.law.assessment import ActorRole, Alternative, AssertionKind, Fact, Measure, Request
from tarazy.law.gate import assess
from tarazy.values.ids import CaseId
from tarazy.values.instant import Instant

DAYS_DEFAULT: Final = 10
DAYS_ASKED_MAX: Final = 3650
DAYS_DIGITS_MAX: Final = 6
MILDER: Final = (Measure.M1, Measure.M2, Measure.M2t, Measure.M3, Measure.M4a, Measure.M4b)
"""The milder measures that the officer's reasons answer; the pack says which of them must be answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What the officer has entered; what could not be read is None and named in ``faults``.

    ``registration`` is not entered: it is the case's own, which an investigator has signed.
    """

    hold: HoldView | None
    whole_account: bool
    amount_minor: int | None
    at: Instant
    days: int
    offence_id: str
    registration: str | None
    reasons: str
    faults: frozenset[str]


def request_routes(office: Office) -> list[HTTPRouteHandler]:
    """Return the endpoints of the request. What is asked changes nothing, and still stands in no address."""

    @get("/cases/{case_id:str}/request", sync_to_thread=True)
    def open_form(request: PageRequest, case_id: str) -> Response[str]:
        """Show the form."""
        return _page(office, request, CaseId(case_id), Form({}))

    @post("/cases/{case_id:str}/request", sync_to_thread=True, status_code=HTTP_200_OK)
    def ask(request: PageRequest, case_id: str, body: bytes) -> Response[str]:
        """Show the form as it was sent, and the answer of the law gate."""
        return _page(office, request, CaseId(case_id), read_form(request, body))

    return [open_form, ask]


def _page(office: Office, request: PageRequest, case_id: CaseId, form: Form) -> Response[str]:
    context = office.context
    now = context.clock.now()
    view = office.read(lambda tx: case_view(tx, case_id, context.pack, now))
    if view is None:
        return office.not_found(request)
    person, reader = office.person(request), office.site.reader(request)
    asking = read_asking(form, view, reader)
    hold = asking.hold
    traced = None if hold is None else office.read(lambda tx: traced_of(tx, hold.hold))
    answer = None
    if form.is_ticked("asked") and traced is not None and not asking.faults:
        answer = assess(measure_request(asking, traced, person), context.pack, asking.at)
    return office.page(
        request,
        "request.html",
        person,
        view=view,
        currency=view.case.currency,
        words=words,
        asking=asking,
        entered=form,
        traced=traced,
        answer=answer,
        local=write_local(asking.at, context.pack.data.calendar.zone),
        offences=sorted(context.pack.data.offences.values(), key=lambda one: (not one.within_purpose, one.article)),
    )


def read_asking(form: Form, view: CaseView, reader: Reader) -> Asking:
    """Read the form. A field that was not sent gets what is most likely meant; one that is wrong is a fault."""
    faults = set()
    hold = next((one for one in view.holds if one.hold.hold_id == form.text("hold")), None)
    hold = hold or max(view.holds, key=lambda one: one.hold.held_minor, default=None)
    whole_account = form.text("scope") == "whole"
    amount = read_sum(form.text("amount"), view.case.currency) if form.text("amount") else None
    if form.is_ticked("asked") and not whole_account and amount is None:
        faults.add("amount")
    at = read_local(form.text("at"), reader.timezone) if form.text("at") else reader.now
    if at is None:
        faults.add("at")
    typed_days = form.text("days")
    days = int(typed_days) if typed_days.isdecimal() and len(typed_days) <= DAYS_DIGITS_MAX else DAYS_DEFAULT
    return Asking(
        hold=hold,
        whole_account=whole_account,
        amount_minor=None if whole_account else amount,
        at=at or reader.now,
        days=min(days, DAYS_ASKED_MAX),
        offence_id=form.text("offence") or (view.reports[0].offence_id if view.reports else ""),
        registration=view.case.registration,
        reasons=form.text("reasons") if form.is_ticked("asked") else reader.t("console.request.reasons.example"),
        faults=frozenset(faults),
    )


def measure_request(asking: Asking, traced: Traced, person: Person) -> Request:
    """Return the request as the law gate wants it. Sums and facts come from the case, reasons from the officer."""
    report = traced.report
    source = f"report {report.report_id}, signed by an officer of {report.participant_id}"
    return Request(
        measure=Measure.M5,
        actor_role=person.acts_as or ActorRole.exchange,
        officer_named=person.signatory is not None,
        currency=report.currency,
        amount_minor=asking.amount_minor,
        traced_minor=traced.traced_minor,
        claim_minor=traced.missing_minor,
        offence_id=asking.offence_id,
        aim=AIM,
        facts=tuple(Fact(kind=AssertionKind.fact, code=code, source=source) for code in report.facts),
        suitability=asking.reasons,
        alternatives=tuple(Alternative(rung=rung, why=asking.reasons) for rung in MILDER),
        impact=asking.reasons,
        features_used=(),
        duration=timedelta(days=asking.days),
        has_mandate=False,
        mandate_ceiling_minor=None,
        case_registration=asking.registration,
        report_signed=True,
        hiding_risk=asking.reasons,
        protected_minor=0,
        whole_account=asking.whole_account,
        extends=timedelta(0),
        extensions_used=0,
        exculpatory=(),
        exculpatory_answered=False,
        is_urgent=False,
        is_automatic=False,
        hands=(),
        locked_sources=frozenset(),
        reports_by_payer=0,
        reports_of_pair=0,
    )
