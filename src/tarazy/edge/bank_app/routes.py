"""The addresses of the bank's app."""

from litestar import Response, Router, get, post
from litestar.handlers import HTTPRouteHandler

from tarazy.agent.queries import demonstration_holders
from tarazy.agent.records import HOLDERS
from tarazy.app.access import PUBLIC
from tarazy.edge.bank_app.access import APP_DECLARED, APP_OWN
from tarazy.edge.bank_app.app_site import ACCOUNT_COOKIE, AppSite, app_site_of
from tarazy.edge.bank_app.appeal_routes import appeal_handlers
from tarazy.edge.bank_app.claim_routes import claim_handlers
from tarazy.edge.bank_app.code_routes import code_router
from tarazy.edge.bank_app.deceived_routes import deceived_handlers
from tarazy.edge.bank_app.hearing_routes import hearing_handlers
from tarazy.edge.bank_app.home_routes import home_handlers
from tarazy.edge.bank_app.notice_routes import notice_handlers
from tarazy.edge.bank_app.pause_appeal_routes import pause_appeal_handlers
from tarazy.edge.bank_app.pause_routes import pause_handlers
from tarazy.edge.bank_app.pay_routes import pay_handlers
from tarazy.edge.bank_app.return_routes import return_handlers
from tarazy.edge.context import AgentContext
from tarazy.edge.pages.bank_site import NotThere
from tarazy.edge.pages.faults import require_readable
from tarazy.edge.pages.forms import FORM_BYTES_MAX, PageRequest, read_form
from tarazy.edge.pages.guard import gate_of, guard_of, with_access
from tarazy.edge.sign_in.pages import leave
from tarazy.values.ids import AccountId


def bank_app_routes(context: AgentContext) -> list[HTTPRouteHandler | Router]:
    """Return the pages of the bank's app."""
    app = app_site_of(context)
    handlers = [
        *with_access(_sign_in(app), reads=PUBLIC),
        *with_access(home_handlers(app), reads=APP_OWN),
        *with_access(pay_handlers(app), reads=APP_OWN, acts=APP_DECLARED),
        *with_access(pause_handlers(app), reads=APP_OWN, acts=APP_DECLARED),
        *with_access(notice_handlers(app), reads=APP_OWN, acts=APP_DECLARED),
        *with_access(return_handlers(app), reads=APP_OWN, acts=APP_DECLARED),
        *with_access(hearing_handlers(app), reads=APP_OWN, acts=APP_DECLARED),
        *with_access(appeal_handlers(app), reads=APP_OWN),
        *with_access(claim_handlers(app), reads=APP_OWN),
        *with_access(pause_appeal_handlers(app), reads=APP_OWN),
        *with_access(deceived_handlers(app), reads=APP_OWN),
    ]
    return [
        Router(
            path="/app",
            route_handlers=handlers,
            guards=[guard_of(gate_of(context))],
            before_request=require_readable,
            request_max_body_size=FORM_BYTES_MAX,
            exception_handlers=app.faults(),
            include_in_schema=False,
        ),
        code_router(app),
    ]


def _sign_in(app: AppSite) -> list[HTTPRouteHandler]:
    @get("/sign-in", sync_to_thread=True)
    def choose_person(request: PageRequest) -> Response[str]:
        """Let somebody choose an invented person; nobody else's name is ever shown."""
        app.require_demonstration()
        people = app.run(demonstration_holders)
        return app.page(request, None, "app_sign_in.html", title="app.sign_in.title", people=people)

    @post("/sign-in", sync_to_thread=True)
    def sign_in(request: PageRequest, body: bytes) -> Response[str]:
        """Remember whose app it is."""
        app.require_demonstration()
        account_id = AccountId(read_form(request, body).text("account_id"))
        holder = app.run(lambda tx: tx.get(HOLDERS, account_id))
        if holder is None or not holder.is_demonstration:
            raise NotThere
        cookies = [app.site.cookie(ACCOUNT_COOKIE, account_id), leave(app.context, request)]
        return app.site.redirect("/app/home", cookies=cookies)

    return [choose_person, sign_in]
