"""Appealing by a notice's code alone: no sign-in, no name. The code opens nothing but this one appeal.

Whoever tries codes learns nothing here: the pages are the same for a right code and for a wrong one, and so is the time
that they take. What differs is only what a try costs.
"""

import time
from collections.abc import Callable
from typing import Final

from litestar import Response, Router, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.status_codes import HTTP_200_OK, HTTP_422_UNPROCESSABLE_ENTITY, HTTP_429_TOO_MANY_REQUESTS

from tarazy.agent.appeals import WORDS_LENGTH_MAX
from tarazy.agent.presented_codes import lodge_by_code
from tarazy.app.setting import Setting
from tarazy.app.store import Transaction
from tarazy.domain.appeal import AppealGround
from tarazy.domain.notice import code_shown, is_code
from tarazy.edge.bank_app.access import BY_CODE
from tarazy.edge.bank_app.app_site import AppSite
from tarazy.edge.bank_app.appeal_routes import grounds_in
from tarazy.edge.http import client_address
from tarazy.edge.pages.faults import require_readable
from tarazy.edge.pages.forms import FORM_BYTES_MAX, Form, PageRequest, read_form
from tarazy.edge.pages.guard import with_access
from tarazy.edge.portal.tries import Buckets, Limits, client_of
from tarazy.values.ids import ParticipantId

HIT_COST: Final = 1
MISS_COST: Final = 5
OF_ONE: Final = Limits(capacity=20, per_hour=10)
OF_ALL: Final = Limits(capacity=2_000, per_hour=10_000)
"""Four wrong codes, then two an hour. All together could try for millions of years to meet one of 2^50."""
EVEN_SECONDS: Final = 0.25
"""More than keeping an appeal takes: a right code is not answered later than a wrong one."""
SEND: Final = "send"


def code_router(app: AppSite) -> Router:
    """Return the pages below ``/appeal``."""
    return Router(
        path="/appeal",
        route_handlers=with_access(_code_handlers(app), reads=BY_CODE),
        before_request=require_readable,
        request_max_body_size=FORM_BYTES_MAX,
        exception_handlers=app.faults(),
        include_in_schema=False,
    )


def _code_handlers(app: AppSite) -> list[HTTPRouteHandler]:
    tries = Buckets(OF_ONE, for_all=OF_ALL)

    @get("/", sync_to_thread=True)
    def ask(request: PageRequest) -> Response[str]:
        """Ask for the code of the notice."""
        return _page(app, request, "code", Form({}))

    @post("/", sync_to_thread=True, status_code=HTTP_200_OK)
    def go_on(request: PageRequest, body: bytes) -> Response[str]:
        """Ask what the person says; then keep it, and say that it is kept if the code is one of ours."""
        form = read_form(request, body)
        if not is_code(form.text("code")):
            return _page(app, request, "code", form, is_unread=True)
        if form.text("to") != SEND:
            return _page(app, request, "grounds", form)
        now, client = app.context.clock.now(), client_of(client_address(request))
        if not tries.may_try(client, MISS_COST, now):
            return app.site.message(request, "app.appeal.too_many", status=HTTP_429_TOO_MANY_REQUESTS)
        setting, exchange = app.context.setting(), app.context.agent.exchange
        is_hit = evenly(lambda: app.run(lambda tx: _lodge_by(tx, form, exchange, setting)))
        tries.spend(client, HIT_COST if is_hit else MISS_COST, now)
        return _page(app, request, "done", form)

    return [ask, go_on]


def evenly(work: Callable[[], bool], seconds: float = EVEN_SECONDS) -> bool:
    """Do some work and answer no earlier than ``seconds`` after it began."""
    began = time.monotonic()
    result = work()
    time.sleep(max(0.0, seconds - (time.monotonic() - began)))
    return result


def plain_code(text: str) -> str:
    """Return a code as it is kept, however it was written: case, groups, O for 0, I for 1."""
    return code_shown(text).replace("-", "")


def _lodge_by(tx: Transaction, form: Form, exchange: ParticipantId, setting: Setting) -> bool:
    """Lodge an appeal against the hold, or the pause, whose notice has this code; say whether there is one."""
    ticked, words = grounds_in(form), form.text("words")
    return lodge_by_code(tx, form.text("code"), ticked, words, exchange, setting) is not None


def _page(app: AppSite, request: PageRequest, step: str, form: Form, *, is_unread: bool = False) -> Response[str]:
    typed = form.text("code")
    return app.page(
        request,
        None,
        "appeal_code.html",
        title="app.appeal.code.title",
        status=HTTP_422_UNPROCESSABLE_ENTITY if is_unread else HTTP_200_OK,
        step=step,
        typed=typed[:40],
        code=code_shown(typed) if is_code(typed) else "",
        is_unread=is_unread,
        ticked=form.all("grounds"),
        words=form.text("words"),
        grounds=list(AppealGround),
        words_max=WORDS_LENGTH_MAX,
    )
