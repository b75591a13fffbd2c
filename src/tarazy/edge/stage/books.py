"""An independent count of the books: plain SQL over what every program has kept, added up to the unit.

Nothing of the programs' own reckoning is used here, neither their queries nor their types: the tables are read as an
outside auditor would read them, and each check returns what differs.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import psycopg
from psycopg.rows import TupleRow

Connection = psycopg.Connection[TupleRow]


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: its name, how many things it compared, and what differs (nothing, if the books balance)."""

    check: str
    compared: int
    differences: tuple[str, ...]

    @property
    def balances(self) -> bool:
        """Whether nothing differs."""
        return not self.differences


@dataclass(frozen=True, slots=True)
class Books:
    """Open books: the exchange's database, and each bank's."""

    exchange: Connection
    banks: Mapping[str, Connection]


LEDGER: Final = """
    SELECT a.account_id, a.balance_minor, a.entry_no,
           coalesce(o.opening, 0) + coalesce(b.sum, 0) AS counted, coalesce(b.last, 0) AS last, coalesce(b.rows, 0)
      FROM core_accounts a
      LEFT JOIN (SELECT opened->>'account_id' AS account_id, (opened->>'opening_minor')::bigint AS opening
                   FROM core_bookings WHERE opened IS NOT NULL) o USING (account_id)
      LEFT JOIN (SELECT entry->>'account_id' AS account_id, max((entry->>'entry_no')::bigint) AS last, count(*) AS rows,
                        sum(CASE WHEN entry->>'kind' = 'credit' THEN (entry->>'amount_minor')::bigint
                                 WHEN entry->>'kind' IN ('reserve', 'unreserve') THEN 0
                                 ELSE -(entry->>'amount_minor')::bigint END) AS sum
                   FROM core_bookings WHERE entry IS NOT NULL GROUP BY 1) b USING (account_id)
"""
WHOLE: Final = """
    SELECT (SELECT coalesce(sum((opened->>'opening_minor')::bigint), 0) FROM core_bookings WHERE opened IS NOT NULL),
           (SELECT coalesce(sum(balance_minor), 0) FROM core_accounts),
           (SELECT coalesce(sum((entry->>'amount_minor')::bigint), 0) FROM core_bookings
             WHERE entry->>'exit_kind' IS NOT NULL)
"""
SENT: Final = "SELECT payment_id, amount_minor FROM core_payments"
RECEIVED: Final = """
    SELECT entry->>'transfer_ref', (entry->>'amount_minor')::bigint FROM core_bookings WHERE entry->>'kind' = 'credit'
"""
LINES: Final = """
    SELECT a.account_id, c.balance_minor, c.reserved_minor, a.entry_no = c.entry_no,
           a.line_end - a.head + (SELECT coalesce(sum(upper(g) - lower(g)), 0) FROM unnest(a.gaps) g) AS free,
           a.held_minor, a.debt_minor, a.line_end,
           (SELECT coalesce(sum(line_to - line_from), 0) FROM hold_segments s WHERE s.account_id = a.account_id),
           (SELECT coalesce(sum(line_to - line_from), 0) FROM consumptions s WHERE s.account_id = a.account_id)
      FROM accounts a JOIN core_accounts c USING (account_id)
"""
HOLDS: Final = """
    SELECT h.hold_id, h.status, h.held_minor, h.reserved_minor, h.paid_minor, coalesce(r.amount_minor, 0),
           (SELECT coalesce(sum(line_to - line_from), 0) FROM hold_segments s WHERE s.hold_id = h.hold_id)
      FROM holds h LEFT JOIN core_reserves r USING (hold_id)
"""
CASE_HOLDS: Final = "SELECT participant_id, hold_id, status, held_minor, paid_minor FROM case_holds"
TRACINGS: Final = "SELECT tracing_id, stolen_minor, sums, asking_minor FROM tracings"
PIECES: Final = """
    SELECT tracing_id, CASE WHEN stop IS NOT NULL THEN 'stopped' WHEN answer_no = 0 THEN 'asking' END AS whole,
           to_minor - from_minor, shares
      FROM pieces
"""
PAID_PARTS: Final = "SELECT report_id, sum(amount_minor) FROM refund_parts WHERE status = 'paid' GROUP BY 1"
RETURNED: Final = "SELECT report_id, returned_minor, claim_minor FROM reports"
REFUNDS_SENT: Final = "SELECT for_report, sum(amount_minor) FROM core_payments WHERE for_report IS NOT NULL GROUP BY 1"
TURNED_DOWN: Final = "SELECT recipient, kind, refusal, place FROM outbox WHERE refusal IS NOT NULL"
LIVE: Final = frozenset({"requested", "placed"})


