"""The stage's own pages: the story and its player, the live picture, the toggle, the clock, the programs, the law."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final

import structlog
from babel.dates import format_datetime
from litestar import Litestar, Request, Response, get, post
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler
from litestar.status_codes import (
    HTTP_200_OK,
    HTTP_404_NOT_FOUND,
    HTTP_409_CONFLICT,
    HTTP_422_UNPROCESSABLE_ENTITY,
    HTTP_503_SERVICE_UNAVAILABLE,
)
from litestar.types import Scope

from tarazy.adapters.catalogue import load_catalogue
from tarazy.agent.notice_office import ZONE
from tarazy.app.store import StoreAway, TextNotKept
from tarazy.edge.pages.entered import read_local, write_local
from tarazy.edge.pages.faults import page_faults
from tarazy.edge.pages.forms import FORM_BYTES_MAX, FormRefused, FormTooLarge, PageRequest, read_form, read_query
from tarazy.edge.pages.reader import Reader
from tarazy.edge.pages.site import NavigationLink, Site, site_of
from tarazy.edge.pages.static import static_routes
from tarazy.edge.stage.books import balance
from tarazy.edge.stage.director import Director
from tarazy.edge.stage.plot import DANIYAR, PIECE_OF_DANIYAR_MINOR
from tarazy.edge.stage.rights import OLD_DAY, ask_gate, property_norm, told_of
from tarazy.edge.stage.roles import ROLES, SEEN_BY, sign_in_cookie
from tarazy.edge.stage.story import count
from tarazy.edge.stage.telling import Teller
from tarazy.edge.stage.view import view_of

CLOCK_FORM: Final = "d MMMM y, HH:mm:ss"
DELAYS: Final = ("0", "50", "2000", "away")
STEPS_OF_CLOCK: Final = {"hour": timedelta(hours=1), "day": timedelta(days=1)}

Answer = Response[str]

diagnostics = structlog.get_logger("tarazy.stage")


def stage_app(director: Director) -> Litestar:
    """Return the stage's own application."""
    scene = director.scene
    site = site_of(
        "tarazy.edge.stage",
        title=load_catalogue().wording("story.name"),
        navigation=(NavigationLink("story.name", "/"),),
        catalogue=load_catalogue(),
        pack=scene.pack,
        clock=scene.network.clock,
        base_path="",
    )
    stage = StagePages(director, site)
    return Litestar(
        route_handlers=[*static_routes(), *stage.reading(), *stage.acting()],
        exception_handlers={**page_faults(site), FormRefused: _refused(site), StoreAway: _away(site)},
        request_max_body_size=FORM_BYTES_MAX,
        after_exception=[_note_failure],
        openapi_config=None,
    )


