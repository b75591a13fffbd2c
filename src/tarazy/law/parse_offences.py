"""Reading ``offences.yaml``, and ``offence_table.yaml``: the lawyer's own table of measures and offences."""

from collections.abc import Iterator, Mapping
from typing import Final

from tarazy.law.node import Node
from tarazy.law.offence import (
    Condition,
    FormOfGuilt,
    Offence,
    OffenceAnswer,
    OffencePart,
    OffenceVersion,
    TableRow,
)
from tarazy.law.safeguards import OffenceClass
from tarazy.law.terms import Lane, Mark, Measure

REST: Final = "rest"
"""How a line of the table speaks of every measure that it does not name."""

CERTAINTY: Final = (Mark.verified, Mark.background, Mark.unsure)
"""The marks that a statement of law can have, from the most certain on."""

VERSION_FIELDS: Final = ("id", "article", "class", "guilt", "within_purpose", "valid_from", "source", "mark")
VERSION_OPTIONS: Final = (
    "penalty_years_max",
    "thresholds",
    "parts",
    "forum",
    "valid_to",
    "softer_applies_back",
    "weaker",
    "question",
)
PART_FIELDS: Final = ("part", "class", "mark")
PART_OPTIONS: Final = ("penalty_years_max", "thresholds", "weaker", "source", "question")


def parse_offences(node: Node) -> dict[str, Offence]:
    """Read offences by id, the versions of each in the order of their days. Raises `PackFault`."""
    node.fields(["offences"])
    offences: dict[str, Offence] = {}
    for item in node.get("offences").items():
        offence_id = item.get("id").text()
        if offence_id in offences:
            raise item.get("id").fault("an id that stands once")
        versions = _versions(item, offence_id)
        if not versions:
            raise item.get("versions").fault("at least one version")
        offences[offence_id] = Offence(
            offence_id=offence_id, versions=tuple(sorted(versions, key=lambda version: version.valid_from))
        )
    return offences


def _versions(node: Node, offence_id: str) -> list[OffenceVersion]:
    """Read the versions of an offence; one that never changed may stand without the list, under its own id."""
    if not node.has("versions"):
        return [_version(node, offence_id)]
    node.fields(["id", "versions"])
    return [_version(version, offence_id) for version in node.get("versions").items()]


def _version(node: Node, offence_id: str) -> OffenceVersion:
    node.fields(VERSION_FIELDS, VERSION_OPTIONS)
    within_purpose = node.get("within_purpose").yes()
    if not within_purpose:
        node.get("forum").text()
    mark = _mark(node)
    return OffenceVersion(
        version_id=node.get("id").text(),
        offence_id=offence_id,
        article=node.get("article").text(),
        offence_class=node.get("class").member(OffenceClass),
        form_of_guilt=node.get("guilt").member(FormOfGuilt),
        penalty_years_max=node.get("penalty_years_max").integer_or_none(),
        thresholds=_conditions(node.get("thresholds")),
        parts=_parts(node.get("parts")),
        within_purpose=within_purpose,
        forum=node.get("forum").text_or_none(),
        valid_from=node.get("valid_from").day(),
        valid_to=node.get("valid_to").day_or_none(),
        softer_applies_back=node.get("softer_applies_back").yes() if node.has("softer_applies_back") else True,
        source=node.get("source").text(),
        mark=mark,
        weaker=_weaker(node, mark, (*VERSION_FIELDS, *VERSION_OPTIONS)),
        question=node.get("question").integer_or_none(),
    )


def _parts(node: Node) -> tuple[OffencePart, ...]:
    parts: list[OffencePart] = []
    for item in node.items() if node.value is not None else ():
        part = _part(item)
        if part.part_id in {other.part_id for other in parts}:
            raise item.get("part").fault("a part that stands once")
        parts.append(part)
    return tuple(parts)


