"""The state of the law: which measures work, what stops the others, who must sign, and the norms through time."""

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from tarazy.edge.console.office import Office
from tarazy.edge.pages.forms import PageRequest
from tarazy.law.assessment import Measure
from tarazy.law.ground import Pack, cited_norms, fields_of
from tarazy.law.pack import Evidence, MeasureRule, Norm
from tarazy.law.readiness import readiness


def law_routes(office: Office) -> list[HTTPRouteHandler]:
    """Return the endpoints of the law's state."""
    context = office.context

    @get("/law", sync_to_thread=True)
    def law(request: PageRequest) -> Response[str]:
        """Show each measure: works, blocked by which open question, or without a rule."""
        rows = readiness(context.pack, context.clock.now())
        return office.page(request, "law.html", office.person(request), rows=rows)

    @get("/law/{measure:str}", sync_to_thread=True)
    def measure(request: PageRequest, measure: str) -> Response[str]:
        """Show one measure: its rules with their marks, and the norms that they rest on, version by version."""
        if measure not in Measure.__members__:
            return office.not_found(request)
        chosen, now = Measure(measure), context.clock.now()
        rules = [rule for rule in context.pack.data.rules if rule.measure is chosen]
        return office.page(
            request,
            "law_measure.html",
            office.person(request),
            measure=chosen,
            rows=[row for row in readiness(context.pack, now) if row.measure is chosen],
            rules=[(rule, evidence_of(rule)) for rule in rules],
            norms=norms_of(context.pack, rules),
            today=context.pack.data.calendar.local_day(now),
            questions=context.pack.data.questions,
        )

    return [law, measure]


def evidence_of(rule: MeasureRule) -> list[tuple[str, Evidence | None]]:
    """Return each field of a rule with its evidence; None for one that the pack lacks."""
    return [(name, None if field is None else field.evidence) for name, field in fields_of(rule).items()]


def norms_of(pack: Pack, rules: list[MeasureRule]) -> list[Norm]:
    """Return the norms that rules rest on, each once."""
    ids = dict.fromkeys(norm_id for rule in rules for norm_id in cited_norms(rule, pack.data))
    return [pack.data.norms[norm_id] for norm_id in ids if norm_id in pack.data.norms]
