"""Papers: what stands on one binds when two different officers have signed the same, and from that moment.

Neither of the two asked for what the paper decides. Signatures are verified anew, and what follows is looked for in the
rows as the confirming transaction has left them.
"""

from typing import Final

from tarazy.adapters.keys import Trust
from tarazy.agent.measure_records import HOLD_MEASURES
from tarazy.agent.paper_records import RELEASE_PAPERS, ReleasePaper
from tarazy.agent.records import HOLDS
from tarazy.app.measure_records import CASE_MEASURES, MEASURE_DECISIONS, MOTIONS, SCHEDULES, MeasureDecision
from tarazy.app.paper_records import PAPER_DECISIONS, PaperDecision
from tarazy.app.records import EVENTS
from tarazy.app.store import Condition
from tarazy.domain.hold import HoldStatus
from tarazy.domain.measure import MeasureStatus
from tarazy.domain.motion import LineDecision, MotionStatus
from tarazy.simulation.checkers.finding import demand, rows
from tarazy.simulation.checkers.papers import author_of, signer_of
from tarazy.simulation.programs import Bank, Network, Program

NAME: Final = "papers"
READERS: Final = 2
LIVE: Final = frozenset({HoldStatus.requested, HoldStatus.placed})


class PapersAtExchange:
    """Looks at the decisions on motions that were read on paper."""

    def __init__(self, exchange: Program, trust: Trust) -> None:
        self._exchange, self._trust = exchange, trust
        self._decided: set[str] = set()
        self._confirmed: set[str] = set()

    def check(self) -> None:
        """Check the papers that were entered and confirmed since the last time."""
        disc = self._exchange.disc
        decisions = {one.decision_id: one for one in rows(disc, MEASURE_DECISIONS)}
        for decision in decisions.values():
            if decision.signed.on_paper and decision.decision_id not in self._decided:
                self._decided.add(decision.decision_id)
                self._check_readers(decision)
        for paper in rows(disc, PAPER_DECISIONS):
            where, decided = f"{paper.decision_id}", decisions.get(paper.decision_id)
            if not paper.is_in_full:
                demand(NAME, decided is None, f"{where}: binds, and one officer alone has read it")
            elif paper.decision_id not in self._confirmed:
                self._confirmed.add(paper.decision_id)
                self._check_binds(paper, decided, where)

    def _check_readers(self, decision: MeasureDecision) -> None:
        """Two officers of one body have signed all that it says, and neither has asked for it."""
        where, signed = f"{decision.decision_id}", decision.signed
        said = [
            signer_of(text, "decide_motion", signed.decision_id, signed.terms(), self._trust)
            for text in signed.statements
        ]
        readers = {(one.participant_id, one.officer_id) for one in said if one is not None}
        bodies = {participant_id for participant_id, _ in readers}
        demand(NAME, len(said) == len(readers) == READERS, f"{where}: read by {sorted(readers)}")
        demand(NAME, bodies == {decision.participant_id}, f"{where}: read by officers of {sorted(bodies)}")
        [schedule] = rows(self._exchange.disc, SCHEDULES, Condition("schedule_id", "=", decision.motion_id))
        author = author_of(schedule.signed, self._trust)
        by_author = author is not None and (author.participant_id, author.officer_id) in readers
        demand(NAME, not by_author, f"{where}: read by {author}, who has asked for it")

    def _check_binds(self, paper: PaperDecision, decided: MeasureDecision | None, where: str) -> None:
        """With the second signature it is decided, then and there, line by line as it stands on the paper."""
        disc = self._exchange.disc
        demand(NAME, decided is not None, f"{where}: confirmed, and nothing is decided")
        assert decided is not None
        demand(NAME, decided.received_at == paper.confirmed_at, f"{where}: binds from {decided.received_at.text()}")
        demand(NAME, decided.lines == paper.lines, f"{where}: other lines were entered than are decided")
        demand(NAME, paper.entered_by != paper.confirmed_by, f"{where}: {paper.entered_by} has read it twice")
        [motion] = rows(disc, MOTIONS, Condition("motion_id", "=", paper.motion_id))
        demand(NAME, motion.status is MotionStatus.decided, f"{where}: its motion is {motion.status}")
        measures = {one.line_id: one for one in rows(disc, CASE_MEASURES)}
        for grant in paper.lines:
            measure = measures.get(grant.line_id)
            if measure is None or measure.ended_at is not None:
                continue
            is_struck = grant.decision == LineDecision.struck
            stands = f"{where}: {grant.decision} {grant.line_id}, and its measure is {measure.status}"
            is_so = is_struck or measure.status is MeasureStatus.in_force
            demand(NAME, is_so or measure.decision_id != paper.decision_id, stands)
            within = is_struck or measure.cap_minor <= grant.cap_minor
            demand(NAME, within, f"{where}: {measure.cap_minor} of {grant.cap_minor} granted")