def _part(node: Node) -> OffencePart:
    node.fields(PART_FIELDS, PART_OPTIONS)
    mark, own_class = _mark(node), node.get("class").member(OffenceClass)
    if own_class is OffenceClass.by_part:
        raise node.get("class").fault("a class: a part has one")
    return OffencePart(
        part_id=node.get("part").text(),
        offence_class=own_class,
        penalty_years_max=node.get("penalty_years_max").integer_or_none(),
        thresholds=_conditions(node.get("thresholds")),
        mark=mark,
        weaker=_weaker(node, mark, (*PART_FIELDS, *PART_OPTIONS)),
        source=node.get("source").text_or_none(),
        question=node.get("question").integer_or_none(),
    )


def _conditions(node: Node) -> tuple[Condition, ...]:
    conditions = []
    for item in node.items() if node.value is not None else ():
        item.fields(["code", "mark"], ["question"])
        question = item.get("question").integer_or_none()
        conditions.append(Condition(code=item.get("code").text(), mark=_mark(item), question=question))
    return tuple(conditions)


def _mark(node: Node) -> Mark:
    mark = node.get("mark").member(Mark)
    if mark is Mark.default:
        raise node.get("mark").fault("verified, background or unsure: an offence is no project default")
    if mark is Mark.unsure and not node.has("question"):
        raise node.fault("the number of the open question behind what is marked unsure")
    return mark


def _weaker(node: Node, mark: Mark, known: tuple[str, ...]) -> Mapping[str, Mark]:
    """Read which fields are less certain than the mark of the whole."""
    if not node.has("weaker"):
        return {}
    weaker = node.get("weaker")
    weaker.fields([], [name for name in known if name not in {"id", "part", "mark", "weaker"}])
    marks: dict[str, Mark] = {}
    for name in known:
        if weaker.has(name):
            marks[name] = weaker.get(name).member(Mark)
            if marks[name] not in CERTAINTY or CERTAINTY.index(marks[name]) <= CERTAINTY.index(mark):
                raise weaker.get(name).fault(f"a mark weaker than {mark}, that of the whole")
            if marks[name] is Mark.unsure and not node.has("question"):
                raise weaker.get(name).fault("the number of the open question behind what is marked unsure")
    return marks


def parse_offence_table(node: Node) -> tuple[TableRow, ...]:
    """Read the lawyer's table, line by line. Raises `PackFault`."""
    node.fields(["rows"])
    return tuple(_row(item) for item in node.get("rows").items())


def _row(node: Node) -> TableRow:
    node.fields(["offence"], ["part", "from", "to", *OffenceAnswer])
    answers: dict[tuple[Measure, Lane | None], OffenceAnswer] = {}
    rest: OffenceAnswer | None = None
    for answer in OffenceAnswer:
        if not node.has(answer):
            continue
        said = node.get(answer)
        if said.value == REST:
            if rest is not None:
                raise said.fault(f"{REST!r} once in a line")
            rest = answer
            continue
        for key, item in _measures(said):
            if key in answers:
                raise item.fault("a measure that stands once in a line")
            answers[key] = answer
    if rest is None and not answers:
        raise node.fault(f"an answer: {', '.join(OffenceAnswer)}")
    return TableRow(
        place=f"{node.file}: {node.path}",
        offence_id=node.get("offence").text(),
        part_id=node.get("part").text_or_none(),
        valid_from=node.get("from").day_or_none(),
        valid_to=node.get("to").day_or_none(),
        answers=answers,
        rest=rest,
    )


def _measures(node: Node) -> Iterator[tuple[tuple[Measure, Lane | None], Node]]:
    """Read measures by name; a refund with its lane is ``M16-court``, and ``M16`` is all its lanes."""
    for item in node.items():
        name, _, lane = item.text().partition("-")
        measure = Node(item.file, item.path, name).member(Measure)
        yield (measure, Node(item.file, item.path, lane).member(Lane) if lane else None), item
