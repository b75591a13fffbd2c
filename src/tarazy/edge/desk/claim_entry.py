"""Writing a claim for compensation down for somebody: by telephone, on paper, at the branch; read back, then sent."""

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from tarazy.agent.appeals import WORDS_LENGTH_MAX
from tarazy.agent.claim_records import LOCAL_ERRORS, LocalError
from tarazy.agent.claims import LodgeClaim, claims_for, lodge_claim
from tarazy.agent.records import HOLDERS, HOLDS, AgentHold, Holder
from tarazy.app.claims import heads_in
from tarazy.app.store import Transaction
from tarazy.domain.appeal import AppealRoad, Appellant
from tarazy.domain.claim import LossHead
from tarazy.domain.rejection import Rejection
from tarazy.edge.bank_app.claim_routes import heads_ticked, state_of
from tarazy.edge.desk.appeal_entry import ROADS
from tarazy.edge.desk.desk_site import DeskSite, status_of
from tarazy.edge.pages.bank_site import NotThere
from tarazy.edge.pages.entered import read_sum
from tarazy.edge.pages.form_page import Tried, Unread, form_page
from tarazy.edge.pages.forms import Form, PageRequest
from tarazy.values.ids import ErrorId, OfficerId


def claim_entry_handlers(desk: DeskSite) -> list[HTTPRouteHandler]:
    """Return the page on which a claim is written down."""

    def show(request: PageRequest, error_id: str, tried: Tried) -> Response[str]:
        """Show what is claimed already, and the form."""
        return _page(desk, request, ErrorId(error_id), tried)

    def send(request: PageRequest, error_id: str, form: Form) -> Response[str] | Rejection | Unread:
        """Keep it under the assistant's name, once it was read back."""
        officer = desk.signed_in(request)
        error, hold, _ = desk.run(lambda tx: _error(tx, ErrorId(error_id)))
        command = _entered(form, error, hold, officer.officer_id)
        if isinstance(command, Unread):
            return command
        setting, exchange = desk.setting(), desk.context.agent.exchange
        kept = desk.run(lambda tx: lodge_claim(tx, command, exchange, setting))
        if isinstance(kept, Rejection):
            return kept
        said = (command.amount_minor, heads_in(command.heads), command.words.strip()[:WORDS_LENGTH_MAX])
        if (kept.amount_minor, kept.heads, kept.words) != said:
            return Unread("claim.desk.known")
        return desk.site.redirect(f"/desk/claims/new/{error_id}?done=yes")

    return form_page("/claims/new/{subject:str}", show, send, status_of=status_of)


def _entered(form: Form, error: LocalError, hold: AgentHold, officer_id: OfficerId) -> LodgeClaim | Unread:
    """Return what was written down; or what of it is missing."""
    road, claimant, amount = form.text("road"), form.text("appellant"), read_sum(form.text("sum"), hold.currency)
    if road not in ROADS:
        return Unread("desk.appeal.no_road")
    if claimant not in Appellant.__members__:
        return Unread("desk.appeal.no_appellant")
    if amount is None:
        return Unread("claim.fault.sum")
    if not form.is_ticked("was_read"):
        return Unread("desk.appeal.not_read_back")
    return LodgeClaim(
        error_id=error.error_id,
        claimant=Appellant(claimant),
        road=AppealRoad(road),
        is_identified=form.is_ticked("identified"),
        heads=heads_ticked(form),
        words=form.text("words"),
        amount_minor=amount,
        currency=hold.currency,
        entered_by=officer_id,
    )


def _error(tx: Transaction, error_id: ErrorId) -> tuple[LocalError, AgentHold, Holder | None]:
    """Return an error, its hold and whose account that is on. Raises NotThere for an unknown one."""
    error = tx.get(LOCAL_ERRORS, error_id)
    hold = None if error is None else tx.get(HOLDS, error.hold_id)
    if error is None or hold is None:
        raise NotThere
    return error, hold, tx.get(HOLDERS, error.account_id)


def _page(desk: DeskSite, request: PageRequest, error_id: ErrorId, tried: Tried) -> Response[str]:
    officer, reader = desk.signed_in(request), desk.site.reader(request)
    error, hold, holder = desk.run(lambda tx: _error(tx, error_id))
    claims = desk.run(lambda tx: claims_for(tx, error_id))
    return desk.form_page(
        request,
        officer,
        "claim_entry.html",
        tried,
        title="claim.desk.enter",
        error=error,
        hold=hold,
        holder=holder,
        claims=[(one, state_of(one, reader)) for one in claims],
        roads=ROADS,
        appellants=list(Appellant),
        heads=tuple(LossHead),
        ticked=tried.form.all("heads"),
        typed=tried.form,
        words_max=WORDS_LENGTH_MAX,
        is_done=tried.form.text("done") == "yes" and not tried.is_refused,
    )
