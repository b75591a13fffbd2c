"""What a person has offered to give back, and the way to take that back until it is paid."""

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler

from tarazy.agent.consent import OfferView, offer_of, take_back
from tarazy.agent.records import Holder
from tarazy.app.store import Transaction
from tarazy.edge.bank_app.app_site import AppSite
from tarazy.edge.pages.bank_site import NotThere
from tarazy.edge.pages.forms import PageRequest, read_form, read_query
from tarazy.values.ids import HoldId
from tarazy.values.instant import Instant


def return_handlers(app: AppSite) -> list[HTTPRouteHandler]:
    """Return the page of an offer, and the act that takes it back."""

    @get("/returns/{hold_id:str}", sync_to_thread=True)
    def offered(request: PageRequest, hold_id: str) -> Response[str]:
        """Show what the person gives back, what of it is paid, and how to take the rest back."""
        holder, reader = app.signed_in(request), app.site.reader(request)
        view = app.run(lambda tx: _own(tx, holder, HoldId(hold_id), reader.now))
        done = read_query(request).text("done")
        return app.page(request, holder, "return.html", title="app.return.title", view=view, done=done)

    @post("/returns/{hold_id:str}/take-back", sync_to_thread=True)
    def taken_back(request: PageRequest, hold_id: str, body: bytes) -> Response[str]:
        """Take the offer back. No reason is asked for."""
        holder = app.signed_in(request)
        read_form(request, body)
        setting, exchange = app.context.setting(), app.context.agent.exchange

        def work(tx: Transaction) -> None:
            _own(tx, holder, HoldId(hold_id), setting.now)
            take_back(tx, HoldId(hold_id), exchange, setting)

        app.run(work)
        return app.site.redirect(f"/app/returns/{hold_id}?done=yes")

    return [offered, taken_back]


def _own(tx: Transaction, holder: Holder, hold_id: HoldId, now: Instant) -> OfferView:
    """Return a person's own offer. Raises NotThere for any other."""
    view = offer_of(tx, hold_id, now)
    if view is None or view.offer.account_id != holder.account_id:
        raise NotThere
    return view
