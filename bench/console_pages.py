"""How long a page of the console takes at the server, with a hundred thousand cases and a million events.

    python -m bench.console_pages [--cases 100000] [--rounds 15]

One real case of the demonstration (thirteen pieces, five holds under an investigator's measure, an appeal) is copied in
the exchange's database, with other ids, and a motion to the judge filed in each; then the pages are asked of the
exchange's own process over HTTP, by turns, as a prosecutor; the duties also as those of whom nearly everything is due.
Counterpart in the same run: the same pages before the copies are made, with one case. What grows with the number of
cases shows in the ratio.
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path
from typing import Final

import psycopg

from bench.appeal_release import Bench
from bench.cascade import fill
from tarazy.app.appeal_records import APPEALS
from tarazy.app.measure_records import CASE_MEASURES
from tarazy.app.records import CASES
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.edge.demonstration.network import DemonstrationNetwork
from tarazy.edge.stage.visitor import Visitor

EVENTS_PER_CASE: Final = 10
ROWS_PER_CASE: Final = {
    "cases": 1,
    "reports": 1,
    "tracings": 1,
    "pieces": 2,
    "case_holds": 5,
    "case_measures": 1,
    "schedules": 1,
    "schedule_lines": 1,
    "deadlines": 2,
    "appeals": 1,
    "events": EVENTS_PER_CASE,
    "case_figures": 1,
}
"""How many rows of the real case are copied for each other one."""
NOT_COPIED: Final = frozenset({"serial"})
FIRST_COPY: Final = 100_000_000
MILLISECONDS_MAX: Final = 150
PROSECUTOR: Final = "prosecutor"
DUTIES_OF: Final = {"~ police": "investigator", "~ judge": "investigating_judge", "~ supervisor": "supervisor"}
"""Who else looks at the duties: of the police a motion is due in every case, of the judges a decision."""


def copies(connection: psycopg.Connection, cases: int) -> int:
    """Copy the real case; return how many events there are then. Ids get a number behind them, times are
    a hundredth of a second apart."""
    for table, rows in ROWS_PER_CASE.items():
        found = connection.execute(
            "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute "
            "WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
            [table],
        ).fetchall()
        names = [name for name, _ in found if name not in NOT_COPIED]
        values = ", ".join(_value(name, kind) for name, kind in found if name not in NOT_COPIED)
        columns = ", ".join(f'"{name}"' for name in names)
        by_hold = "ORDER BY hold_id" if "hold_id" in names else ""  # so that hold, measure and appeal are of one
        own = "" if table == "cases" else "WHERE case_id IN (SELECT case_id FROM cases)"
        connection.execute(
            f"INSERT INTO {table} ({columns}) SELECT {values} "
            f"FROM (SELECT *, row_number() OVER () AS k FROM {table} {own} {by_hold} LIMIT {rows}) AS one, "
            f"generate_series(1, {cases}) AS n ON CONFLICT DO NOTHING"
        )
        connection.execute(f"ANALYZE {table}".encode())
    row = connection.execute("SELECT count(*) FROM events").fetchone()
    assert row is not None
    return int(row[0])


def _value(name: str, kind: str) -> str:
    if name == "log_index":  # numbers beyond those that the sequencer has given
        return f"{FIRST_COPY} + n * {EVENTS_PER_CASE} + k"
    if kind.startswith("timestamp"):  # no two cases of a country are opened in one microsecond
        return f"\"{name}\" + n * interval '10 milliseconds'"
    is_id = kind == "text" and (name.endswith("_id") or name in {"carried_by", "carries_on"})
    if is_id and not name.startswith(("participant", "officer", "author", "mandate", "offence", "payee", "owner")):
        return f"\"{name}\" || '-' || n"
    return f'"{name}"'


MOTIONS_FILED: Final = """
    INSERT INTO motions (motion_id, case_id, filed_by, ask, "to", status, filed_at, decide_by)
    SELECT schedule_id, case_id, participant_id, 'authorise', 'investigating_judge', 'filed',
        signed_at, signed_at + interval '3 days'
    FROM schedules WHERE schedule_id NOT IN (SELECT motion_id FROM motions)
