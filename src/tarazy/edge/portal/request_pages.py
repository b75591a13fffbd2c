"""“Call your bank now”, and for whoever cannot: bank, payment, what happened, safe contact, check, number.

Every step is one page and works without scripts. What was entered travels from page to page in the form itself and is
kept nowhere until it is sealed for the bank.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.status_codes import (
    HTTP_200_OK,
    HTTP_422_UNPROCESSABLE_ENTITY,
    HTTP_429_TOO_MANY_REQUESTS,
)

from tarazy.agent.requests import Told
from tarazy.app.citizen_requests import banks_to_write_to, file_citizen_request, number_for
from tarazy.app.records import Participant
from tarazy.domain.rejection import Rejection
from tarazy.edge.context import ExchangeContext
from tarazy.edge.http import client_address
from tarazy.edge.pages.forms import Form, PageRequest, new_token, read_form
from tarazy.edge.pages.language import LANGUAGE_FIELD
from tarazy.edge.pages.site import Site
from tarazy.edge.portal.draft import CONTACTS, FIELDS, Draft, Step, draft_in
from tarazy.edge.portal.tries import Buckets, Limits, client_of
from tarazy.protocol.citizen_bodies import WORDS_LENGTH_MAX
from tarazy.values.ids import ParticipantId

SEND: Final = "send"
OTHER_CURRENCIES: Final = ("USD", "EUR", "RUB", "CNY")
OF_ONE: Final = Limits(capacity=10, per_hour=10)
OF_ALL: Final = Limits(capacity=2_000, per_hour=20_000)
"""Requests that may be sent: by one client, and by all together, so that no desk is buried in an afternoon."""
NONCE_LENGTH: Final = len(new_token())


@dataclass(frozen=True, slots=True)
class Road:
    """What the steps share."""

    site: Site
    context: ExchangeContext
    sent: Buckets = field(default_factory=lambda: Buckets(OF_ONE, for_all=OF_ALL))

    @property
    def currencies(self) -> tuple[str, ...]:
        """Return the currencies to choose from, the country's own first."""
        own = [one.floor.currency for one in self.context.pack.data.general.floors.value]
        return tuple(dict.fromkeys((*own, *OTHER_CURRENCIES)))

    def banks(self) -> Sequence[Participant]:
        """Return whom one can write to."""
        return self.context.peer.store.run(banks_to_write_to)


def request_routes(site: Site, context: ExchangeContext) -> list[HTTPRouteHandler]:
    """Return the endpoints from the first page to the number."""
    road = Road(site, context)

    @get("/", sync_to_thread=True)
    def start(request: PageRequest) -> Response[str]:
        """Say to call the bank, and ask which bank it is."""
        return _page(road, request, _empty(road), Step.bank, {})

    @get("/help", sync_to_thread=False)
    def more_help(request: PageRequest) -> Response[str]:
        """Say who else helps, and how."""
        return site.page(request, "help.html")

    @get("/report", sync_to_thread=False)
    def begin_again(request: PageRequest) -> Response[str]:
        """Lead to the first step, in the language asked for: the others stand at no address of their own."""
        return site.redirect(f"/portal?{LANGUAGE_FIELD}={site.reader(request).language}")

    @post("/report", sync_to_thread=True, status_code=HTTP_200_OK)
    def go_on(request: PageRequest, body: bytes) -> Response[str]:
        """Go to the step that was asked for, or to the first one before it in which something is missing."""
        form = read_form(request, body)
        draft = draft_in(form, road.currencies)
        asked = _asked_step(form)
        names = [bank.participant_id for bank in road.banks()]
        today = context.pack.data.calendar.local_day(context.clock.now())
        for step in _steps_before(asked):
            faults = draft.faults(step, names, today)
            if faults:
                return _page(road, request, draft, step, faults)
        return _send(road, request, draft) if asked is None else _page(road, request, draft, asked, {})

    return [start, more_help, begin_again, go_on]


def _asked_step(form: Form) -> Step | None:
    """Return the page that was asked for; None to send. An unknown one is the first."""
    asked = form.text("to")
    if asked == SEND:
        return None
    return Step(asked) if asked in Step.__members__ else Step.bank


def _steps_before(asked: Step | None) -> list[Step]:
    steps = list(Step)
    return steps if asked is None else steps[: steps.index(asked)]


def _empty(road: Road) -> Draft:
    return draft_in(Form({}), road.currencies)


def _page(road: Road, request: PageRequest, draft: Draft, step: Step, faults: Mapping[str, str]) -> Response[str]:
    """Show a step. The check gets a new secret each time: sent twice from one page it is one request."""
    banks, steps = road.banks(), list(Step)
    today = road.context.pack.data.calendar.local_day(road.context.clock.now())
    place = steps.index(step)
    return road.site.page(
        request,
        "start.html" if step is Step.bank else "step.html",
        status=HTTP_422_UNPROCESSABLE_ENTITY if faults else HTTP_200_OK,
        step=step,
        place=place + 1,
        steps=steps,
        before=steps[place - 1] if place else None,
        after=steps[place + 1] if place + 1 < len(steps) else SEND,
        draft=draft,
        carried=draft.carried(step),
        faults=faults,
        fields=FIELDS[step],
        banks=banks,
        bank_name=next((one.name for one in banks if one.participant_id == draft.bank), ""),
        currency_choices=[(one, one) for one in road.currencies],
        today=today.isoformat(),
        all_told=tuple(Told),
        all_contacts=CONTACTS,
        words_max=WORDS_LENGTH_MAX,
        nonce=new_token(),
        read=draft.sealed_words() if step is Step.check else None,
    )


def _send(road: Road, request: PageRequest, draft: Draft) -> Response[str]:
    """Seal the words for the bank and lead to the number."""
    now, client = road.context.clock.now(), client_of(client_address(request))
    if len(draft.nonce) != NONCE_LENGTH:
        return _page(road, request, draft, Step.check, {})
    if not road.sent.may_try(client, 1, now):
        return road.site.message(request, "portal.too_many", status=HTTP_429_TOO_MANY_REQUESTS)
    road.sent.spend(client, 1, now)
    number, words = number_for(draft.nonce), draft.sealed_words()
    setting, language = road.context.setting(), road.site.reader(request).language
    outcome = road.context.peer.store.run(
        lambda tx: file_citizen_request(tx, number, ParticipantId(draft.bank), words, language, setting)
    )
    if isinstance(outcome, Rejection):
        return _page(road, request, draft, Step.bank, {"bank": "portal.fault.bank"})
    return road.site.redirect(f"/portal/number/{number}?sent=yes")
