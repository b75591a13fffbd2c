"""The list of cases, one case live, and one piece with what the law gate said of it."""

from collections.abc import Sequence
from itertools import islice
from typing import Final

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.status_codes import HTTP_200_OK

from tarazy.app.access import ACCESS_KEY
from tarazy.app.measure_records import CaseFact
from tarazy.app.queries.case import CaseView, case_view
from tarazy.app.queries.cases import CasePage, Place, list_cases
from tarazy.app.queries.equation import OPEN_KINDS, terms_of
from tarazy.app.queries.forecast import Carried, forecast_of
from tarazy.app.queries.gate import gate_view
from tarazy.app.records import Event
from tarazy.app.store import Transaction
from tarazy.edge.console import measure_words, words
from tarazy.edge.console.chart import BAR_WIDTH, LINE, chart_of
from tarazy.edge.console.fact_pages import facts_in
from tarazy.edge.console.flow import flow_data
from tarazy.edge.console.motion_form import asks_of
from tarazy.edge.console.office import Office
from tarazy.edge.console.reading import PIECES_READ, readable_cases
from tarazy.edge.console.receipt_pages import console_receipt_routes
from tarazy.edge.pages.forms import PageRequest
from tarazy.edge.pages.guard import visitor_of
from tarazy.edge.pages.reader import Reader
from tarazy.values.ids import CaseId, PieceId
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace

BUSY_SECONDS: Final = 1
QUIET_SECONDS: Final = 10
SKIP_MAX: Final = 10_000
REFUSALS_SHOWN_MAX: Final = 20


def list_routes(office: Office) -> list[HTTPRouteHandler]:
    """Return the endpoints of the list of cases."""
    context = office.context

    @get("/", sync_to_thread=True)
    def cases(request: PageRequest) -> Response[str]:
        """Show the cases, newest first."""
        now = context.clock.now()
        start = _place(request)
        visitor = visitor_of(request)

        def may_be_shown(tx: Transaction) -> CasePage:
            found = list_cases(tx, context.pack, now, start)
            readable = readable_cases(tx, visitor, {row.case_id for row in found.rows})
            return replace(found, rows=tuple(row for row in found.rows if row.case_id in readable))

        shown = office.read(may_be_shown)
        return office.page(
            request,
            "cases.html",
            office.person(request),
            shown=shown,
            is_first=start is None,
            people=context.participants,
        )

    @get("/cases", sync_to_thread=False)
    def all_cases() -> Response[str]:
        """Lead to the list, for those who shorten an address by hand."""
        return office.site.redirect("/console")

    return [cases, all_cases]


def case_routes(office: Office) -> list[HTTPRouteHandler]:
    """Return the endpoints of one case."""
    context = office.context

    def view_of(case_id: str) -> CaseView | None:
        now = context.clock.now()
        return office.read(lambda tx: case_view(tx, CaseId(case_id), context.pack, now))

    @get("/cases/{case_id:str}", sync_to_thread=True)
    def case(request: PageRequest, case_id: str) -> Response[str]:
        """Show one case."""
        view = view_of(case_id)
        if view is None:
            return office.not_found(request)
        return office.page(
            request,
            "case.html",
            office.person(request),
            status=HTTP_200_OK,
            **_facts(view, office.site.reader(request)),
            **_carried_in(office, view),
            asks=asks_of(office.context.pack, office.site.reader(request).now),
        )

    @get("/cases/{case_id:str}/live", sync_to_thread=True)
    def live(request: PageRequest, case_id: str) -> Response[str]:
        """Show what is new in a case to a page that already shows one version of it."""
        view = view_of(case_id)
        if view is None:
            return office.not_found(request)
        if request.query_params.get("version") == view.version:
            return office.site.unchanged()
        facts = {**_facts(view, office.site.reader(request)), **_carried_in(office, view)}
        return office.page(request, "case_live.html", office.person(request), status=HTTP_200_OK, **facts)

    @get("/cases/{case_id:str}/pieces/{piece_id:str}", sync_to_thread=True, opt={ACCESS_KEY: PIECES_READ})
    def piece(request: PageRequest, case_id: str, piece_id: str) -> Response[str]:
        """Show one piece: where its units are, what was refused, and both verdicts of the law gate."""
        view = view_of(case_id)
        found = None if view is None else next((one for one in view.pieces if one.piece_id == piece_id), None)
        if view is None or found is None:
            return office.not_found(request)
        return office.page(
            request,
            "piece.html",
            office.person(request),
            status=HTTP_200_OK,
            **_facts(view, office.site.reader(request)),
            piece=found,
            hold=view.hold(found.hold_id),
            gate=office.read(lambda tx: gate_view(tx, found, context.pack)),
            children=[one for one in view.pieces if one.parent_id == found.piece_id],
            refusals=refusals_of(view, found.piece_id),
        )

    return [case, live, piece, *console_receipt_routes(office)]


def refusals_of(view: CaseView, piece_id: PieceId) -> list[Event]:
    """Return the refused answers about a piece, newest first, whoever gave them; of many the newest."""
    refused = (one for one in view.events if one.kind == "answer_refused" and one.subject_id == piece_id)
    return list(islice(refused, REFUSALS_SHOWN_MAX))


def _place(request: PageRequest) -> Place | None:
    """Return where the page of the list begins; an address that cannot be read begins at the newest."""
    try:
        opened_by = Instant.parse(request.query_params["before"])
        skip = int(request.query_params.get("skip", "0"))
    except (KeyError, ValueError, OverflowError):
        return None
    return Place(opened_by, min(max(skip, 0), SKIP_MAX))


def _facts(view: CaseView, reader: Reader) -> dict[str, object]:
    """Return what the templates of a case are given."""
    standing = frozenset(one.hold.hold_id for one in view.holds if one.stands)
    start = min((tracing.rank for tracing in view.tracings), default=view.case.opened_at)
    return {
        "view": view,
        "currency": view.case.currency,
        "words": words,
        "sentence": words.sentence(view.equation, reader),
        "shares": _shares([term.amount_minor for term in view.equation.terms], view.equation.stolen_minor),
        "open_kinds": OPEN_KINDS,
        "standing": standing,
        "terms_of": terms_of,
        "chart": chart_of(view.pieces, standing, start),
        "bar_width": BAR_WIDTH,
        "line": LINE,
        "flow": flow_data(view, standing, reader),
        "start": start,
        "every": None if view.is_over and not view.is_busy else BUSY_SECONDS if view.is_busy else QUIET_SECONDS,
    }


def _carried_in(office: Office, view: CaseView) -> dict[str, object]:
    """Return what carries each hold, and the facts on both sides."""
    case_id, now = view.case.case_id, office.context.clock.now()

    def read(tx: Transaction) -> tuple[tuple[Carried, ...], tuple[CaseFact, ...]]:
        return forecast_of(tx, case_id, now), facts_in(tx, case_id)

    forecast, facts = office.read(read)
    return {"forecast": forecast, "facts": facts, "says": measure_words}


def _shares(amounts: Sequence[int], whole: int) -> list[tuple[int, int]]:
    """Return where each stretch of the equation's bar begins and how long it is, in thousandths of the whole."""
    stretches, done = [], 0
    for amount in amounts:
        begin = 1000 * done // max(1, whole)
        done += amount
        stretches.append((begin, max(1000 * done // max(1, whole) - begin, 4)))
    return stretches
