"""From signature to last hold, on real processes over HTTP with durable PostgreSQL.

    python -m bench.cascade [--single 200] [--rate 40 --seconds 60]

Each case has 13 pieces in 5 depths at six banks; the accounts on the way have passed everything on, the five leaves are
held. Counterpart in the same run, turn by turn: the same cascade of bare signed messages, one durable row each
(`bench.bare_cascade`).
"""

import argparse
import os
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import psycopg

from bench.bare_cascade import NODES, Bare, cascade
from tarazy.adapters.packs import load_pack
from tarazy.agent.core_port import OpenedAccount
from tarazy.agent.desk import OfficerAtDesk, SignReport, sign_report
from tarazy.agent.entries import apply_entries, open_accounts
from tarazy.agent.reference_core import CORE_ACCOUNTS, CoreAccount, Payment
from tarazy.app.store import Transaction
from tarazy.bootstrap import EXCHANGE_ID, setting_for
from tarazy.domain.entry import AccountEntry, AccountKind, EntryKind
from tarazy.edge.demonstration.network import DemonstrationNetwork
from tarazy.edge.demonstration.world import BANKS
from tarazy.values.ids import AccountId, OfficerId, ParticipantId, TransferRef, derived

ROOT = 1_300_000_00
# (parent, share of the parent in percent): 1 + 2 + 3 + 4 + 3 pieces
TREE = (
    (None, 100),
    (0, 60),
    (0, 40),
    (1, 50),
    (1, 50),
    (2, 100),
    (3, 60),
    (3, 40),
    (4, 100),
    (5, 100),
    (6, 50),
    (6, 50),
    (8, 100),
)
PAYER = BANKS[0].participant_id


@dataclass(frozen=True)
class Hop:
    """One transfer of a planted case: from account to account."""

    ref: TransferRef
    bank: ParticipantId
    account: AccountId
    amount: int
    parent: int | None


def planted(case: int) -> list[Hop]:
    """Return the transfers of one case, spread over the banks."""
    hops: list[Hop] = []
    for index, (parent, percent) in enumerate(TREE):
        amount = ROOT if parent is None else hops[parent].amount * percent // 100
        bank = BANKS[1 + (index * 3 + case) % (len(BANKS) - 1)].participant_id
        hops.append(Hop(TransferRef(f"bench-{case}-{index}"), bank, AccountId(f"x{case}-{index}"), amount, parent))
    return hops


def fill(network: DemonstrationNetwork, cases: int) -> None:
    """Book the planted transfers at every bank, in the agents and in their cores."""
    now = network.clock.now()
    opened: dict[ParticipantId, list[OpenedAccount]] = {bank.participant_id: [] for bank in BANKS}
    entries: dict[ParticipantId, list[AccountEntry]] = {bank.participant_id: [] for bank in BANKS}
    cores: dict[ParticipantId, list[CoreAccount]] = {bank.participant_id: [] for bank in BANKS}
    for case in range(cases):
        hops = planted(case)
        for index, hop in enumerate(hops):
            children = [child for child in hops if child.parent == index]
            opened[hop.bank].append(
                OpenedAccount(
                    account_id=hop.account,
                    kind="personal",
                    currency="KZT",
                    is_natural_person=True,
                    opening_minor=0,
                )
            )
            entries[hop.bank].append(_entry(hop.account, 1, EntryKind.credit, hop.amount, hop.ref, PAYER, now))
            for number, child in enumerate(children, start=2):
                entries[hop.bank].append(
                    _entry(hop.account, number, EntryKind.debit, child.amount, child.ref, child.bank, now)
                )
            balance = hop.amount - sum(child.amount for child in children)
            cores[hop.bank].append(
                CoreAccount(
                    account_id=hop.account,
                    kind=AccountKind.personal,
                    currency="KZT",
                    is_natural_person=True,
                    balance_minor=balance,
                    reserved_minor=0,
                    limit_minor=0,
                    entry_no=1 + len(children),
                )
            )
    for bank in BANKS:
        store = network.stores[bank.participant_id]
        setting = setting_for(network.keyrings[bank.participant_id], network.trust, load_pack("kz-demo"))(now)
        for chunk in _chunks(list(zip(opened[bank.participant_id], cores[bank.participant_id], strict=True)), 2000):

            def accounts(tx: Transaction, chunk=chunk) -> None:
                assert not open_accounts(tx, [one for one, _ in chunk])
                for _, core in chunk:
                    tx.add(CORE_ACCOUNTS, core)

            store.run(accounts)
        for chunk in _chunks(entries[bank.participant_id], 5000):
            faults = store.run(lambda tx, chunk=chunk: apply_entries(tx, chunk, EXCHANGE_ID, setting))
            assert not faults, faults[:3]


def _entry(account, number, kind, amount, ref, other, now) -> AccountEntry:
    return AccountEntry(
        account_id=account,
        entry_no=number,
        kind=kind,
        amount_minor=amount,
        currency="KZT",
        booked_at=now,
        transfer_ref=ref,
        counterparty=other,
    )


