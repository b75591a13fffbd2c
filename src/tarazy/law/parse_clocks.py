"""Reading ``calendar.yaml`` and ``clocks.yaml``: the days of a jurisdiction, and how its branches of law count them."""

from datetime import date
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tarazy.law.calendar import Calendar, Decree, WindowUnit
from tarazy.law.clock import Ends, Manner, Rolls, Starts
from tarazy.law.node import Node, PackFault
from tarazy.law.pack import Clocks, Field, PackData
from tarazy.law.parse_rule import parse_field
from tarazy.law.terms import Branch, Mark

CLOCKS_FILE: Final = "clocks.yaml"


def parse_calendar(node: Node, timezone: Node) -> Calendar:
    """Read the days off of a jurisdiction, from when on they are only expected, and the decrees that move them."""
    node.fields(["known_from", "known_to", "weekend", "days_off"], ["days_worked", "expected_from", "decrees"])
    try:
        zone = ZoneInfo(timezone.text())
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise timezone.fault("the name of a time zone that this machine knows") from error
    return Calendar(
        zone=zone,
        weekend=frozenset(item.integer() for item in node.get("weekend").items()),
        days_off=frozenset(item.day() for item in node.get("days_off").items()),
        days_worked=frozenset(item.day() for item in node.get("days_worked").items())
        if node.has("days_worked")
        else frozenset(),
        known_from=node.get("known_from").day(),
        known_to=node.get("known_to").day(),
        expected_from=node.get("expected_from").day_or_none(),
        decrees=_decrees(node),
    )


def _decrees(node: Node) -> tuple[Decree, ...]:
    """Read the decrees. Raises `PackFault` where two of them, or a decree and the list, contradict each other."""
    if not node.has("decrees"):
        return ()
    decrees = tuple(_decree(item) for item in node.get("decrees").items())
    moves = [move for decree in decrees for move in decree.moves]
    for days in ([worked for worked, _ in moves], [off for _, off in moves]):
        doubled = next((day for day in days if days.count(day) > 1), None)
        if doubled is not None:
            raise PackFault(f"{node.file}: decrees: expected every day to be moved once, found {doubled} twice")
    both = {worked for worked, _ in moves} & {off for _, off in moves}
    if both:
        raise PackFault(f"{node.file}: decrees: expected a day off or a working day, found {min(both)} as both")
    return decrees


def _decree(node: Node) -> Decree:
    node.fields(["id", "moves", "source", "mark"], ["decided_on"])
    return Decree(
        decree_id=node.get("id").text(),
        decided_on=node.get("decided_on").day_or_none(),
        moves=tuple(_move(item) for item in node.get("moves").items()),
        source=node.get("source").text(),
        mark=node.get("mark").member(Mark),
    )


def _move(node: Node) -> tuple[date, date]:
    node.fields(["from", "to"])
    return node.get("from").day(), node.get("to").day()


def parse_clocks(node: Node) -> Clocks:
    """Read how each branch counts each unit. What is missing stays missing: what rests on it is refused."""
    node.fields(["branches"])
    branches = node.get("branches")
    branches.fields([], list(Branch.__members__))
    units = {unit.value: unit for unit in WindowUnit}
    clocks: dict[tuple[Branch, WindowUnit], Field[Manner]] = {}
    for branch in Branch:
        if branches.has(branch):
            branches.get(branch).fields([], list(units))
            for name, unit in units.items():
                if branches.get(branch).has(name):
                    clocks[branch, unit] = _manner_field(branches.get(branch).get(name), unit)
    return clocks


def _manner_field(node: Node, unit: WindowUnit) -> Field[Manner]:
    field = parse_field(node, _manner)
    if not field.value.fits(unit):
        raise node.get("value").fault(
            "{starts: moment, ends: moment, rolls: no}, as hours run" if unit.is_fixed else "ends: end_of_day"
        )
    return field


def _manner(node: Node) -> Manner:
    node.fields(["starts", "ends", "rolls"])
    rolls = node.get("rolls")
    return Manner(
        starts=node.get("starts").member(Starts),
        ends=node.get("ends").member(Ends),
        rolls=rolls.member(Rolls) if isinstance(rolls.value, str) else Rolls.yes if rolls.yes() else Rolls.no,
    )


def check_clocks(data: PackData) -> None:
    """Raise `PackFault` where a clock cites a norm or an open question that the pack does not have."""
    for (branch, unit), field in data.clocks.items():
        where, evidence = f"{CLOCKS_FILE}: branches.{branch}.{unit}", field.evidence
        for norm_id in evidence.norms:
            if norm_id not in data.norms:
                raise PackFault(f"{where}: expected a norm of norms.yaml, found {norm_id!r}")
        if evidence.question is not None and evidence.question not in data.questions:
            raise PackFault(f"{where}: expected a question of questions.yaml, found {evidence.question}")
