"""Entering what a court or a prosecutor has decided, and confirming what another officer has entered from a paper.

Whoever can decide signs the decision as their own. Whoever else may read the authority's papers enters what stands on
one, and a second officer of the same authority, who has it before them as well, signs the same.
"""

import secrets
from datetime import date, timedelta
from functools import partial
from typing import Final

from litestar import Response, post
from litestar.handlers import HTTPRouteHandler
from msgspec import structs

from tarazy.app.authorisations import (
    NAME_LENGTH_MAX,
    ConfirmAuthorisation,
    EnterAuthorisation,
    WhoDecides,
    authorisations_of,
    confirm_authorisation,
    enter_authorisation,
    ordered_minor,
    who_decides,
)
from tarazy.app.queries.case import CaseView, case_view
from tarazy.app.records import CaseHold
from tarazy.app.refund_records import AUTHORISATIONS, EnteredAuthorisation
from tarazy.app.store import Transaction
from tarazy.domain.rejection import Rejection
from tarazy.edge.console import words
from tarazy.edge.console.office import Office
from tarazy.edge.console.person import Person, Signatory
from tarazy.edge.pages.entered import read_local, read_sum, write_local
from tarazy.edge.pages.form_page import Tried, Unread, form_page
from tarazy.edge.pages.forms import Form, PageRequest, read_form
from tarazy.edge.pages.reader import Reader
from tarazy.law.assessment import ActorRole, Lane
from tarazy.protocol.authorisation import HOLDS_MAX, Authorisation
from tarazy.protocol.statement import REASONS_LENGTH_MAX, REASONS_LENGTH_MIN, Act
from tarazy.values.ids import ID_LENGTH_MAX, AuthorisationId, CaseId, HoldId
from tarazy.values.instant import Instant

ID_BYTES: Final = 16
VALID: Final = timedelta(days=10)
"""What the form offers as the end; the paper says which it is."""
LANES: Final = (Lane.court, Lane.investigator)
"""The lanes in which another than the holder decides."""


def authorisation_routes(office: Office) -> list[HTTPRouteHandler]:
    """Return the endpoints of the authorisations of a case."""

    @post("/cases/{case_id:str}/authorisations/{authorisation_id:str}/confirm", sync_to_thread=True)
    def confirm(request: PageRequest, case_id: str, authorisation_id: str, body: bytes) -> Response[str]:
        """Sign, as another officer, what was entered from a paper."""
        form, signatory = read_form(request, body), office.person(request).signatory
        if signatory is None:
            return office.read_only(request)
        entered = office.read(lambda tx: tx.get(AUTHORISATIONS, AuthorisationId(authorisation_id)))
        if entered is None or entered.case_id != case_id:
            return office.not_found(request)
        setting = office.context.setting()
        command = ConfirmAuthorisation(
            authorisation_id=entered.authorisation_id,
            participant_id=signatory.participant_id,
            statement=_signed(signatory, entered.decision, form.text("reasons"), setting.now),
        )
        outcome = office.context.peer.store.run(lambda tx: confirm_authorisation(tx, command, setting))
        if isinstance(outcome, Rejection):
            tried = Tried(form=form, rejection=outcome, status=office.status_of(outcome))
            return _show(office, request, case_id, tried)
        return office.site.redirect(f"/console/cases/{case_id}/authorisations?done={authorisation_id}")

    show, enter = partial(_show, office), partial(_enter, office)
    page = form_page("/cases/{subject:str}/authorisations", show, enter, status_of=office.status_of)
    return [*page, confirm]


def _show(office: Office, request: PageRequest, case_id: str, tried: Tried) -> Response[str]:
    """Show what was entered in a case, and the form to enter a decision."""
    reader, person, lane = office.site.reader(request), office.person(request), _lane(tried.form)
    context = office.context
    now = context.clock.now()
    view = office.read(lambda tx: case_view(tx, CaseId(case_id), context.pack, now))
    if view is None:
        return office.not_found(request)
    holds = _holds(view)
    return office.page(
        request,
        "authorisations.html",
        person,
        status=tried.status,
        view=view,
        words=words,
        tried=tried,
        authorisation_id=tried.typed("authorisation_id") or _new_id(),
        entered=office.read(lambda tx: _entered(tx, view.case.case_id)),
        may_confirm=lambda one: _may_confirm(person, one),
        now=now,
        on_paper=_is_on_paper(person, who_decides(context.pack, lane, now)),
        lanes=LANES,
        lane=lane,
        holds=holds,
        ticked=tried.form.all("hold") if tried.is_refused else (),
        amount=tried.typed("amount"),
        decided_on=tried.typed("decided_on") or now.utc.astimezone(reader.timezone).date().isoformat(),
        valid_to=tried.typed("valid_to") or write_local(now.plus(VALID), reader.timezone),
        name_length_max=NAME_LENGTH_MAX,
        reasons_length_min=REASONS_LENGTH_MIN,
    )


