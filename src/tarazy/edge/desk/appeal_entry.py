"""Writing an appeal down for somebody: by telephone, on paper, at the branch, also for who is nobody's customer.

It is read back before it is signed, and whoever wrote it down stands under it. What is on paper counts from the day on
which it came.
"""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Final

from litestar import Response
from litestar.handlers import HTTPRouteHandler
from litestar.status_codes import HTTP_422_UNPROCESSABLE_ENTITY

from tarazy.agent.appeal_queries import WayOn, forum_ahead, way_on, way_on_from
from tarazy.agent.appeals import WORDS_LENGTH_MAX, LocalAppeal, LodgeAppeal, lodge_appeal
from tarazy.agent.completing import CompleteAppeal, complete_appeal, to_complete
from tarazy.agent.measures import carrier_of
from tarazy.agent.records import HOLDERS, HOLDS, AgentHold, Holder
from tarazy.agent.signing import OfficerAtDesk
from tarazy.app.setting import Setting
from tarazy.app.store import Transaction
from tarazy.domain.appeal import HOLDERS_OWN, AppealGround, AppealRoad, Appellant
from tarazy.domain.rejection import Rejection
from tarazy.edge.bank_app.appeal_routes import grounds_in
from tarazy.edge.bank_app.appeal_words import answer_by, last_day, who_decides
from tarazy.edge.bank_app.appeal_words import way_on as way_words
from tarazy.edge.desk.desk_site import DeskSite, status_of
from tarazy.edge.pages.bank_site import NotThere
from tarazy.edge.pages.entered import read_local, write_local
from tarazy.edge.pages.form_page import Tried, Unread, form_page
from tarazy.edge.pages.forms import Form, PageRequest
from tarazy.edge.pages.reader import Reader
from tarazy.values.ids import AppealId, HoldId, ParticipantId
from tarazy.values.instant import Instant

ROADS: Final = (AppealRoad.phone, AppealRoad.branch, AppealRoad.paper, AppealRoad.counsel)
"""The roads on which somebody else writes down what a person says."""
READ_BACK: Final = "read_back"
CHANGE: Final = "change"
MINUTE: Final = timedelta(minutes=1)
"""A time is entered to the minute: the one in which the hold began counts as after it."""
FIELDS: Final = ("road", "appellant", "came", "words", "identified", "before")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What an assistant has written down, as far as it can be read."""

    command: LodgeAppeal
    came_at: Instant


def entry_handlers(desk: DeskSite) -> list[HTTPRouteHandler]:
    """Return the page on which an appeal is written down, read back and signed."""

    def send(request: PageRequest, hold_id: str, form: Form) -> Response[str] | Rejection | Unread:
        """Read it back; then keep it under the assistant's name."""
        officer, reader = desk.signed_in(request), desk.site.reader(request)
        hold, _ = _hold(desk, HoldId(hold_id))
        if form.text("to") == CHANGE:
            return _page(desk, request, hold_id, Tried(form=form))
        entry = _entry(form, hold, reader)
        if isinstance(entry, Unread):
            return entry
        if form.text("to") == READ_BACK:
            return _page(desk, request, hold_id, Tried(form=form), entry)
        if not form.is_ticked("was_read"):
            unread = Unread("desk.appeal.not_read_back")
            tried = Tried(form=form, unread=unread, status=HTTP_422_UNPROCESSABLE_ENTITY)
            return _page(desk, request, hold_id, tried, entry)
        setting, exchange, by = desk.setting(), desk.context.agent.exchange, desk.at_desk(officer)
        kept = desk.run(lambda tx: _kept(tx, entry, exchange, by, setting))
        if isinstance(kept, Rejection):
            return kept
        if kept.completed_at is not None:
            return desk.site.redirect("/desk/appeals?done=completed")
        if (kept.words, kept.grounds) != (entry.command.words, tuple(sorted(set(entry.command.grounds)))):
            return Unread("desk.appeal.known_already")
        return desk.site.redirect("/desk/appeals?done=entered")

    return form_page("/appeals/new/{subject:str}", partial(_page, desk), send, status_of=status_of)


