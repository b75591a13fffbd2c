"""From a reviewer's signature to money let go at every bank, with its proof in the log, on real processes.

    python -m bench.appeal_release [--rounds 20]

Each round: five holds at the demonstration's banks are carried by an investigator's measure, their holders appealed,
and a prosecutor overturns all five in a row. Measured from before the first signature until the last bank has said that
it holds nothing (*released*), and until the last of these words stands in a signed head of the log (*proved*).
Counterpart in the same run, by turns: five bare signed messages to the nodes and five answers, one durable row each.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from bench.bare_cascade import NODES, Bare, cascade
from bench.cascade import Reporter, depths_of, fill, shown
from tarazy.adapters.packs import load_pack
from tarazy.agent.appeals import LodgeAppeal, lodge_appeal
from tarazy.app.appeal_records import APPEALS, Appeal
from tarazy.app.measure_records import CASE_MEASURES, Schedule, Words
from tarazy.app.measures import begin_measures
from tarazy.app.records import CASE_HOLDS, EVENTS, REPORTS, CaseHold
from tarazy.app.registering import RegisterCase, register_case
from tarazy.app.reviewing import DecideAppeal, decide_appeal
from tarazy.app.schedules import SignedAct, words_digest
from tarazy.app.setting import Setting
from tarazy.app.statements import WITHOUT_REASONS
from tarazy.app.store import Condition, Transaction
from tarazy.bootstrap import EXCHANGE_ID, setting_for
from tarazy.domain.appeal import AppealOutcome, AppealRoad, AppealStatus, Appellant
from tarazy.domain.rejection import Rejection
from tarazy.edge.demonstration.network import DemonstrationNetwork
from tarazy.edge.demonstration.world import OFFICIALS, POLICE, PROSECUTORS
from tarazy.protocol.schedule import ScheduleLine, SignedSchedule, line_id_of
from tarazy.protocol.statement import Act, Statement, Terms, sign_statement
from tarazy.values.ids import CaseId, MotionId, ParticipantId, derived
from tarazy.values.replacing import replace

Done = TypeVar("Done")
REASONS: Final = "Asked and decided for the measurement, upon invented money of invented people."
REGISTRATION: Final = "267500031000777"
HOLDS: Final = 5
SECONDS_MAX: Final = 30.0
WORDS: Final = Words(
    aim="rights_of_others",
    suitability=REASONS,
    impact=REASONS,
    hiding_risk=REASONS,
    alternatives=tuple((rung, REASONS) for rung in ("M1", "M2", "M2t", "M3", "M4a", "M4b")),
    exculpatory="",
)


class Bench:
    """The officers of the demonstration, at the databases of its programs."""

    def __init__(self, network: DemonstrationNetwork) -> None:
        self.network = network
        self.reporter = Reporter(network)

    def at(self, name: ParticipantId, work: Callable[[Transaction, Setting], Done]) -> Done:
        setting = setting_for(self.network.keyrings[name], self.network.trust, load_pack("kz-demo"))
        now = setting(self.network.clock.now())
        return self.network.stores[name].run(lambda tx: work(tx, now))

    def sign(self, by: ParticipantId, act: Act, subject: str, terms: Terms) -> str:
        officer = OFFICIALS[by][0]
        statement = Statement(
            act=act,
            subject_id=subject,
            officer_id=officer,
            participant_id=by,
            at=self.network.clock.now(),
            reasons="" if act in WITHOUT_REASONS else REASONS,
            terms=terms,
        )
        return sign_statement(statement, self.network.keyrings[by].officers[officer].signer())

    def until(self, what: str, is_so: Callable[[], Done | None]) -> Done:
        """Look every millisecond until something is so."""
        limit = time.perf_counter() + SECONDS_MAX
        while time.perf_counter() < limit:
            found = is_so()
            if found:
                return found
            time.sleep(0.001)
        raise SystemExit(f"{what}: not after {SECONDS_MAX:g} s")

    def held(self, case: int) -> list[CaseHold]:
        """Report a planted theft and wait until its five leaves are held."""
        report = derived("tr", self.reporter.sign(case))
        of_tracing = Condition("tracing_id", "=", report)

        def placed() -> list[CaseHold] | None:
            rows = self.at(EXCHANGE_ID, lambda tx, _: tx.find(CASE_HOLDS, of_tracing))
            return rows if len(rows) == HOLDS and all(row.placed_at for row in rows) else None

        return self.until("held", placed)

    def carried(self, holds: list[CaseHold]) -> None:
        """Let an investigator register the case and begin M5 upon the holds; wait until every bank has taken it."""
        case_id = holds[0].case_id
        command = RegisterCase(
            case_id=case_id,
            participant_id=POLICE,
            registration=REGISTRATION,
            registered_at=self.network.clock.now(),
            statement="",
        )
        signed = self.sign(POLICE, Act.register_case, case_id, command.terms())
        done = self.at(EXCHANGE_ID, lambda tx, now: register_case(tx, replace(command, statement=signed), now))
        assert not isinstance(done, Rejection), done
        act = self._act(case_id, holds)
        begun = self.at(EXCHANGE_ID, lambda tx, now: begin_measures(tx, act, now))
        assert isinstance(begun, Schedule), begun
        of_case = Condition("case_id", "=", case_id)
        self.until(
            "carried",
            lambda: all(one.taken_at for one in self.at(EXCHANGE_ID, lambda tx, _: tx.find(CASE_MEASURES, of_case))),
        )

    def _act(self, case_id: CaseId, holds: list[CaseHold]) -> SignedAct:
        schedule_id = MotionId(derived("mo", case_id))
        own = " ".join(derived("w", case_id, number)[2:12] for number in range(20))
        words = replace(WORDS, suitability=f"Invented for this case alone: {own}")  # copied reasons would be refused
        lines = tuple(
            ScheduleLine(
                line_id=line_id_of(schedule_id, hold.hold_id),
                hold_id=hold.hold_id,
                participant_id=hold.participant_id,
                currency=hold.currency,
                cap_minor=hold.held_minor,
                until=self.network.clock.now().plus(timedelta(days=9)),
                salt=derived("", hold.hold_id).removeprefix("_"),
            )
            for hold in holds
        )
        schedule = SignedSchedule(
            schedule_id=schedule_id,
            act=Act.begin_measure,
            case_id=case_id,
            measure="M5",
            registration=REGISTRATION,
            offence_ids=("kz-cc-190-2-4",),
            words=words_digest(words),
            digests=tuple(line.digest for line in lines),
            statement="",
        )
        signed = self.sign(POLICE, Act.begin_measure, schedule_id, schedule.terms())
        schedule = msgspec.structs.replace(schedule, statement=signed)
        return SignedAct(signed=schedule, lines=lines, words=words, participant_id=POLICE)

    def appealed(self, holds: list[CaseHold]) -> list[Appeal]:
        """Let every holder appeal at their bank; wait until the exchange has all appeals."""
        for hold in holds:
            command = LodgeAppeal(
                hold_id=hold.hold_id,
                appellant=Appellant.holder,
                road=AppealRoad.app,
                is_identified=True,
                grounds=("good_faith",),
                words="",
            )
            self.at(
                hold.participant_id,
                lambda tx, now, command=command: lodge_appeal(tx, command, EXCHANGE_ID, now),
            )
        of_case = Condition("case_id", "=", holds[0].case_id)

        def lodged() -> list[Appeal] | None:
            rows = self.at(EXCHANGE_ID, lambda tx, _: tx.find(APPEALS, of_case))
            return rows if len(rows) == HOLDS else None

        return self.until("appealed", lodged)

    def overturned(self, appeals: list[Appeal]) -> tuple[float, float]:
        """Overturn all; return the milliseconds until the last bank has let go, and until that stands in the log."""
        began = time.perf_counter()
        for appeal in appeals:
            command = DecideAppeal(
                appeal_id=appeal.appeal_id,
                outcome=AppealOutcome.measure_overturned,
                keep_minor=0,
                missing=(),
                why_still="",
                participant_id=PROSECUTORS,
                statement="",
            )
            signed = self.sign(PROSECUTORS, Act.decide_appeal, appeal.appeal_id, command.terms())
            done = self.at(
                EXCHANGE_ID,
                lambda tx, now, command=command, signed=signed: decide_appeal(
                    tx, replace(command, statement=signed), now
                ),
            )
            assert isinstance(done, Appeal), done
        keys = {(appeal.appeal_id,) for appeal in appeals}
        self.until("released", lambda: self._all_executed(keys))
        released = (time.perf_counter() - began) * 1000
        of_case = (Condition("case_id", "=", appeals[0].case_id), Condition("kind", "=", "appeal_executed"))
        self.until(
            "proved",
            lambda: all(
                one.log_index is not None for one in self.at(EXCHANGE_ID, lambda tx, _: tx.find(EVENTS, *of_case))
            ),
        )
        return released, (time.perf_counter() - began) * 1000

    def _all_executed(self, keys: set[tuple[object, ...]]) -> bool:
        rows = self.at(EXCHANGE_ID, lambda tx, _: tx.get_many(APPEALS, keys))
        return all(row.status is AppealStatus.executed for row in rows.values())


def measure(network: DemonstrationNetwork, bare: Bare, rounds: int) -> None:
    bench = Bench(network)
    released, proved, beside = [], [], []
    with ThreadPoolExecutor(NODES) as workers:
        for case in range(rounds):
            holds = bench.held(case)
            bench.carried(holds)
            appeals = bench.appealed(holds)
            let_go, in_log = bench.overturned(appeals)
            released.append(let_go)
            proved.append(in_log)
            nodes = [node for depth in depths_of(case) for node in depth][:HOLDS]
            began = time.perf_counter()
            cascade(bare, workers, [nodes], case)
            beside.append((time.perf_counter() - began) * 1000)
    reports = bench.at(EXCHANGE_ID, lambda tx, _: len(tx.find(REPORTS)))
    print("five decisions until the last bank has let go:", shown(released), f"({reports} reports)")
    print("until that stands in the log:               ", shown(proved))
    print("counterpart (five bare messages at once):   ", shown(beside))
    print(f"released / counterpart: {statistics.median(released) / statistics.median(beside):.1f}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=20)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tarazy-bench-", dir="/var/tmp") as home:
        Path(home).chmod(0o755)  # so that the server, which refuses root, can reach its folder
        network = DemonstrationNetwork(Path(home))
        try:
            network.start(lambda text: print("·", text, flush=True))
            fill(network, options.rounds)
            network._server.create_database("bare", "bare")
            bare = Bare.start(network._server.url("bare", "bare"))
            try:
                measure(network, bare, options.rounds)
            finally:
                bare.stop()
        finally:
            network.stop()


if __name__ == "__main__":
    main()