"""


def motions(connection: psycopg.Connection) -> None:
    """Let a motion be filed with each act, as the table has them; nothing else of a case knows of it."""
    connection.execute(MOTIONS_FILED.encode())
    connection.execute("ANALYZE motions")


def asked(visitor: Visitor, path: str) -> float:
    """Return the milliseconds that a page takes."""
    began = time.perf_counter()
    visitor.get(path)
    return (time.perf_counter() - began) * 1000


def timed(visitors: dict[str, Visitor], pages: dict[str, str], rounds: int) -> dict[str, list[float]]:
    """Ask every page in turn, so often; the first round warms and does not count."""
    spans: dict[str, list[float]] = {name: [] for name in pages}
    for number in range(rounds + 1):
        for name, path in pages.items():
            span = asked(visitors.get(name, visitors[PROSECUTOR]), path)
            if number:
                spans[name].append(span)
    return spans


def acting(network: DemonstrationNetwork, role: str) -> Visitor:
    """Return somebody who looks at the console in a role."""
    visitor = Visitor(network.url(EXCHANGE_ID))
    visitor.get("/console")
    visitor.send("/console/role", [("role", role), ("back", "/console")])
    return visitor


def pages_of(bench: Bench) -> dict[str, str]:
    """Return the pages with the longest lists, and those of the real case."""
    case = bench.at(EXCHANGE_ID, lambda tx, _: tx.find(CASES, limit=1))[0]
    measure = bench.at(EXCHANGE_ID, lambda tx, _: tx.find(CASE_MEASURES, limit=1))[0]
    appeal = bench.at(EXCHANGE_ID, lambda tx, _: tx.find(APPEALS, limit=1))[0]
    pages = {
        "start": "/",
        "cases": "/console",
        "case": f"/console/cases/{case.case_id}",
        "duties": "/console/duties",
        "motions": "/console/motions",
        "new motion": f"/console/cases/{case.case_id}/motions/new?ask=begin",
        "measure": f"/console/measures/{measure.measure_id}",
        "appeals": "/console/appeals",
        "appeal": f"/console/cases/{appeal.case_id}/appeals/{appeal.appeal_id}",
        "errors": "/console/errors",
        "law": "/law",
    }
    act = {"act": f"/console/motions/{measure.schedule_id}"}
    return pages | act | dict.fromkeys(DUTIES_OF, "/console/duties")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tarazy-bench-", dir="/var/tmp") as home:
        Path(home).chmod(0o755)  # so that the server, which refuses root, can reach its folder
        network = DemonstrationNetwork(Path(home))
        try:
            network.start(lambda text: print("·", text, flush=True))
            fill(network, 1)
            bench = Bench(network)
            holds = bench.held(0)
            bench.carried(holds)
            bench.appealed(holds)
            visitors = {PROSECUTOR: acting(network, PROSECUTOR)}
            visitors |= {name: acting(network, role) for name, role in DUTIES_OF.items()}
            pages = pages_of(bench)
            before = timed(visitors, pages, options.rounds)
            with psycopg.connect(network.database_url(EXCHANGE_ID), autocommit=True) as connection:
                events = copies(connection, options.cases)
                motions(connection)
            after = timed(visitors, pages, options.rounds)
        finally:
            network.stop()
    print(f"{options.cases:,} cases, {events:,} events; milliseconds, median of {options.rounds} (most)")
    for name in pages:
        many, one = statistics.median(after[name]), statistics.median(before[name])
        worst = max(after[name])
        late = "  ABOVE" if many > MILLISECONDS_MAX else ""
        print(f"{name:12} {many:8.1f} ({worst:.1f})   with one case {one:8.1f}   ratio {many / one:5.2f}{late}")


if __name__ == "__main__":
    main()