def _chunks(rows: list, size: int) -> Iterator[list]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


class Reporter:
    """Signs reports at the payer's bank, as its desk does."""

    def __init__(self, network: DemonstrationNetwork) -> None:
        ring = network.keyrings[PAYER]
        self._network = network
        self._setting_at = setting_for(ring, network.trust, load_pack("kz-demo"))
        officer = OfficerId("officer-1")
        self._officer = OfficerAtDesk(officer, ring.officers[officer].signer())

    def sign(self, case: int) -> str:
        now = self._network.clock.now()
        first = planted(case)[0]
        payment = Payment(
            payment_id=first.ref,
            serial=0,
            from_participant=PAYER,
            to_participant=first.bank,
            to_account=first.account,
            for_report=None,
            amount_minor=first.amount,
            currency="KZT",
            is_protected=False,
            sent_at=now,
            original_ref=None,
            done_at=now,
            from_account=AccountId(f"payer-{case}"),
        )
        command = SignReport(
            payment=payment,
            claim_minor=first.amount,
            offence_id="kz-cc-190-2-4",
            facts=("payment_under_deceit",),
            reasons="The customer paid after a call in the name of their bank.",
        )
        setting = self._setting_at(now)
        return str(
            self._network.stores[PAYER].run(lambda tx: sign_report(tx, command, self._officer, EXCHANGE_ID, setting))
        )


class Spans(NamedTuple):
    """Milliseconds of each case, and of each bare cascade."""

    real: list[float]
    bare: list[float]


HELD_CHANNEL = "bench_all_held"
TELL_WHEN_HELD = f"""
CREATE FUNCTION bench_tell() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN PERFORM pg_notify('{HELD_CHANNEL}', NEW.tracing_id); RETURN NULL; END $$;
CREATE TRIGGER bench_tell AFTER UPDATE ON tracings FOR EACH ROW
WHEN (NEW.asking_minor = 0 AND (NEW.sums->>'held')::bigint = NEW.stolen_minor) EXECUTE FUNCTION bench_tell();
"""
"""The exchange's database tells when all is held: whoever asked for it would take time from those at work."""


class Watch:
    """Tells of tracings, as they end, that all their money is held."""

    def __init__(self, network: DemonstrationNetwork) -> None:
        self._connection = psycopg.connect(network.database_url(EXCHANGE_ID), autocommit=True)
        self._connection.execute(f"LISTEN {HELD_CHANNEL}")

    def held(self, seconds: float) -> Iterator[str]:
        """Yield tracings as all their money is held, for so long."""
        for notice in self._connection.notifies(timeout=seconds):
            yield notice.payload

    def close(self) -> None:
        self._connection.close()


def held_after(reporter: Reporter, watch: Watch, case: int) -> float:
    """Sign one report; return the milliseconds from before the signature until all is held."""
    started = time.perf_counter()
    tracing = derived("tr", reporter.sign(case))
    for held in watch.held(20):
        if held == tracing:
            return (time.perf_counter() - started) * 1000
    raise SystemExit(f"case {case} is not held after 20 s")


def single(network: DemonstrationNetwork, bare: Bare, first: int, count: int, rest: float) -> Spans:
    """Sign one report at a time and send one bare cascade, by turns; return the milliseconds of each.

    Both come after the same rest: what goes on behind the scenes afterwards is over.
    """
    reporter, watch, spans = Reporter(network), Watch(network), Spans([], [])
    with ThreadPoolExecutor(NODES) as workers:
        for case in range(first, first + count):
            time.sleep(rest)
            spans.real.append(held_after(reporter, watch, case))
            time.sleep(rest)
            started = time.perf_counter()
            cascade(bare, workers, depths_of(case), case)
            spans.bare.append((time.perf_counter() - started) * 1000)
    watch.close()
    return spans


def load(network: DemonstrationNetwork, first: int, rate: float, seconds: float) -> tuple[list[float], int]:
    """Sign reports at a steady rate; return the milliseconds of each until all is held, and how many were lost."""
    reporter, watch = Reporter(network), Watch(network)
    count = int(rate * seconds)
    signed: dict[str, float] = {}
    held: dict[str, float] = {}

    def sign_all() -> None:
        begin = time.perf_counter()
        for number in range(count):
            due = begin + number / rate
            time.sleep(max(0.0, due - time.perf_counter()))
            started = time.perf_counter()
            signed[derived("tr", reporter.sign(first + number))] = min(started, due)

    thread = threading.Thread(target=sign_all)
    thread.start()
    for tracing in watch.held(seconds + 60):
        held.setdefault(tracing, time.perf_counter())
        if len(held) == count:
            break
    thread.join()
    watch.close()
    return [(at - signed[tracing]) * 1000 for tracing, at in held.items()], count - len(held)


