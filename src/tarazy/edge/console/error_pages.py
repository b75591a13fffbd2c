"""The error register at the console: who had no hand in a measure says how grave an error was, or that it was none.

An error is noted by the program itself; nobody has to accuse anybody. What is classified is published as a count.
"""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Final

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from tarazy.app.access import OF_SUPERVISORS, Access, ReadAction, Role, Who
from tarazy.app.appeal_records import RecordedError
from tarazy.app.claims import AnswerClaim, answer_claim, open_claim_words
from tarazy.app.errors import ClassifyError, classify_error
from tarazy.app.queries.errors import ErrorView, error_view, errors_listed, kind_shown
from tarazy.domain.claim import ClaimStatus
from tarazy.domain.error import ErrorKind, ErrorStatus
from tarazy.domain.hands import Hand
from tarazy.domain.rejection import Rejection
from tarazy.edge.console.office import Office
from tarazy.edge.console.person import Person
from tarazy.edge.console.reading import readable_errors
from tarazy.edge.pages.entered import read_sum
from tarazy.edge.pages.form_page import Tried, Unread, form_page
from tarazy.edge.pages.forms import Form, PageRequest
from tarazy.edge.pages.guard import visitor_of, with_access
from tarazy.edge.pages.reader import Reader
from tarazy.protocol.statement import REASONS_LENGTH_MAX, REASONS_LENGTH_MIN, Act
from tarazy.values.ids import ClaimId, ErrorId
from tarazy.values.replacing import replace

_PEOPLE: Final = frozenset({Who.officer, Who.supervisor})
_OVERSEE: Final = OF_SUPERVISORS | {Role.prosecutor, Role.investigating_judge, Role.court}
ERRORS_READ: Final = Access(who=_PEOPLE, roles=_OVERSEE)
"""The list: it shows its reader only what they may read one by one."""
ERROR_READ: Final = Access(who=_PEOPLE, roles=_OVERSEE, reads=ReadAction.read_errors)
ERROR_SIGNED: Final = Access(who=_PEOPLE, roles=_OVERSEE, reads=ReadAction.read_errors, needs_step_up=True)
NO_ERROR: Final = "none"
ANSWERS: Final = frozenset({ClaimStatus.accepted, ClaimStatus.refused, ClaimStatus.settled})
NO_WORDS: Final[Mapping[ClaimId, str]] = {}


def error_routes(office: Office) -> list[HTTPRouteHandler]:
    """Return the list of errors, and the page on which one is classified."""

    @get("/errors", sync_to_thread=True)
    def errors(request: PageRequest) -> Response[str]:
        """Show the newest errors, those that nobody has classified first."""
        visitor, reader = visitor_of(request), office.site.reader(request)
        rows = office.read(lambda tx: readable_errors(tx, visitor, errors_listed(tx)))
        lasted = partial(_lasted, reader)
        return office.page(
            request, "errors.html", office.person(request), rows=rows, kind_shown=kind_shown, lasted=lasted
        )

    one = form_page("/errors/{subject:str}", partial(_page, office), partial(_sent, office), status_of=office.status_of)
    return [
        *with_access([errors], reads=ERRORS_READ),
        *with_access(one, reads=ERROR_READ, acts=ERROR_SIGNED),
    ]


def _sent(office: Office, request: PageRequest, error_id: str, form: Form) -> Response[str] | Rejection | Unread:
    """Carry out what the form is for: a claim's answer, its words, or how grave the error was."""
    match form.text("to"):
        case "claim":
            return _answer(office, request, error_id, form)
        case "words":
            return _open_words(office, request, error_id, form)
        case _:
            return _classify(office, request, error_id, form)


def _answer(office: Office, request: PageRequest, error_id: str, form: Form) -> Response[str] | Rejection | Unread:
    """Sign what is owed for a claim, that nothing is, or that it was paid."""
    signatory, chosen = office.person(request).signatory, form.text("outcome")
    if signatory is None:
        return office.read_only(request)
    view = office.read(lambda tx: error_view(tx, ErrorId(error_id)))
    claim = None if view is None else next((one for one in view.claims if one.claim_id == form.text("claim")), None)
    if claim is None:
        return office.not_found(request)
    if chosen not in ANSWERS:
        return Unread("claim.console.no_outcome")
    status, minor = ClaimStatus(chosen), claim.accepted_minor
    if status is ClaimStatus.accepted:
        read = read_sum(form.text("sum"), claim.currency)
        if read is None:
            return Unread("claim.fault.sum")
        minor = read
    command = AnswerClaim(
        claim_id=claim.claim_id,
        status=status,
        accepted_minor=minor,
        participant_id=signatory.participant_id,
        statement="",
    )
    setting, reasons = office.context.setting(), form.text("reasons")[:REASONS_LENGTH_MAX]
    text = signatory.statement(Act.answer_claim, command.claim_id, reasons, setting.now, command.terms())
    outcome = office.act(lambda tx: answer_claim(tx, replace(command, statement=text), setting))
    if isinstance(outcome, Rejection):
        return outcome
    return office.site.redirect(f"/console/errors/{error_id}?done=claim")


def _open_words(office: Office, request: PageRequest, error_id: str, form: Form) -> Response[str]:
    """Show the page with the words of one claim; that they were opened is recorded."""
    signatory, setting = office.person(request).signatory, office.context.setting()
    if signatory is None:
        return office.read_only(request)
    hand, claim_id = Hand(signatory.participant_id, signatory.officer_id), ClaimId(form.text("claim"))
    view = office.read(lambda tx: error_view(tx, ErrorId(error_id)))
    if view is None or all(one.claim_id != claim_id for one in view.claims):
        return office.not_found(request)
    said = office.act(lambda tx: open_claim_words(tx, claim_id, hand, setting))
    return _page(office, request, error_id, Tried(form=form), {claim_id: said or ""})


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
    outcome = office.act(lambda tx: classify_error(tx, replace(command, statement=text), setting))
    if isinstance(outcome, Rejection):
        return outcome
    return office.site.redirect(f"/console/errors/{error_id}?done=yes")


def _page(
    office: Office, request: PageRequest, error_id: str, tried: Tried, words: Mapping[ClaimId, str] = NO_WORDS
) -> Response[str]:
    """Show one error: what went wrong, how much, how long; the form to classify it, and the claims for it."""
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
        done="" if tried.is_refused else tried.form.text("done"),
        may_answer=_may_answer(person, view),
        heads=lambda claim: ", ".join(reader.t(f"claim.head.{one}") for one in claim.heads),
        words=words,
        reasons_min=REASONS_LENGTH_MIN,
        reasons_max=REASONS_LENGTH_MAX,
    )


def _may_answer(person: Person, view: ErrorView) -> bool:
    """Tell whether somebody may answer claims for an error: they sign, and had no hand in the measure."""
    signatory = person.signatory
    return signatory is not None and not view.is_barred(Hand(signatory.participant_id, signatory.officer_id))


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