def count_books(exchange_url: str, bank_urls: Mapping[str, str]) -> list[Finding]:
    """Count everything anew, from the databases as they are now. Call it when nothing is under way."""
    checks: Sequence[tuple[str, Callable[[Books], tuple[int, list[str]]]]] = (
        ("money", _money),
        ("ledgers", _ledgers),
        ("lines", _lines),
        ("holds", _holds),
        ("views", _views),
        ("equations", _equations),
        ("refunds", _refunds),
        ("messages", _messages),
    )
    connections: list[Connection] = []
    try:
        opened = {}
        for name, url in {"exchange": exchange_url, **bank_urls}.items():
            opened[name] = psycopg.connect(url, autocommit=True)
            connections.append(opened[name])
        books = Books(opened.pop("exchange"), opened)
        return [Finding(name, *_counted(check(books))) for name, check in checks]
    finally:
        for connection in connections:
            connection.close()


def balance(findings: Sequence[Finding]) -> bool:
    """Whether no finding differs."""
    return all(finding.balances for finding in findings)


def _counted(found: tuple[int, list[str]]) -> tuple[int, tuple[str, ...]]:
    return found[0], tuple(found[1])


def _rows(connection: Connection, statement: str) -> list[TupleRow]:
    return connection.execute(statement.encode()).fetchall()


def _money(books: Books) -> tuple[int, list[str]]:
    """Over all banks: balances + money between banks + what left = what there was at the opening."""
    opening = balances = left = 0
    sent: dict[str, int] = {}
    received: dict[str, int] = {}
    for bank in books.banks.values():
        (one,) = _rows(bank, WHOLE)
        opening, balances, left = opening + int(one[0]), balances + int(one[1]), left + int(one[2])
        sent |= {str(ref): int(minor) for ref, minor in _rows(bank, SENT)}
        received |= {str(ref): int(minor) for ref, minor in _rows(bank, RECEIVED)}
    on_the_way = sum(minor for ref, minor in sent.items() if ref not in received)
    differences = [
        f"transfer {ref}: {received[ref]} credited, {sent.get(ref, 0)} sent"
        for ref in received
        if received[ref] != sent.get(ref)
    ]
    if balances + on_the_way + left != opening:
        differences.append(f"{balances} on accounts + {on_the_way} between banks + {left} left != {opening} opened")
    return len(sent), differences


def _ledgers(books: Books) -> tuple[int, list[str]]:
    """Each core account's balance is its opening and its entries; their numbers have no gap."""
    compared, differences = 0, []
    for name, bank in books.banks.items():
        for account, balance_minor, entry_no, counted, last, rows in _rows(bank, LEDGER):
            compared += 1
            if balance_minor != counted:
                differences.append(f"{name} {account}: balance {balance_minor}, entries come to {counted}")
            if not entry_no == last == rows:
                differences.append(f"{name} {account}: {rows} entries, the last is {last}, the account says {entry_no}")
    return compared, differences


def _lines(books: Books) -> tuple[int, list[str]]:
    """Each line: free + held - debt is the core's balance, held is the core's reserve, and every unit has one state."""
    compared, differences = 0, []
    for name, bank in books.banks.items():
        for account, ledger, reserved, is_booked, free, held, debt, end, under, gone in _rows(bank, LINES):
            compared += 1
            where = f"{name} {account}"
            if not is_booked:
                differences.append(f"{where}: the agent has not booked all of the core's entries")
            if free + held - debt != ledger:
                differences.append(f"{where}: free {free} + held {held} - debt {debt} != balance {ledger}")
            if not held == under == reserved:
                differences.append(f"{where}: held {held}, on the line {under}, reserved in the core {reserved}")
            if free + under + gone != end:
                differences.append(f"{where}: free {free} + held {under} + gone {gone} != all {end}")
    return compared, differences