class PapersAtBank:
    """Looks at the papers that came to one bank."""

    def __init__(self, bank: Bank, network: Network) -> None:
        self._bank, self._network, self._trust = bank, network, network.trust
        self._seen: set[str] = set()

    def check(self) -> None:
        """Check the papers that were confirmed since the last time, with holds as that transaction has left them."""
        for paper in rows(self._bank.program.disc, RELEASE_PAPERS):
            if paper.confirmed_at is None or paper.paper_id in self._seen:
                continue
            self._seen.add(paper.paper_id)
            where = f"{paper.paper_id} upon {paper.hold_id} at {self._bank.name}"
            self._check_readers(paper, where)
            [hold] = rows(self._bank.program.disc, HOLDS, Condition("hold_id", "=", paper.hold_id))
            if paper.keep_minor == 0:
                demand(NAME, hold.status not in LIVE, f"{where}: lets go of it, and it is {hold.status}")
                for measure in rows(self._bank.program.disc, HOLD_MEASURES, Condition("hold_id", "=", hold.hold_id)):
                    is_over = measure.measure_id != paper.measure_id or measure.ended_at is not None
                    demand(NAME, is_over, f"{where}: lets go of it, and {measure.measure_id} stands")
            else:
                stays = hold.held_minor - hold.releasing_minor
                demand(NAME, stays <= paper.keep_minor, f"{where}: leaves {paper.keep_minor}, {stays} are held")

    def check_quiet(self) -> None:
        """Check, when nothing is under way, that the exchange has heard of each paper, and has followed it."""
        disc = self._network.exchange.disc
        told = {one.subject_id for one in rows(disc, EVENTS, Condition("kind", "=", "paper_told"))}
        measures = {str(one.measure_id): one for one in rows(disc, CASE_MEASURES)}
        for paper in rows(self._bank.program.disc, RELEASE_PAPERS):
            where = f"{paper.paper_id} upon {paper.hold_id} at {self._bank.name}"
            is_known = paper.paper_id in told
            demand(NAME, is_known == (paper.confirmed_at is not None), f"{where}: the exchange knows of it: {is_known}")
            measure = measures.get(paper.measure_id)
            if paper.confirmed_at is None or measure is None or measure.status.is_final:
                continue
            demand(NAME, paper.keep_minor > 0, f"{where}: lets go, and {measure.measure_id} is {measure.status}")
            within = measure.cap_minor <= paper.keep_minor
            demand(NAME, within, f"{where}: leaves {paper.keep_minor}, the cap is {measure.cap_minor}")

    def _check_readers(self, paper: ReleasePaper, where: str) -> None:
        terms = (
            ("hold_id", paper.hold_id),
            ("by", paper.by),
            ("forum", paper.forum),
            ("decision_no", paper.decision_no),
            ("decided_on", paper.decided_on.isoformat()),
            ("keep_minor", str(paper.keep_minor)),
        )
        texts = (paper.statement, paper.second_statement or "")
        said = [signer_of(text, "enter_paper", paper.paper_id, terms, self._trust) for text in texts if text]
        readers = {(one.participant_id, one.officer_id) for one in said if one is not None}
        demand(NAME, len(readers) == READERS, f"{where}: read by {sorted(readers)}")
        bodies = {participant_id for participant_id, _ in readers}
        demand(NAME, bodies == {self._bank.name}, f"{where}: read by officers of {sorted(bodies)}")