def _kept(
    tx: Transaction, entry: Entry, exchange: ParticipantId, by: OfficerAtDesk, setting: Setting
) -> LocalAppeal | Rejection:
    """Keep what was written down; where it was begun by a code and the person is identified, it completes that."""
    said, hold = entry.command, tx.get(HOLDS, entry.command.hold_id)
    begun = None if hold is None or not _completes(said) else to_complete(tx, hold)
    if begun is None:
        return lodge_appeal(tx, said, exchange, setting, by=by, filed_at=entry.came_at)
    command = CompleteAppeal(
        appeal_id=begun.appeal_id,
        hold_id=said.hold_id,
        appellant=said.appellant,
        road=said.road,
        grounds=said.grounds,
        words=said.words,
        was_read_back=said.was_read_back,
    )
    return complete_appeal(tx, command, exchange, setting, by=by, said_at=entry.came_at)


def _completes(said: LodgeAppeal) -> bool:
    """Tell whether what was said could complete what a code has begun: of the holder's side, identified, no answer."""
    return said.is_identified and said.appellant in HOLDERS_OWN and said.before_appeal_id is None


def _entry(form: Form, hold: AgentHold, reader: Reader) -> Entry | Unread:
    """Return what was written down; or what of it is missing."""
    road, appellant = form.text("road"), form.text("appellant")
    if road not in ROADS:
        return Unread("desk.appeal.no_road")
    if appellant not in Appellant.__members__:
        return Unread("desk.appeal.no_appellant")
    came = read_local(form.text("came"), reader.timezone)
    if came is None or not hold.received_at.plus(-MINUTE) <= came <= reader.now:
        return Unread("desk.appeal.came_not_read")
    if not form.all("grounds") and not form.text("words"):
        return Unread("desk.appeal.nothing_said")
    command = LodgeAppeal(
        hold_id=hold.hold_id,
        appellant=Appellant(appellant),
        road=AppealRoad(road),
        is_identified=form.is_ticked("identified"),
        grounds=grounds_in(form),
        words=form.text("words")[:WORDS_LENGTH_MAX],
        before_appeal_id=AppealId(form.text("before")) if form.text("before") else None,
        was_read_back=form.is_ticked("was_read"),
    )
    return Entry(command=command, came_at=came)


def _page(
    desk: DeskSite, request: PageRequest, hold_id: str, tried: Tried, entry: Entry | None = None
) -> Response[str]:
    """Show the form; or, before it is signed, everything once more to be read aloud."""
    officer, reader, pack = desk.signed_in(request), desk.site.reader(request), desk.context.pack
    hold, holder = _hold(desk, HoldId(hold_id))
    filed_at = reader.now if entry is None else entry.came_at
    form = tried.form
    before = _goes_on_from(desk, hold, form)
    way = desk.run(lambda tx: way_on(tx, hold, reader.now, pack))
    ahead = before.ahead if before else desk.run(lambda tx: forum_ahead(tx, hold, carrier_of(hold), 0, filed_at, pack))
    return desk.form_page(
        request,
        officer,
        "appeal_entry.html",
        tried,
        title="desk.appeal.enter",
        hold=hold,
        holder=holder,
        entry=entry,
        carried=[(name, form.text(name)) for name in FIELDS if form.text(name)],
        roads=ROADS,
        appellants=list(Appellant),
        grounds=list(AppealGround),
        ticked=form.all("grounds"),
        typed=form,
        came=form.text("came") or write_local(reader.now, reader.timezone),
        words_max=WORDS_LENGTH_MAX,
        who=who_decides(ahead, reader),
        answer_by=answer_by(ahead, reader),
        last_day=last_day(ahead, reader),
        begun=desk.run(lambda tx: to_complete(tx, hold)),
        before=None if before is None else before.last,
        way=way_words(way, reader) if tried.rejection is Rejection.appeal_is_decided else [],
        way_from=None if way is None or way.ahead is None else way.last.appeal_id,
    )


def _goes_on_from(desk: DeskSite, hold: AgentHold, form: Form) -> WayOn | None:
    """Return the answered appeal of this hold that is named as the one before, and the forum after it."""
    appeal_id, now, pack = AppealId(form.text("before")), desk.context.clock.now(), desk.context.pack
    found = desk.run(lambda tx: way_on_from(tx, appeal_id, now, pack)) if appeal_id else None
    return found if found is not None and found.last.hold_id == hold.hold_id else None


def _hold(desk: DeskSite, hold_id: HoldId) -> tuple[AgentHold, Holder | None]:
    """Return a hold and whose account it is on. Raises NotThere for an unknown one."""
    hold = desk.run(lambda tx: tx.get(HOLDS, hold_id))
    if hold is None:
        raise NotThere
    return hold, desk.run(lambda tx: tx.get(HOLDERS, hold.account_id))
