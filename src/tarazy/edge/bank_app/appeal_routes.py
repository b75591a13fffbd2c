"""Appealing in the bank's app: who decides and by when, what the person says, where it stands, and the next forum.

An appeal moves nobody's money and binds nobody, so no second proof is asked for: it is as easy as to be deceived.
"""

from typing import Final, NamedTuple

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.status_codes import HTTP_200_OK, HTTP_409_CONFLICT

from tarazy.agent.appeal_queries import AppealShown, ForumAhead, WayOn, appeals_shown, forum_ahead, way_on
from tarazy.agent.appeals import WORDS_LENGTH_MAX, LocalAppeal, LodgeAppeal, lodge_appeal
from tarazy.agent.as_told import told_hold
from tarazy.agent.completing import CompleteAppeal, complete_appeal, to_complete
from tarazy.agent.measures import carrier_of
from tarazy.agent.records import HOLDER, HOLDS, SERVED_NOTICES, AgentHold, Holder, ServedNotice
from tarazy.app.store import Condition, Transaction
from tarazy.domain.appeal import AppealGround, AppealRoad, Appellant
from tarazy.domain.rejection import Rejection
from tarazy.edge.bank_app import appeal_words
from tarazy.edge.bank_app.app_site import AppSite
from tarazy.edge.pages.bank_site import NotThere
from tarazy.edge.pages.forms import Form, PageRequest, read_form, read_query
from tarazy.values.ids import AppealId, HoldId
from tarazy.values.instant import Instant

DONE: Final = frozenset({"sent", "completed", "next"})


class _Read(NamedTuple):
    """What the page reads of one hold."""

    hold: AgentHold
    shown: list[AppealShown]
    notice: ServedNotice | None
    begun: LocalAppeal | None
    way: WayOn | None
    ahead: ForumAhead | None


def appeal_handlers(app: AppSite) -> list[HTTPRouteHandler]:
    """Return the page of the appeals about one hold, and the acts on it."""

    @get("/appeals/{hold_id:str}", sync_to_thread=True)
    def appeal(request: PageRequest, hold_id: str) -> Response[str]:
        """Show who decides, by when, and where what was sent stands."""
        return _page(app, request, HoldId(hold_id))

    @post("/appeals/{hold_id:str}", sync_to_thread=True)
    def send(request: PageRequest, hold_id: str, body: bytes) -> Response[str]:
        """Lodge an appeal; or complete the one that was begun by the notice's code: it keeps its time."""
        holder, form, setting = app.signed_in(request), read_form(request, body), app.context.setting()
        exchange = app.context.agent.exchange

        def work(tx: Transaction) -> LocalAppeal | Rejection:
            hold = own_hold(tx, holder, HoldId(hold_id), setting.now)
            begun = to_complete(tx, hold)
            if form.text("appeal_id") or begun is not None:
                return complete_appeal(tx, _completed(form, hold, begun), exchange, setting)
            return lodge_appeal(tx, _lodged(form, hold), exchange, setting)

        done = app.run(work)
        if isinstance(done, Rejection):
            return _page(app, request, HoldId(hold_id), done)
        return app.site.redirect(f"/app/appeals/{hold_id}?done={'sent' if done.completed_at is None else 'completed'}")

    @post("/appeals/{hold_id:str}/next", sync_to_thread=True)
    def go_on(request: PageRequest, hold_id: str, body: bytes) -> Response[str]:
        """Take an appeal whose answer leaves the measure to the next forum, with the same words."""
        holder, form, setting = app.signed_in(request), read_form(request, body), app.context.setting()
        exchange = app.context.agent.exchange

        def work(tx: Transaction) -> LocalAppeal | Rejection | None:
            hold = own_hold(tx, holder, HoldId(hold_id), setting.now)
            shown = appeals_shown(tx, hold, setting.now, setting.pack)
            before = next((one for one in shown if one.appeal.appeal_id == form.text("appeal_id")), None)
            if before is None:
                raise NotThere
            return lodge_appeal(tx, _again(before, hold), exchange, setting) if before.can_go_on else None

        done = app.run(work)
        if isinstance(done, Rejection):
            return _page(app, request, HoldId(hold_id), done)
        return app.site.redirect(f"/app/appeals/{hold_id}?done=next")

    return [appeal, send, go_on]


