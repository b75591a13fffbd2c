"""The public register of what is restricted now: every exact address and number that is in force, and nothing else."""

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from tarazy.app.measure_law import remedies_of
from tarazy.app.officials_act import rule_today
from tarazy.app.target_records import targets_in_force
from tarazy.edge.context import ExchangeContext
from tarazy.edge.pages.forms import PageRequest
from tarazy.edge.pages.site import Site
from tarazy.law.assessment import Measure
from tarazy.values.ids import NormId, ParticipantId


def restrictions_routes(site: Site, context: ExchangeContext) -> list[HTTPRouteHandler]:
    """Return the endpoint of the register."""

    @get("/restrictions", sync_to_thread=True)
    def restrictions(request: PageRequest) -> Response[str]:
        """Show what is in force at this moment, by whom, on which norm, until when, and where to complain."""
        reader, setting = site.reader(request), context.setting()
        targets = context.peer.store.run(lambda tx: targets_in_force(tx, setting.now))
        day = context.pack.data.calendar.local_day(setting.now)

        def norm_title(norm_id: NormId) -> str:
            version = context.pack.norm_on(norm_id, day)
            return norm_id if version is None else reader.t(version.title_code)

        def body_name(participant_id: ParticipantId) -> str:
            known = context.participants.get(participant_id)
            return participant_id if known is None else known.name

        remedies = remedies_of(rule_today(Measure.M10, setting))
        return site.page(
            request,
            "restrictions.html",
            targets=targets,
            norm_title=norm_title,
            body_name=body_name,
            remedies=[reader.t(remedy.forum) for remedy in remedies],
        )

    return [restrictions]