def bare_load(bare: Bare, first: int, rate: float, seconds: float) -> list[float]:
    """Send bare cascades at the same rate; return the milliseconds of each, from when it was due."""
    spans: list[float] = []
    here = threading.local()

    def connect() -> None:
        here.bare = replace(bare, connection=psycopg.connect(bare.url, autocommit=True))

    def send(number: int) -> None:
        due = begin + number / rate
        time.sleep(max(0.0, due - time.perf_counter()))
        cascade(here.bare, workers, depths_of(first + number), first + number)
        spans.append((time.perf_counter() - due) * 1000)

    with ThreadPoolExecutor(4 * NODES) as workers, ThreadPoolExecutor(4 * NODES, initializer=connect) as senders:
        list(senders.map(lambda _: time.sleep(0.2), range(4 * NODES)))  # all have connected
        begin = time.perf_counter()
        list(senders.map(send, range(int(rate * seconds))))
    return spans


def resident_mb(pid: int) -> float:
    """Return a process's resident memory."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def cpu_seconds(network: DemonstrationNetwork) -> dict[str, float]:
    """Return the processor time that each part has used so far; PostgreSQL with all its processes."""
    tick = os.sysconf("SC_CLK_TCK")
    parents, spent = {}, {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents[int(folder.name)] = int(fields[1])
            spent[int(folder.name)] = (int(fields[11]) + int(fields[12]) + int(fields[13]) + int(fields[14])) / tick
    server = network._server.pid
    used = {name: spent.get(program.process.pid, 0.0) for name, program in network.programs.items()}
    used["postgres"] = sum(value for pid, value in spent.items() if pid == server or parents.get(pid) == server)
    used["bench"] = spent[os.getpid()]
    return used


def memory_mb(network: DemonstrationNetwork) -> dict[str, float]:
    """Return each program's resident memory."""
    return {name: resident_mb(program.process.pid) for name, program in network.programs.items()}


def shown(spans: list[float]) -> str:
    ordered = sorted(spans)
    p99 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    return f"median {statistics.median(ordered):.1f} ms, p99 {p99:.1f} ms, n {len(ordered)}"


def depths_of(case: int) -> list[list[int]]:
    """Return the same cascade for the counterpart: the nodes asked at each depth."""
    depth = [0] * len(TREE)
    for index, (parent, _) in enumerate(TREE):
        depth[index] = 0 if parent is None else depth[parent] + 1
    nodes = [(index * 3 + case) % (len(BANKS) - 1) for index in range(len(TREE))]
    return [[nodes[i] for i in range(len(TREE)) if depth[i] == level] for level in range(max(depth) + 1)]


def measure(network: DemonstrationNetwork, bare: Bare, warm: int, options: argparse.Namespace) -> None:
    """Measure one at a time, then at a rate, each beside its counterpart."""
    with psycopg.connect(network.database_url(EXCHANGE_ID), autocommit=True) as connection:
        connection.execute(TELL_WHEN_HELD)
    print("counterpart (a bare node):", round(resident_mb(bare.processes[0].pid)), "MB", flush=True)
    single(network, bare, 0, warm, 0.1)
    spans = single(network, bare, warm, options.single, options.rest)
    ratio = statistics.median(spans.real) / statistics.median(spans.bare)
    print("one at a time:      ", shown(spans.real), flush=True)
    print("counterpart (bare): ", shown(spans.bare), flush=True)
    print(f"ratio of medians: {ratio:.2f}", flush=True)
    first, pause = warm + options.single, min(10.0, options.seconds / 2)
    at_rate = f"{options.rate:g} a second for"
    beside = bare_load(bare, first, options.rate, pause)
    before = cpu_seconds(network)
    held, lost = load(network, first, options.rate, options.seconds)
    after = cpu_seconds(network)
    print(f"{at_rate} {options.seconds:g} s:", shown(held) if held else "-", f"lost {lost}", flush=True)
    print(f"counterpart (bare), {at_rate} {pause:g} s:", shown(beside), flush=True)
    per_report = {name: round((after[name] - before[name]) * 1000 / max(1, len(held)), 1) for name in after}
    print("processor ms per report:", per_report, "sum", round(sum(per_report.values()), 1), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--single", type=int, default=200)
    parser.add_argument("--rest", type=float, default=0, help="seconds between two that are signed one at a time")
    parser.add_argument("--rate", type=float, default=40)
    parser.add_argument("--seconds", type=float, default=60)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tarazy-bench-", dir="/var/tmp") as home:
        Path(home).chmod(0o755)  # so that the server, which refuses root, can reach its folder
        network = DemonstrationNetwork(Path(home))
        try:
            network.start(lambda text: print("·", text, flush=True))
            warm = 20
            total = warm + options.single + int(options.rate * options.seconds)
            fill(network, total)
            print("memory at rest, MB:", {name: round(size) for name, size in memory_mb(network).items()}, flush=True)
            network._server.create_database("bare", "bare")
            bare = Bare.start(network._server.url("bare", "bare"))
            try:
                measure(network, bare, warm, options)
            finally:
                bare.stop()
        finally:
            network.stop()


if __name__ == "__main__":
    main()
