"""The law without sign-in: each pack, each measure field by field, what is open and who must sign, norms through time.

Nothing is listed by hand: the fields of a rule come from the rule, their names from the catalogue and their values from
`tarazy.edge.public.value_words`, so that what a pack has learnt to say is shown here as soon as it can be said.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple

from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.status_codes import HTTP_200_OK

from tarazy.adapters.packs import load_pack, pack_ids
from tarazy.edge.context import ExchangeContext
from tarazy.edge.pages.forms import PageRequest, read_query
from tarazy.edge.pages.site import Site
from tarazy.edge.public.value_words import Told, ValueWords
from tarazy.law.assessment import Measure, NormVersion
from tarazy.law.codes import ReadinessCode
from tarazy.law.ground import Pack, cited_norms, fields_of
from tarazy.law.pack import Evidence, MeasureRule, Norm, OpenQuestion, PackKind
from tarazy.law.readiness import Readiness, readiness
from tarazy.values.ids import NormId
from tarazy.values.instant import Instant

FIELD_TEXT: Final = "public.rule."
"""Where the name of a rule's field stands among the texts."""


class Standing(StrEnum):
    """What a pack is to this exchange."""

    here = "here"
    demonstration = "demonstration"
    comparison = "comparison"


class FieldShown(NamedTuple):
    """One field of a rule: its name, what it says in words, and why that stands there; None where the pack lacks it."""

    name_code: str
    value: Told | None
    evidence: Evidence | None


class QuestionShown(NamedTuple):
    """An open question, the measures that it stops, and those that work although it is open."""

    question: OpenQuestion
    stops: tuple[Readiness, ...]
    touches: tuple[Readiness, ...]


@dataclass(frozen=True, slots=True)
class Shelf:
    """The packs that people see, and the pages about them."""

    site: Site
    context: ExchangeContext

    def pack(self, pack_id: str) -> Pack:
        """Return a pack that is shown. Raises NotFoundException for any other."""
        if pack_id not in shown_ids(self.context):
            raise NotFoundException
        return load_pack(pack_id)

    def page(self, request: PageRequest, template: str, pack: Pack, **facts: object) -> Response[str]:
        """Answer with a page about a pack, which says whose law it is."""
        standing = standing_of(pack, self.context)
        return self.site.page(request, template, cookies=(), status=HTTP_200_OK, pack=pack, kind=standing, **facts)


def law_routes(site: Site, context: ExchangeContext) -> list[HTTPRouteHandler]:
    """Return the endpoints of the law."""
    shelf = Shelf(site, context)
    return [_packs(shelf), _pack(shelf), _questions(shelf), _norm(shelf), _measure(shelf)]


def _packs(shelf: Shelf) -> HTTPRouteHandler:
    @get("/law", sync_to_thread=True)
    def law(request: PageRequest) -> Response[str]:
        """List the packs."""
        now = shelf.context.clock.now()
        packs = [load_pack(pack_id) for pack_id in shown_ids(shelf.context)]
        return shelf.site.page(
            request,
            "packs.html",
            packs=[(pack, standing_of(pack, shelf.context), _counts(pack, now)) for pack in packs],
            kinds=tuple(Standing),
            own=shelf.context.pack,
        )

    return law


def _pack(shelf: Shelf) -> HTTPRouteHandler:
    @get("/law/{pack_id:str}", sync_to_thread=True)
    def one_pack(request: PageRequest, pack_id: str) -> Response[str]:
        """Show a pack: what it is, who signed it, and each measure with its state."""
        pack = shelf.pack(pack_id)
        rows = readiness(pack, shelf.context.clock.now())
        return shelf.page(request, "pack.html", pack, rows=rows, signatories=signatories(rows))

    return one_pack


def _questions(shelf: Shelf) -> HTTPRouteHandler:
    @get("/law/{pack_id:str}/questions", sync_to_thread=True)
    def questions(request: PageRequest, pack_id: str) -> Response[str]:
        """Show what only a lawyer can answer, what it stops, and who must sign."""
        pack = shelf.pack(pack_id)
        return shelf.page(request, "questions.html", pack, questions=questions_of(pack, shelf.context.clock.now()))

    return questions


def _norm(shelf: Shelf) -> HTTPRouteHandler:
    @get("/law/{pack_id:str}/norms/{norm_id:str}", sync_to_thread=True)
    def norm(request: PageRequest, pack_id: str, norm_id: str) -> Response[str]:
        """Show the versions of a norm; ``on`` asks which of them was in force that day."""
        pack = shelf.pack(pack_id)
        found = pack.data.norms.get(NormId(norm_id))
        if found is None:
            raise NotFoundException
        asked = read_query(request).text("on")
        typed = day_in(asked)
        day = typed or pack.data.calendar.local_day(shelf.context.clock.now())
        return shelf.page(
            request,
            "norm.html",
            pack,
            norm=found,
            day=day,
            is_unread=bool(asked) and typed is None,
            in_force=found.on(day),
            measures=measures_on(pack, found),
        )

    return norm