def _enter(office: Office, request: PageRequest, case_id: str, form: Form) -> Response[str] | Rejection | Unread:
    """Sign and enter a decision; a lawful 'no' is shown in words."""
    person, reader = office.person(request), office.site.reader(request)
    context = office.context
    signatory, now = person.signatory, context.clock.now()
    if signatory is None:
        return office.read_only(request)
    view = office.read(lambda tx: case_view(tx, CaseId(case_id), context.pack, now))
    if view is None:
        return Rejection.case_unknown
    deciding = who_decides(context.pack, _lane(form), now)
    if deciding is None:
        return Rejection.lane_unknown
    decision = _decision(form, view, reader, deciding.by, on_paper=_is_on_paper(person, deciding))
    if isinstance(decision, Unread):
        return decision
    text = _signed(signatory, decision, form.text("reasons"), now)
    command = EnterAuthorisation(
        decision=structs.replace(decision, statements=(text,)), participant_id=signatory.participant_id
    )
    setting = context.setting()
    outcome = context.peer.store.run(lambda tx: enter_authorisation(tx, command, setting))
    if isinstance(outcome, Rejection):
        return outcome
    return office.site.redirect(f"/console/cases/{case_id}/authorisations?done={outcome.authorisation_id}")


def _lane(form: Form) -> Lane:
    lane = form.text("lane")
    return Lane(lane) if lane in LANES else Lane.court


def _is_on_paper(person: Person, deciding: WhoDecides | None) -> bool:
    """Return whether somebody can only enter what they have before them: it is not theirs to decide."""
    return deciding is None or person.acts_as is not deciding.by


def _may_confirm(person: Person, entered: EnteredAuthorisation) -> bool:
    """Return whether somebody is the second officer for whom an entry waits."""
    signatory = person.signatory
    if signatory is None or entered.is_in_full or signatory.participant_id != entered.participant_id:
        return False
    return signatory.officer_id != entered.entered_by


def _entered(tx: Transaction, case_id: CaseId) -> list[tuple[EnteredAuthorisation, int]]:
    """Return what was entered in a case, each with what was ordered upon it."""
    return [(one, ordered_minor(tx, one)) for one in authorisations_of(tx, case_id)]


def _holds(view: CaseView) -> tuple[CaseHold, ...]:
    """Return the holds that stand: what can be decided upon."""
    return tuple(one.hold for one in view.holds if one.stands and one.hold.held_minor)[:HOLDS_MAX]


def _decision(form: Form, view: CaseView, reader: Reader, by: ActorRole, *, on_paper: bool) -> Authorisation | Unread:
    """Return the decision as it was entered, not signed yet; or what of it cannot be read."""
    amount = read_sum(form.text("amount"), view.case.currency)
    decided_on, valid_to = _day(form.text("decided_on")), read_local(form.text("valid_to"), reader.timezone)
    holds = tuple(dict.fromkeys(HoldId(one) for one in form.all("hold")[:HOLDS_MAX]))
    if amount is None:
        return Unread("console.authorisation.amount_unread")
    if decided_on is None or valid_to is None:
        return Unread("console.authorisation.time_unread")
    if not holds:
        return Unread("console.authorisation.no_hold")
    return Authorisation(
        authorisation_id=AuthorisationId(form.text("authorisation_id")[:ID_LENGTH_MAX] or _new_id()),
        case_id=view.case.case_id,
        lane=_lane(form),
        amount_minor=amount,
        currency=view.case.currency,
        hold_ids=holds,
        by=by,
        forum=form.text("forum")[: NAME_LENGTH_MAX + 1],
        decision_no=form.text("number")[: NAME_LENGTH_MAX + 1],
        decided_on=decided_on,
        valid_to=valid_to,
        on_paper=on_paper,
        statements=(),
        is_second_demand=_lane(form) is Lane.investigator and form.is_ticked("second"),
    )


def _new_id() -> str:
    return f"au_{secrets.token_hex(ID_BYTES)}"


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _signed(signatory: Signatory, decision: Authorisation, reasons: str, now: Instant) -> str:
    """Return an officer's signature upon a decision, with their reasons."""
    return signatory.statement(
        Act.authorise, decision.authorisation_id, reasons[:REASONS_LENGTH_MAX], now, decision.terms()
    )
