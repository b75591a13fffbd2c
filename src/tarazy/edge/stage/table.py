"""The table at the end of a played story: one column for each report, every sum to the unit."""

from rich.table import Table

from tarazy.edge.stage.plot import AIGUL, LYUDMILA, MARAT
from tarazy.edge.stage.story import Record
from tarazy.edge.stage.telling import PERSON_NAMES, Fact, Teller
from tarazy.texts.formats import money
from tarazy.values.ids import AccountId

CURRENCY = "KZT"
REPORT_STEPS = {AIGUL: "report", LYUDMILA: "second", MARAT: "away"}
"""Which step tells of whose report."""


def story_table(record: Record, teller: Teller) -> Table:
    """Return the table of a played story."""
    table = Table(show_header=True, header_style="bold")
    table.add_column(teller.t("story.table.report"))
    for person in REPORT_STEPS:
        table.add_column(PERSON_NAMES[person], justify="right")
    for name, cells in story_rows(record, teller):
        table.add_row(name, *cells)
    return table


def story_rows(record: Record, teller: Teller) -> list[tuple[str, list[str]]]:
    """Return the rows of the table: what each says, and its cell for each report."""
    people = list(REPORT_STEPS)
    rows = [(teller.t("story.table.stolen"), [_sum(_equation(record, who), "stolen", teller) for who in people])]
    for bank in dict.fromkeys(one.values["bank"] for one in record.facts("held_at")):
        cells = [_held(record, who, bank, teller) for who in people]
        rows.append((teller.t("story.table.held_at", bank=teller.bank(bank)), cells))
    for part in ("exits", "untouched"):
        cells = [_sum(_equation(record, who), part, teller) for who in people]
        rows.append((teller.t(f"story.table.{part}"), cells))
    rows.append((teller.t("story.table.stopwatch"), [_stopwatch(record, who) for who in people]))
    for part, sums in (
        ("returned", {who: _share(record, "return", who) for who in people}),
        ("refunded", {who: _share(record, "refund", who) for who in people}),
        ("released", _released(record)),
    ):
        rows.append((teller.t(f"story.table.{part}"), [_money(sums.get(who, 0), teller) for who in people]))
    return rows


def _told(record: Record, key: str, code: str) -> list[Fact]:
    """Return the facts ``code`` that one step told."""
    wanted = f"story.fact.{code}"
    return [one for step in record.played if step.key == key for one in step.facts if one.code.startswith(wanted)]


def _equation(record: Record, person: AccountId) -> Fact | None:
    return next(iter(_told(record, REPORT_STEPS[person], "equation")), None)


def _sum(one: Fact | None, name: str, teller: Teller) -> str:
    return "" if one is None else _money(one.minor(name), teller)


def _held(record: Record, person: AccountId, bank: str, teller: Teller) -> str:
    held = [one for one in _told(record, REPORT_STEPS[person], "held_at") if one.values["bank"] == bank]
    return _money(sum(one.minor("amount") for one in held), teller)


def _stopwatch(record: Record, person: AccountId) -> str:
    return ", ".join(f"{one.values['ms']} ms" for one in _told(record, REPORT_STEPS[person], "stopwatch"))


def _share(record: Record, key: str, person: AccountId) -> int:
    """Return what a step paid to a victim."""
    return sum(one.minor("share") for one in _told(record, key, "formula") if one.values["person"] == person)


def _released(record: Record) -> dict[AccountId, int]:
    """Return what was let go: on appeal, of Aigul's report; by itself, of Marat's."""
    on_appeal = sum(one.minor("amount") for one in _told(record, "appeal", "overturned"))
    by_itself = sum(one.minor("amount") for one in _told(record, "killed", "let_go_alone"))
    return {AIGUL: on_appeal, MARAT: by_itself}


def _money(minor: int, teller: Teller) -> str:
    return money(minor, CURRENCY, teller.language) if minor else ""