def _holds(books: Books) -> tuple[int, list[str]]:
    """A live hold is reserved in the core to the unit; one that has ended has no reserve and nothing on the line."""
    compared, differences = 0, []
    for name, bank in books.banks.items():
        for hold, status, held, reserved, _, in_core, under in _rows(bank, HOLDS):
            compared += 1
            expected = held if status in LIVE else 0
            if not expected == held == reserved == in_core == under:
                differences.append(
                    f"{name} {hold} ({status}): held {held}, reserved {reserved}, in the core {in_core}, line {under}"
                )
    return compared, differences


def _views(books: Books) -> tuple[int, list[str]]:
    """What the exchange says of each hold is what its bank says."""
    at_banks = {
        (name, hold): (status, held, paid)
        for name, bank in books.banks.items()
        for hold, status, held, _, paid, _, _ in _rows(bank, HOLDS)
    }
    seen = {(bank, hold): (status, held, paid) for bank, hold, status, held, paid in _rows(books.exchange, CASE_HOLDS)}
    differences = [
        f"{key[0]} {key[1]}: the bank says {at_banks[key]}, the exchange {seen.get(key)}"
        for key in at_banks
        if at_banks[key] != seen.get(key)
    ]
    differences += [
        f"{bank} {hold}: the exchange says {seen[bank, hold]}, the bank knows no such hold"
        for bank, hold in seen.keys() - at_banks.keys()
        if seen[bank, hold][0] in LIVE and seen[bank, hold][1]
    ]
    return len(at_banks), differences


def _equations(books: Books) -> tuple[int, list[str]]:
    """Each tracing, counted anew from its pieces: every stolen unit is in exactly one state."""
    counted: dict[str, Counter[str]] = {}
    for tracing, whole, minor, shares in _rows(books.exchange, PIECES):
        sums = counted.setdefault(tracing, Counter())
        if whole is not None:
            sums[whole] += minor
            continue
        for share in shares:
            if share["kind"] != "moved_on":
                sums[share["kind"]] += share["to_minor"] - share["from_minor"]
    tracings, differences = _rows(books.exchange, TRACINGS), []
    for tracing, stolen, told, asking in tracings:
        sums = counted.get(tracing, Counter())
        expected = Counter(
            {**{kind: minor for kind, minor in told.items() if minor}, **({"asking": asking} if asking else {})}
        )
        if sums != expected:
            differences.append(f"{tracing}: the pieces come to {dict(sums)}, the exchange says {dict(expected)}")
        if sum(sums.values()) != stolen:
            differences.append(f"{tracing}: the pieces come to {sum(sums.values())} of {stolen} stolen")
    return len(tracings), differences


def _refunds(books: Books) -> tuple[int, list[str]]:
    """What refunds have paid is what the banks sent home, and nobody got more than they claimed."""
    paid = {str(report): int(minor) for report, minor in _rows(books.exchange, PAID_PARTS)}
    sent: Counter[str] = Counter()
    for bank in books.banks.values():
        sent.update({str(report): int(minor) for report, minor in _rows(bank, REFUNDS_SENT)})
    differences, reports = [], _rows(books.exchange, RETURNED)
    for report, returned, claim in reports:
        if not paid.get(report, 0) == returned == sent[report]:
            differences.append(f"{report}: {paid.get(report, 0)} paid, {sent[report]} sent home, {returned} recorded")
        if returned > claim:
            differences.append(f"{report}: {returned} returned of a claim of {claim}")
    return len(reports), differences


def _messages(books: Books) -> tuple[int, list[str]]:
    """No program has turned down what another has said."""
    differences = [
        f"{name} to {recipient}: {kind} refused, {refusal} ({place})"
        for name, program in {"exchange": books.exchange, **books.banks}.items()
        for recipient, kind, refusal, place in _rows(program, TURNED_DOWN)
    ]
    return 1 + len(books.banks), differences
