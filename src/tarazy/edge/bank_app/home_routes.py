"""The first page: how much money there is, what works, what is held and until when, and the last movements."""

from typing import Final

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from tarazy.agent.claims import errors_told
from tarazy.agent.consent import OfferState, offers_of
from tarazy.agent.movements import Movement, last_movements
from tarazy.agent.pause_records import pauses_of
from tarazy.agent.records import ServedNotice
from tarazy.agent.reference_core import CORE_PAYMENTS, Payment
from tarazy.agent.requests import CustomerRequest, requests_of
from tarazy.app.store import Key, Transaction
from tarazy.edge.bank_app.app_site import AppSite
from tarazy.edge.bank_app.hearing_routes import asked_now
from tarazy.edge.bank_app.notice_routes import ToldNotice, all_notices_for
from tarazy.edge.pages.forms import PageRequest
from tarazy.values.ids import AccountId

MOVEMENTS_SHOWN: Final = 10
NOTICES_SHOWN: Final = 2
OFFERS_SHOWN: Final = frozenset({OfferState.open, OfferState.being_paid})
"""What is over stands with the notice of its hold."""


def home_handlers(app: AppSite) -> list[HTTPRouteHandler]:
    """Return the first page."""

    @get("/home", sync_to_thread=True)
    def home(request: PageRequest) -> Response[str]:
        """Show a person their own account."""
        holder, reader = app.signed_in(request), app.site.reader(request)
        money = app.money_of(holder, reader.now)
        offers = app.run(lambda tx: offers_of(tx, holder.account_id, reader.now))
        movements, paid, notices, requests = app.run(lambda tx: _read(tx, holder.account_id, money.account.currency))
        return app.page(
            request,
            holder,
            "home.html",
            title="app.home.title",
            money=money,
            movements=[(movement, paid.get((movement.transfer_ref,))) for movement in movements],
            notices=notices[:NOTICES_SHOWN],
            notice_of={notice.hold_id: notice for notice in reversed(notices) if isinstance(notice, ServedNotice)},
            requests=requests,
            pauses=app.run(lambda tx: pauses_of(tx, holder.account_id)),
            errors=app.run(lambda tx: errors_told(tx, holder.account_id)),
            hearings=app.run(lambda tx: asked_now(tx, holder.account_id)),
            offers=[view for view in offers if view.state in OFFERS_SHOWN],
        )

    @get("/", sync_to_thread=False)
    def to_home() -> Response[str]:
        """Lead to the first page."""
        return app.site.redirect("/app/home")

    return [to_home, home]


def _read(
    tx: Transaction, account_id: AccountId, currency: str
) -> tuple[tuple[Movement, ...], dict[Key, Payment], list[ToldNotice], list[CustomerRequest]]:
    movements = last_movements(tx, account_id, currency, MOVEMENTS_SHOWN)
    sent = {(movement.transfer_ref,) for movement in movements if not movement.is_credit and movement.transfer_ref}
    paid = tx.get_many(CORE_PAYMENTS, sent)
    return movements, paid, all_notices_for(tx, account_id), requests_of(tx, account_id)