def _measure(shelf: Shelf) -> HTTPRouteHandler:
    @get("/law/{pack_id:str}/{measure:str}", sync_to_thread=True)
    def one_measure(request: PageRequest, pack_id: str, measure: str) -> Response[str]:
        """Show the rules of a measure, each value with its mark, its norms and its source."""
        pack = shelf.pack(pack_id)
        if measure not in Measure.__members__:
            raise NotFoundException
        chosen, now = Measure(measure), shelf.context.clock.now()
        words = ValueWords(shelf.site.reader(request), pack)
        rules = [rule for rule in pack.data.rules if rule.measure is chosen]
        return shelf.page(
            request,
            "measure.html",
            pack,
            measure=chosen,
            rows=[row for row in readiness(pack, now) if row.measure is chosen],
            rules=[(rule, fields_shown(rule, words)) for rule in rules],
            norms=norms_of(pack, rules),
            version_of=lambda norm_id: shown_version(pack, norm_id, now),
        )

    return one_measure


def shown_ids(context: ExchangeContext) -> tuple[str, ...]:
    """Return the ids of the packs that people see: this exchange's own, the law under it, and the law of others."""
    own = dict.fromkeys((context.pack.data.base_id, context.pack.pack_id))
    shown = {PackKind.law, PackKind.comparison}
    others = (pack_id for pack_id in pack_ids() if pack_id not in own and load_pack(pack_id).data.kind in shown)
    return (*own, *others)


def standing_of(pack: Pack, context: ExchangeContext) -> Standing:
    """Return what a pack is to this exchange."""
    if pack.data.kind is PackKind.demonstration:
        return Standing.demonstration
    is_own = pack.pack_id in {context.pack.pack_id, context.pack.data.base_id}
    return Standing.here if is_own else Standing.comparison


def fields_shown(rule: MeasureRule, words: ValueWords) -> list[FieldShown]:
    """Return every field that a rule has, in the rule's own order."""
    return [
        FieldShown(
            FIELD_TEXT + name,
            None if field is None else words.told(field.value),
            None if field is None else field.evidence,
        )
        for name, field in fields_of(rule).items()
    ]


def norms_of(pack: Pack, rules: list[MeasureRule]) -> list[Norm]:
    """Return the norms that rules rest on, each once."""
    ids = dict.fromkeys(norm_id for rule in rules for norm_id in cited_norms(rule, pack.data))
    return [pack.data.norms[norm_id] for norm_id in ids if norm_id in pack.data.norms]


def shown_version(pack: Pack, norm_id: NormId, now: Instant) -> NormVersion | None:
    """Return the version by which a norm is named: the one in force, else its last."""
    found = pack.data.norms.get(norm_id)
    return None if found is None else found.on(pack.data.calendar.local_day(now)) or found.versions[-1]


def measures_on(pack: Pack, norm: Norm) -> list[Measure]:
    """Return the measures whose rules rest on a norm."""
    citing = (rule.measure for rule in pack.data.rules if norm.norm_id in cited_norms(rule, pack.data))
    return list(dict.fromkeys(citing))


def questions_of(pack: Pack, now: Instant) -> list[QuestionShown]:
    """Return the open questions of a pack, those that stop most first."""
    rows = readiness(pack, now)
    shown = [
        QuestionShown(
            question,
            tuple(row for row in rows if number in row.questions and _is_stopped(row)),
            tuple(row for row in rows if number in (*row.caveats, *row.questions) and not _is_stopped(row)),
        )
        for number, question in pack.data.questions.items()
    ]
    return sorted(shown, key=lambda one: (-len(one.stops), one.question.number))


def signatories(rows: tuple[Readiness, ...]) -> list[str]:
    """Return who has put their name to values that measures rest on."""
    return list(dict.fromkeys(name for row in rows for name in row.confirmed_by))


def day_in(text: str) -> date | None:
    """Return the day of a ``date`` field; None for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _is_stopped(row: Readiness) -> bool:
    return row.state is ReadinessCode.blocked


def _counts(pack: Pack, now: Instant) -> dict[str, int]:
    """Return how many measures of a pack work, wait for an answer, and have no rule."""
    states = [row.state for row in readiness(pack, now)]
    return {code.name: states.count(code) for code in ReadinessCode}
