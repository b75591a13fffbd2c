"""The error register at the console: who had no hand in a measure says how grave an error was, or that it was none.

An error is noted by the program itself; nobody has to accuse anybody. What is classified is published as a count.
"""

from datetime import timedelta
from functools import partial
from typing import Final

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from tarazy.app.access import OF_SUPERVISORS, Access, Role, Who
from tarazy.app.appeal_records import RecordedError
from tarazy.app.errors import ClassifyError, classify_error
from tarazy.app.queries.errors import ErrorView, error_view, errors_listed, kind_shown
from tarazy.domain.error import ErrorKind, ErrorStatus
from tarazy.domain.hands import Hand
from tarazy.domain.rejection import Rejection
from tarazy.edge.console.office import Office
from tarazy.edge.console.person import Person
from tarazy.edge.pages.form_page import Tried, Unread, form_page
from tarazy.edge.pages.forms import Form, PageRequest
from tarazy.edge.pages.guard import with_access
from tarazy.edge.pages.reader import Reader
from tarazy.protocol.statement import REASONS_LENGTH_MAX, REASONS_LENGTH_MIN, Act
from tarazy.values.ids import ErrorId
from tarazy.values.replacing import replace

_PEOPLE: Final = frozenset({Who.officer, Who.supervisor})
_OVERSEE: Final = OF_SUPERVISORS | {Role.prosecutor, Role.investigating_judge, Role.court}
ERRORS_READ: Final = Access(who=_PEOPLE, roles=_OVERSEE)
ERRORS_SIGNED: Final = Access(who=_PEOPLE, roles=_OVERSEE, needs_step_up=True)
NO_ERROR: Final = "none"


def error_routes(office: Office) -> list[HTTPRouteHandler]:
    """Return the list of errors, and the page on which one is classified."""

    @get("/errors", sync_to_thread=True)
    def errors(request: PageRequest) -> Response[str]:
        """Show the newest errors, those that nobody has classified first."""
        rows, reader = office.read(errors_listed), office.site.reader(request)
        lasted = partial(_lasted, reader)
        return office.page(
            request, "errors.html", office.person(request), rows=rows, kind_shown=kind_shown, lasted=lasted
        )

    one = form_page(
        "/errors/{subject:str}", partial(_page, office), partial(_classify, office), status_of=office.status_of
    )
    return with_access([errors, *one], reads=ERRORS_READ, acts=ERRORS_SIGNED)


def _classify(office: Office, request: PageRequest, error_id: str, form: Form) -> Response[str] | Rejection | Unread:
    """Sign how grave an error was, or that there was none."""
    signatory, chosen = office.person(request).signatory, form.text("kind")
    if signatory is None:
        return office.read_only(request)
    if chosen != NO_ERROR and chosen not in ErrorKind.__members__:
        return Unread("console.error.no_kind")
    view = office.read(lambda tx: error_view(tx, ErrorId(error_id)))
    if view is None:
        return office.not_found(request)
    command = ClassifyError(
        error_id=view.error.error_id,
        kind=None if chosen == NO_ERROR else ErrorKind(chosen),
        participant_id=signatory.participant_id,
        statement="",
    )
    setting, reasons = office.context.setting(), form.text("reasons")[:REASONS_LENGTH_MAX]
    terms = (("kind", command.kind or ""), ("cause", view.error.cause))
    text = signatory.statement(Act.classify_error, command.error_id, reasons, setting.now, terms)
    outcome = office.read(lambda tx: classify_error(tx, replace(command, statement=text), setting))
    if isinstance(outcome, Rejection):
        return outcome
    return office.site.redirect(f"/console/errors/{error_id}?done=yes")


def _page(office: Office, request: PageRequest, error_id: str, tried: Tried) -> Response[str]:
    """Show one error: what went wrong, how much, how long; and the form to classify it."""
    view, person, reader = (
        office.read(lambda tx: error_view(tx, ErrorId(error_id))),
        office.person(request),
        office.site.reader(request),
    )
    if view is None:
        return office.not_found(request)
    refusal = ""
    if tried.unread is not None:
        refusal = reader.t(tried.unread.code)
    elif tried.rejection is not None:
        refusal = reader.t(f"desk.rejection.{tried.rejection}")
    return office.page(
        request,
        "error.html",
        person,
        status=tried.status,
        view=view,
        kind=kind_shown(view.error),
        lasted=partial(_lasted, reader),
        why_not=_why_not(person, view),
        kinds=(*ErrorKind, NO_ERROR),
        tried=tried,
        refusal=refusal,
        is_done=tried.form.text("done") == "yes" and not tried.is_refused,
        reasons_min=REASONS_LENGTH_MIN,
        reasons_max=REASONS_LENGTH_MAX,
    )


def _lasted(reader: Reader, error: RecordedError) -> str:
    """Return how long the money was wrongly held."""
    return reader.span(timedelta(seconds=error.held_s))


def _why_not(person: Person, view: ErrorView) -> str | None:
    """Return the code of the text that says why somebody cannot classify an error; None where they can."""
    if view.error.status is not ErrorStatus.noted:
        return "console.error.is_classified"
    if person.signatory is None:
        return "console.appeal.reads_only"
    hand = Hand(person.signatory.participant_id, person.signatory.officer_id)
    return "console.appeal.had_a_hand" if view.is_barred(hand) else None
