"""Reports that ask to join an incident, and who decides: an investigator, or the first reporter's bank by a message."""

from functools import partial

import msgspec

from tarazy.app.joining import ACT_OF, DecideJoin, decide_join, incident_of, join_terms
from tarazy.app.messages import queue
from tarazy.app.records import CASES, JOIN_REQUESTS, REPORTS, JoinRequest
from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Transaction
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.rejection import Rejection
from tarazy.protocol.bodies import JoinDecided
from tarazy.simulation.desk import Desk
from tarazy.simulation.programs import Program
from tarazy.simulation.world import World
from tarazy.values.ids import IncidentId, ReportId

DECIDED_SECONDS_MAX = 20_000


class Joins:
    """Everybody who decides upon requests to join."""

    def __init__(self, world: World, desk: Desk) -> None:
        self._world, self._desk = world, desk
        self._random = world.random

    def some_incident(self) -> IncidentId | None:
        """Return the incident of the oldest case that the exchange knows, or of any."""
        cases = self._world.network.exchange.disc.run(lambda tx: tx.find(CASES, order=("opened_at", "case_id")))
        if not cases:
            return None
        return cases[0].incident_id if self._random.random() < 0.5 else self._random.choice(cases).incident_id  # noqa: PLR2004 -- a coin

    def plan(self, report_id: ReportId, after: float) -> None:
        """Let a report's request be decided upon some time later, now and then by two who do not know of each other."""
        deciders = self._random.choices(([self._by_investigator], [self._by_bank], [self._by_bank] * 2), (4, 4, 1))[0]
        for decide in deciders:
            is_accepted = self._random.random() < 0.8  # noqa: PLR2004 -- mostly
            later = after + self._random.uniform(10, DECIDED_SECONDS_MAX)
            self._world.agenda.after(later, "join", partial(decide, report_id, is_accepted=is_accepted))

    def _by_investigator(self, report_id: ReportId, *, is_accepted: bool) -> str | None:
        exchange, police = self._world.network.exchange, self._world.network.police

        def act(tx: Transaction, setting: Setting) -> object:
            request = tx.get(JOIN_REQUESTS, report_id)
            if request is None:
                return "not asked"
            terms = join_terms(request, is_accepted=is_accepted)
            command = DecideJoin(
                report_id=report_id,
                is_accepted=is_accepted,
                participant_id=police.name,
                statement=self._desk.statement(police, ACT_OF[is_accepted], report_id, terms),
            )
            decided = decide_join(tx, command, setting)
            return decided if isinstance(decided, Rejection) else decided.status

        self._desk.act_later(exchange, 0, act)
        return None

    def _by_bank(self, report_id: ReportId, *, is_accepted: bool) -> str | None:
        request = self._world.network.exchange.disc.run(lambda tx: tx.get(JOIN_REQUESTS, report_id))
        first = None if request is None else self._first_reporter(request)
        if request is None or first is None:
            return "not asked"
        body = JoinDecided(report_id=report_id, incident_id=request.incident_id, is_accepted=is_accepted, statement="")

        def act(tx: Transaction, setting: Setting) -> object:
            signed = self._desk.statement(first, ACT_OF[is_accepted], report_id, body.terms())
            said = msgspec.structs.replace(body, statement=signed)
            queue(tx, setting.envelope(EXCHANGE_ID, said, report_id, setting.now.text()), setting)
            return "decided"

        self._desk.act_later(first, 0, act)
        return first.name

    def _first_reporter(self, request: JoinRequest) -> Program | None:
        """Return the bank whose report opened the incident."""
        here = Condition("case_id", "=", request.case_id)
        reports = self._world.network.exchange.disc.run(lambda tx: tx.find(REPORTS, here))
        incident = self._world.network.exchange.disc.run(lambda tx: tx.get(CASES, request.case_id))
        for report in reports:
            if incident is not None and incident_of(report.report_id) == incident.incident_id:
                return self._world.network.banks[report.participant_id].program
        return None