class StagePages:
    """The pages of one stage."""

    def __init__(self, director: Director, site: Site) -> None:
        self._director = director
        self._site = site

    def reading(self) -> list[HTTPRouteHandler]:
        """Return the pages that change nothing but the reader's own role."""
        site = self._site

        @get("/", sync_to_thread=True)
        def stage(request: PageRequest) -> Answer:
            """Show the whole stage."""
            return self._page(request, "stage.html", {**self._facts(request), **self._law(request)})

        @get("/live", sync_to_thread=True)
        def live(request: PageRequest) -> Answer:
            """Show what is new to a page that shows one view already."""
            facts = self._facts(request)
            if request.query_params.get("mark") == facts["mark"]:
                return site.unchanged()
            return self._page(request, "live.html", facts)

        @get("/now", sync_to_thread=False)
        def now(request: PageRequest) -> Answer:
            """Show the demonstration's moment."""
            reader = site.reader(request)
            is_paused = self._director.scene.network.clock.is_paused
            return site.page(request, "now.html", is_paused=is_paused, now_text=_clock_text(reader))

        @get("/law", sync_to_thread=True)
        def law(request: PageRequest) -> Answer:
            """Ask the law gate about Daniyar's account on a chosen day."""
            return self._page(request, "law.html", {**self._law(request), "is_piece": _is_piece(request)})

        @get("/as/{role:str}", sync_to_thread=False)
        def become(request: PageRequest, role: str) -> Answer:
            """Sign in as somebody, as the program's own sign-in page does, and go there."""
            chosen = next((one for one in ROLES if one.key == role), None)
            if chosen is None:
                return site.message(request, "story.page.away", status=HTTP_404_NOT_FOUND)
            return site.redirect(chosen.path, cookies=[sign_in_cookie(chosen)])

        @get("/away", sync_to_thread=False)
        def away(request: PageRequest) -> Answer:
            """Say that a program does not answer."""
            return site.message(request, "story.page.away", status=HTTP_503_SERVICE_UNAVAILABLE)

        return [stage, live, now, law, become, away]

    def acting(self) -> list[HTTPRouteHandler]:
        """Return what moves things. Each form comes from the stage's own page."""
        director, scene = self._director, self._director.scene

        @post("/play", status_code=HTTP_200_OK, sync_to_thread=True)
        def play(request: PageRequest, body: bytes) -> Answer:
            """Play the next step, or all that are left."""
            is_all = read_form(request, body).text("how") == "all"
            return self._moved(request, director.play_all if is_all else director.play)

        @post("/programs", status_code=HTTP_200_OK, sync_to_thread=True)
        def program(request: PageRequest, body: bytes) -> Answer:
            """Kill a program, or start it again."""
            form = read_form(request, body)
            name, act = form.text("program"), form.text("act")
            if name not in scene.network.programs:
                return self._site.message(request, "story.page.away", status=HTTP_404_NOT_FOUND)
            start = act == "start"
            return self._moved(request, lambda: director.start_program(name) if start else director.kill(name))

        @post("/cores", status_code=HTTP_200_OK, sync_to_thread=True)
        def core(request: PageRequest, body: bytes) -> Answer:
            """Make a bank's core slow, or take it away."""
            form = read_form(request, body)
            bank = next((one for one in scene.network.banks if one.participant_id == form.text("bank")), None)
            if bank is not None and form.text("delay") in DELAYS:
                scene.delay_core(bank.participant_id, form.text("delay"))
            return self._site.redirect("/#programs")

        @post("/clock", status_code=HTTP_200_OK, sync_to_thread=True)
        def clock(request: PageRequest, body: bytes) -> Answer:
            """Stop, start or move the demonstration's clock."""
            form = read_form(request, body)
            if not self._move_clock(form.text("act"), form.text("when")):
                facts = {**self._facts(request), **self._law(request), "clock_fault": True}
                return self._page(request, "stage.html", facts, HTTP_422_UNPROCESSABLE_ENTITY)
            return self._site.redirect("/#clock")

        @post("/books", status_code=HTTP_200_OK, sync_to_thread=True)
        def books(request: PageRequest, body: bytes) -> Answer:
            """Count the books as they are now."""
            read_form(request, body)
            findings = count(scene.network)
            return self._site.page(
                request, "books.html", is_piece=_is_piece(request), findings=findings, balances=balance(findings)
            )

        return [play, program, core, clock, books]

    def _moved(self, request: PageRequest, act: Callable[[], bool]) -> Answer:
        """Do something that only one may do at a time, and lead back to the stage."""
        if act():
            return self._site.redirect("/")
        facts = {**self._facts(request), **self._law(request), "is_refused": True}
        return self._page(request, "stage.html", facts, HTTP_409_CONFLICT)

    def _page(
        self, request: PageRequest, template: str, facts: Mapping[str, object], status: int = HTTP_200_OK
    ) -> Answer:
        return self._site.page(request, template, status=status, cookies=(), **facts)

    def _move_clock(self, act: str, when: str) -> bool:
        clock = self._director.scene.network.clock
        if act == "pause":
            clock.pause()
        elif act == "resume":
            clock.resume()
        elif act in STEPS_OF_CLOCK:
            clock.move(STEPS_OF_CLOCK[act])
        else:
            moment = read_local(when, ZONE)
            if moment is None:
                return False
            clock.set_to(moment)
        return True

    def _facts(self, request: PageRequest) -> dict[str, object]:
        view, reader = view_of(self._director), self._site.reader(request)
        teller = Teller(reader.catalogue, reader.language, reader.timezone)
        played = self._director.story.record.played
        return {
            "view": view,
            "is_paused": view.is_paused,
            "now_text": _clock_text(reader),
            "latest": played[-1].key if played else "",
            "seen_by": SEEN_BY.get(played[-1].key, "") if played else "",
            "mark": view.mark,
            "tell": teller.sentence,
            "bank": teller.bank,
            "delays": DELAYS,
            "roles": ROLES,
            "is_refused": False,
            "clock_fault": False,
        }

    def _law(self, request: PageRequest) -> dict[str, object]:
        scene, reader, form = self._director.scene, self._site.reader(request), read_query(request)
        teller = Teller(reader.catalogue, reader.language, reader.timezone)
        at = read_local(f"{form.text('day')}T12:00", ZONE) or reader.now
        is_whole = form.text("scope") != "piece"
        amount = scene.account(DANIYAR).balance_minor if is_whole else PIECE_OF_DANIYAR_MINOR
        answer = ask_gate(scene.network.pack_id, amount, at, is_whole=is_whole)
        return {
            "law_day": write_local(at, ZONE)[:10],
            "law_day_text": reader.day(at),
            "old_day": write_local(OLD_DAY, ZONE)[:10],
            "is_whole": is_whole,
            "asked_minor": amount,
            "answer": answer,
            "told": teller.sentences(told_of(answer)),
            "norm": property_norm(answer),
        }


def _is_piece(request: PageRequest) -> bool:
    """Whether a script of the page asks for a piece of it."""
    return request.headers.get("hx-request") == "true"


def _clock_text(reader: Reader) -> str:
    """Return the demonstration's moment to the second, in the reader's zone."""
    return str(format_datetime(reader.now.utc, CLOCK_FORM, tzinfo=reader.timezone, locale=reader.language.value))


async def _note_failure(exception: Exception, scope: Scope) -> None:
    """Leave a trace of a failure on stderr; a page that is not there is none."""
    if not isinstance(exception, (HTTPException, FormRefused, FormTooLarge, StoreAway, TextNotKept)):
        diagnostics.error("page_failed", path=scope["path"], exc_info=exception)


def _refused(site: Site) -> Callable[[Request[object, object, State], FormRefused], Answer]:
    def answer(request: PageRequest, _: FormRefused) -> Answer:
        return site.message(request, "story.page.form_refused", status=HTTP_422_UNPROCESSABLE_ENTITY)

    return answer


def _away(site: Site) -> Callable[[Request[object, object, State], StoreAway], Answer]:
    def answer(request: PageRequest, _: StoreAway) -> Answer:
        return site.message(request, "story.page.away", status=HTTP_503_SERVICE_UNAVAILABLE)

    return answer
