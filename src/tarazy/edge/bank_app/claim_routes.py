"""The letter about an error in the bank's app, and the claim for what it has cost: sent once, and where it stands."""

from typing import Final

from litestar import Response
from litestar.handlers import HTTPRouteHandler
from litestar.status_codes import HTTP_422_UNPROCESSABLE_ENTITY

from tarazy.agent.appeals import WORDS_LENGTH_MAX
from tarazy.agent.claim_records import LOCAL_ERRORS, LocalClaim, LocalError
from tarazy.agent.claims import LodgeClaim, claims_for, lodge_claim
from tarazy.agent.records import HOLDS, AgentHold, Holder
from tarazy.app.store import Transaction
from tarazy.domain.appeal import AppealRoad, Appellant
from tarazy.domain.claim import LossHead
from tarazy.domain.error import ErrorStatus
from tarazy.domain.rejection import Rejection
from tarazy.edge.bank_app.app_site import AppSite
from tarazy.edge.pages.bank_site import NotThere
from tarazy.edge.pages.entered import read_sum
from tarazy.edge.pages.form_page import Tried, Unread, form_page
from tarazy.edge.pages.forms import Form, PageRequest
from tarazy.edge.pages.reader import Reader
from tarazy.values.ids import ErrorId

__all__ = ["claim_handlers", "heads_ticked", "state_of"]

SENT: Final = "sent"


def claim_handlers(app: AppSite) -> list[HTTPRouteHandler]:
    """Return the page of an error upon a person's own account; its form is a claim."""

    def show(request: PageRequest, error_id: str, tried: Tried) -> Response[str]:
        """Show the letter, what is claimed, and the form where nothing is yet."""
        return _page(app, request, ErrorId(error_id), tried)

    def send(request: PageRequest, error_id: str, form: Form) -> Response[str] | Rejection | Unread:
        """Keep the claim and pass it on."""
        holder, setting = app.signed_in(request), app.context.setting()
        error, hold = app.run(lambda tx: _own(tx, holder, ErrorId(error_id)))
        amount = read_sum(form.text("sum"), hold.currency)
        if amount is None:
            return Unread("claim.fault.sum")
        command = LodgeClaim(
            error_id=error.error_id,
            claimant=Appellant.holder,
            road=AppealRoad.app,
            is_identified=True,
            heads=heads_ticked(form),
            words=form.text("words"),
            amount_minor=amount,
            currency=hold.currency,
        )
        kept = app.run(lambda tx: lodge_claim(tx, command, app.context.agent.exchange, setting))
        return kept if isinstance(kept, Rejection) else app.site.redirect(f"/app/claims/{error_id}?done={SENT}")

    return form_page("/claims/{subject:str}", show, send, status_of=lambda _: HTTP_422_UNPROCESSABLE_ENTITY)


def heads_ticked(form: Form) -> tuple[str, ...]:
    """Return the heads of loss that were ticked."""
    return tuple(one for one in form.all("heads") if one in LossHead.__members__)


def state_of(claim: LocalClaim, reader: Reader) -> list[str]:
    """Return where a claim stands, in one to three sentences."""
    said = [reader.t(f"claim.state.{claim.state}", accepted=reader.money(claim.accepted_minor, claim.currency))]
    if claim.state == "filed":
        due = claim.due_at
        said.append(reader.t("claim.no_due") if due is None else reader.t("claim.due", due=reader.brief(due)))
    if claim.forum is not None:
        said.append(reader.t("claim.forum", forum=reader.t(claim.forum)))
    return said


def _own(tx: Transaction, holder: Holder, error_id: ErrorId) -> tuple[LocalError, AgentHold]:
    """Return an error of which a person has a letter, and its hold. Raises NotThere for any other."""
    error = tx.get(LOCAL_ERRORS, error_id)
    hold = None if error is None else tx.get(HOLDS, error.hold_id)
    if error is None or hold is None or error.account_id != holder.account_id or error.served_at is None:
        raise NotThere
    return error, hold


def _page(app: AppSite, request: PageRequest, error_id: ErrorId, tried: Tried) -> Response[str]:
    holder, reader = app.signed_in(request), app.site.reader(request)
    error, _ = app.run(lambda tx: _own(tx, holder, error_id))
    claims = app.run(lambda tx: claims_for(tx, error_id))
    own = [one for one in claims if one.claimant is Appellant.holder]
    return app.page(
        request,
        holder,
        "claim.html",
        title="claim.app.title",
        status=tried.status,
        error=error,
        is_dismissed=error.state == ErrorStatus.dismissed,
        claims=[(one, state_of(one, reader)) for one in own],
        heads=tuple(LossHead),
        ticked=tried.form.all("heads"),
        typed=tried.typed,
        fault=tried.unread.code if tried.unread is not None else "",
        words_max=WORDS_LENGTH_MAX,
        is_done=tried.form.text("done") == SENT and not tried.is_refused,
    )