def grounds_in(form: Form) -> tuple[str, ...]:
    """Return what was ticked. Nobody has to name a ground: then it is another one."""
    ticked = tuple(one for one in form.all("grounds") if one in AppealGround.__members__)
    return ticked or (AppealGround.other.value,)


def own_hold(tx: Transaction, holder: Holder, hold_id: HoldId, now: Instant) -> AgentHold:
    """Return a hold on a person's own account as they were told of it. Raises NotThere for any other."""
    hold = tx.get(HOLDS, hold_id)
    if hold is None or hold.account_id != holder.account_id:
        raise NotThere
    return told_hold(tx, hold, now)


def _lodged(form: Form, hold: AgentHold) -> LodgeAppeal:
    return LodgeAppeal(
        hold_id=hold.hold_id,
        appellant=Appellant.holder,
        road=AppealRoad.app,
        is_identified=True,
        grounds=grounds_in(form),
        words=form.text("words"),
    )


def _completed(form: Form, hold: AgentHold, begun: LocalAppeal | None) -> CompleteAppeal:
    named = form.text("appeal_id")
    return CompleteAppeal(
        appeal_id=AppealId(named) if begun is None else begun.appeal_id,
        hold_id=hold.hold_id,
        appellant=Appellant.holder,
        road=AppealRoad.app,
        grounds=grounds_in(form),
        words=form.text("words"),
    )


def _again(before: AppealShown, hold: AgentHold) -> LodgeAppeal:
    return LodgeAppeal(
        hold_id=hold.hold_id,
        appellant=before.appeal.appellant,
        road=AppealRoad.app,
        is_identified=True,
        grounds=before.appeal.grounds,
        words=before.appeal.words,
        before_appeal_id=before.appeal.appeal_id,
    )


def _page(app: AppSite, request: PageRequest, hold_id: HoldId, refused: Rejection | None = None) -> Response[str]:
    holder, reader, pack = app.signed_in(request), app.site.reader(request), app.context.pack

    def read(tx: Transaction) -> _Read:
        hold = own_hold(tx, holder, hold_id, reader.now)
        about = (Condition("hold_id", "=", hold_id), Condition("recipient", "=", HOLDER))
        told = tx.find(SERVED_NOTICES, *about, order=("served_at",), descending=True, limit=1)
        return _Read(
            hold,
            appeals_shown(tx, hold, reader.now, pack),
            told[0] if told else None,
            to_complete(tx, hold),
            way_on(tx, hold, reader.now, pack),
            forum_ahead(tx, hold, carrier_of(hold), 0, reader.now, pack),
        )

    seen = app.run(read)
    hold, ahead, done = seen.hold, seen.ahead, read_query(request).text("done")
    return app.page(
        request,
        holder,
        "appeal.html",
        title="app.appeal.title",
        status=HTTP_200_OK if refused is None else HTTP_409_CONFLICT,
        hold=hold,
        notice=seen.notice,
        shown=[(one, appeal_words.state_of(one, hold, reader)) for one in seen.shown],
        is_sent=seen.way is not None or any(_is_full(one, hold) for one in seen.shown),
        begun=seen.begun,
        way=appeal_words.way_on(seen.way, reader),
        refusal="" if refused is None else appeal_words.refusal(refused, seen.way, reader),
        who=appeal_words.who_decides(ahead, reader),
        answer_by=appeal_words.answer_by(ahead, reader),
        last_day=appeal_words.last_day(ahead, reader),
        silence=""
        if ahead is None or ahead.due_at is None
        else appeal_words.if_silent(ahead.silence, ahead.next_forum, reader),
        grounds=list(AppealGround),
        words_max=WORDS_LENGTH_MAX,
        done=done if done in DONE and refused is None else "",
    )


def _is_full(one: AppealShown, hold: AgentHold) -> bool:
    """Tell whether a full appeal against what carries the hold now is on its way: then nothing is left to fill in."""
    return one.is_open and one.appeal.is_identified and one.appeal.measure_id == carrier_of(hold)
