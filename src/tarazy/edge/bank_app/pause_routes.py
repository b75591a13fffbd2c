"""A payment of the customer's own that waits: what, why, until when; and the two answers, of equal weight."""

from functools import partial
from typing import Final

from litestar import Response
from litestar.handlers import HTTPRouteHandler
from litestar.status_codes import HTTP_409_CONFLICT

from tarazy.agent.pause_appeals import appeals_upon
from tarazy.agent.pause_notices import pause_notices_of
from tarazy.agent.pauses import confirm_by_payer, stop_by_payer
from tarazy.agent.records import HOLDER
from tarazy.domain.pause import QUESTIONS, stands
from tarazy.domain.rejection import Rejection
from tarazy.edge.bank_app.app_site import AppSite
from tarazy.edge.bank_app.pause_appeal_routes import own_pause, said_of
from tarazy.edge.pages.bank_site import NotThere
from tarazy.edge.pages.form_page import Tried, Unread, form_page
from tarazy.edge.pages.forms import Form, PageRequest
from tarazy.edge.pauses_at_core import ask_core

YES_NO: Final = frozenset({"yes", "no"})
DONE: Final = frozenset({"right", "stop"})


def pause_handlers(app: AppSite) -> list[HTTPRouteHandler]:
    """Return the page of a payment that waits, and the answers to it."""
    return form_page(
        "/pauses/{subject:str}", partial(_page, app), partial(_answer, app), status_of=lambda _: HTTP_409_CONFLICT
    )


def _page(app: AppSite, request: PageRequest, pause_id: str, tried: Tried) -> Response[str]:
    """Show a payment that waits, or what became of it. Raises NotThere for anybody else's."""
    holder, reader, pause = app.signed_in(request), app.site.reader(request), own_pause(app, request, pause_id)
    told = app.run(lambda tx: pause_notices_of(tx, pause_id))
    appeals = app.run(lambda tx: appeals_upon(tx, pause_id))
    officer = next((one for one in app.context.bank.officers if one.officer_id == pause.officer_id), None)
    done = tried.form.text("done")
    return app.page(
        request,
        holder,
        "pause.html",
        title="app.pause.title",
        status=tried.status,
        pause=pause,
        officer=officer,
        is_standing=stands(pause.status, pause.expires_at, reader.now) and pause.ending is None,
        notices=[one for one in told if one.recipient == HOLDER],
        appeals=[said_of(one, reader) for one in appeals],
        questions=QUESTIONS,
        answered={question: tried.typed(question) for question in QUESTIONS},
        fault=_fault(tried),
        done=f"app.pause.done_{done}" if done in DONE and not tried.is_refused else None,
    )


def _fault(tried: Tried) -> str | None:
    """Return the text that says why an answer was not taken."""
    if tried.unread is not None:
        return tried.unread.code
    if tried.rejection is None:
        return None
    is_first = tried.rejection is Rejection.call_back_first
    return "app.pause.call_first" if is_first else "app.pause.too_late"


def _answer(app: AppSite, request: PageRequest, pause_id: str, form: Form) -> Response[str] | Rejection | Unread:
    """Take the payer's answer: the payment is right, or it is to be stopped."""
    holder, setting, answer = app.signed_in(request), app.context.setting(), form.text("answer")
    if answer == "right":
        answers = {question: form.text(question) for question in QUESTIONS}
        if not set(answers.values()) <= YES_NO:
            return Unread("app.pause.answer_all")
        yes = [question for question, said in answers.items() if said == "yes"]
        rejection = app.run(lambda tx: confirm_by_payer(tx, pause_id, holder.account_id, yes, setting))
    elif answer == "stop":
        rejection = app.run(lambda tx: stop_by_payer(tx, pause_id, holder.account_id, setting))
    else:
        raise NotThere
    if rejection is Rejection.pause_unknown:
        raise NotThere
    if rejection is not None:
        return rejection
    ask_core(app.context)
    return app.site.redirect(f"/app/pauses/{pause_id}?done={answer}")
