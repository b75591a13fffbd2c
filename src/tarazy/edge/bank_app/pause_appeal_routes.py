"""Appealing against the pause of one's own payment: who answers and by when, what was said, and what was decided."""

from functools import partial

from litestar import Response
from litestar.handlers import HTTPRouteHandler
from litestar.status_codes import HTTP_409_CONFLICT

from tarazy.agent.appeals import WORDS_LENGTH_MAX
from tarazy.agent.pause_appeals import (
    PAUSE_GROUNDS,
    LodgePauseAppeal,
    PauseAppeal,
    appeals_upon,
    forum_of_pause,
    lodge_pause_appeal,
)
from tarazy.agent.pause_records import PAYMENT_PAUSES, PaymentPause
from tarazy.domain.appeal import OPEN_APPEALS, AppealRoad, AppealStatus, SilenceEffect
from tarazy.domain.pause import PauseEnd
from tarazy.edge.bank_app.app_site import AppSite
from tarazy.edge.pages.bank_site import NotThere
from tarazy.edge.pages.form_page import Tried, form_page
from tarazy.edge.pages.forms import Form, PageRequest
from tarazy.edge.pages.reader import Reader
from tarazy.values.instant import Instant


def pause_appeal_handlers(app: AppSite) -> list[HTTPRouteHandler]:
    """Return the page of an appeal. It moves nobody's money and binds nobody, so no second proof is asked for."""
    return form_page(
        "/pauses/{subject:str}/appeal",
        partial(_page, app),
        partial(_send, app),
        status_of=lambda _: HTTP_409_CONFLICT,
    )


def own_pause(app: AppSite, request: PageRequest, pause_id: str) -> PaymentPause:
    """Return a person's own payment that waits or has waited. Raises NotThere for anybody else's."""
    holder = app.signed_in(request)
    pause = app.run(lambda tx: tx.get(PAYMENT_PAUSES, pause_id))
    if pause is None or pause.account_id != holder.account_id:
        raise NotThere
    return pause


def said_of(appeal: PauseAppeal, reader: Reader) -> list[str]:
    """Return where an appeal stands, in one to three sentences."""
    if appeal.state in OPEN_APPEALS:
        said = [reader.t("app.appeal.state.at", forum=reader.t(appeal.forum))]
        if appeal.due_at is None:
            return [*said, reader.t("app.appeal.no_due")]
        due = reader.t("app.appeal.due", due=reader.brief(appeal.due_at))
        return [*said, due, if_silent(appeal.silence, appeal.next_forum, reader)]
    said = [reader.t(f"pause.app.outcome.{appeal.outcome or 'unanswered'}")]
    is_carried = appeal.state is AppealStatus.executed
    if is_carried or appeal.next_forum is None:
        return said
    return [*said, reader.t("pause.app.next_forum", forum=reader.t(appeal.next_forum))]


def if_silent(silence: SilenceEffect, next_forum: str | None, reader: Reader) -> str:
    """Return what follows where nobody answers in time."""
    if silence is SilenceEffect.releases:
        return reader.t("pause.app.silence.releases")
    if next_forum is None:
        return reader.t("pause.app.silence.last")
    return reader.t("pause.app.silence.next_forum", forum=reader.t(next_forum))


def _send(app: AppSite, request: PageRequest, pause_id: str, form: Form) -> Response[str]:
    """Lodge the appeal. One that was begun by the notice's code keeps the time at which that was done."""
    pause, setting = own_pause(app, request, pause_id), app.context.setting()
    command = LodgePauseAppeal(
        pause_id=pause.pause_id,
        road=AppealRoad.app,
        is_identified=True,
        grounds=tuple(form.all("grounds")),
        words=form.text("words"),
    )
    app.run(lambda tx: lodge_pause_appeal(tx, command, setting))
    return app.site.redirect(f"/app/pauses/{pause_id}/appeal?done=sent")


def _page(app: AppSite, request: PageRequest, pause_id: str, tried: Tried) -> Response[str]:
    reader, pause = app.site.reader(request), own_pause(app, request, pause_id)
    appeals = app.run(lambda tx: appeals_upon(tx, pause.pause_id))
    ahead = forum_of_pause(pause, reader.now, app.context.pack)
    is_of_refusal = pause.end is PauseEnd.refused_by_officer
    current = next((one for one in appeals if one.is_of_refusal is is_of_refusal), None)
    about = "refusal" if is_of_refusal else "pause" if pause.end is None else "ended"
    return app.page(
        request,
        app.signed_in(request),
        "pause_appeal.html",
        title="app.appeal.title",
        status=tried.status,
        pause=pause,
        about=f"pause.app.against_{about}",
        shown=[(one, said_of(one, reader)) for one in appeals],
        is_sent=current is not None and current.state is not AppealStatus.preliminary,
        begun=current if current is not None and current.state is AppealStatus.preliminary else None,
        who=reader.t(ahead.forum),
        answer_by=_answer_by(ahead.due_at if current is None else current.due_at, reader),
        silence="" if ahead.due_at is None or pause.end else if_silent(ahead.silence, ahead.next_forum, reader),
        grounds=PAUSE_GROUNDS,
        words_max=WORDS_LENGTH_MAX,
        done=tried.form.text("done") == "sent",
    )


def _answer_by(due_at: Instant | None, reader: Reader) -> str:
    if due_at is None:
        return reader.t("app.appeal.no_due")
    return reader.t("app.appeal.due_if_now", due=reader.moment(due_at))
