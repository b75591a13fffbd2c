"""Reading a pack: its files as texts in, a `Pack` out, or a `PackFault` that says where and what was expected.

A pack is ``pack.yaml``, ``general.yaml``, ``norms.yaml``, ``offences.yaml``, ``questions.yaml``, ``calendar.yaml`` and
one file for each rule under ``measures/``; ``offence_table.yaml`` may stand beside them. With an ``overlay.yaml``,
the overlay is applied first.
"""

from collections.abc import Mapping
from typing import Final

from tarazy.law.assessment import Mark, NormVersion, ProtectedFloor
from tarazy.law.coherence import check_coherence
from tarazy.law.ground import Pack, index
from tarazy.law.node import Node, PackFault, load
from tarazy.law.offence_coherence import check_offences
from tarazy.law.overlay import OVERLAY_FILE, overlaid
from tarazy.law.pack import (
    DatedFloor,
    GeneralRules,
    Norm,
    OpenQuestion,
    PackData,
    PackKind,
)
from tarazy.law.parse_clocks import CLOCKS_FILE, check_clocks, parse_calendar, parse_clocks
from tarazy.law.parse_offences import parse_offence_table, parse_offences
from tarazy.law.parse_rule import parse_field, parse_optional, parse_rule
from tarazy.law.parse_safeguards import read_compensation, read_release_within, read_report_limits
from tarazy.values.ids import NormId

PACK_FILES: Final = (
    "pack.yaml",
    "general.yaml",
    "norms.yaml",
    "offences.yaml",
    "questions.yaml",
    "calendar.yaml",
)
OFFENCE_TABLE: Final = "offence_table.yaml"
"""The lawyer's own table of measures and offences: a pack may lack it, and then nothing checks the rules against it."""

MEASURES: Final = "measures/"


def parse_pack(files: Mapping[str, str]) -> Pack:
    """Read a pack from its files (path inside the pack's folder → text) and prepare it.

    Raises `PackFault` where a file breaks the schema, versions of a norm overlap or leave a gap, two rules of one
    measure disagree on a day, or a rule names a norm that the pack does not have.
    """
    return index(parse_data(files))


def parse_data(files: Mapping[str, str]) -> PackData:
    """Read a pack from its files without preparing it. Raises as `parse_pack` does."""
    for name in PACK_FILES:
        if name not in files:
            raise PackFault(f"{name}: expected this file in the pack")
    for name in files:
        if name not in {*PACK_FILES, CLOCKS_FILE, OFFENCE_TABLE, OVERLAY_FILE} and not name.startswith(MEASURES):
            raise PackFault(
                f"{name}: unknown file (known: {', '.join(PACK_FILES)}, {CLOCKS_FILE}, {OFFENCE_TABLE}, {MEASURES}…)"
            )
    trees: Mapping[str, Node] = {name: load(name, text) for name, text in files.items() if name != OVERLAY_FILE}
    if OVERLAY_FILE in files:
        trees = overlaid(trees, load(OVERLAY_FILE, files[OVERLAY_FILE]))
    data = _data(trees)
    check_coherence(data)
    check_clocks(data)
    check_offences(data)
    return data


def _data(trees: Mapping[str, Node]) -> PackData:
    head = trees["pack.yaml"]
    head.fields(["id", "version", "as_of", "review_by", "is_demonstration", "timezone"], ["kind", "signed_by", "base"])
    pack_id = head.get("id").text()
    base_id = head.get("base").text_or_none() or pack_id
    return PackData(
        pack_id=pack_id,
        kind=_kind(head),
        base_id=base_id,
        version=head.get("version").text(),
        as_of=head.get("as_of").day(),
        review_by=head.get("review_by").day(),
        is_demonstration=head.get("is_demonstration").yes(),
        signed_by=head.get("signed_by").text_or_none(),
        calendar=parse_calendar(trees["calendar.yaml"], head.get("timezone")),
        clocks=parse_clocks(trees[CLOCKS_FILE]) if CLOCKS_FILE in trees else {},
        norms=_norms(trees["norms.yaml"]),
        general=_general(trees["general.yaml"]),
        rules=tuple(parse_rule(trees[name]) for name in sorted(trees) if name.startswith(MEASURES)),
        offences=parse_offences(trees["offences.yaml"]),
        offence_table=parse_offence_table(trees[OFFENCE_TABLE]) if OFFENCE_TABLE in trees else (),
        questions=_questions(trees["questions.yaml"], base_id),
    )


def _kind(head: Node) -> PackKind:
    """Return what the pack is for; a pack that does not say is law, or a demonstration where it calls itself one."""
    if head.has("kind"):
        return head.get("kind").member(PackKind)
    return PackKind.demonstration if head.get("is_demonstration").yes() else PackKind.law


def _norms(node: Node) -> dict[NormId, Norm]:
    node.fields(["norms"])
    norms: dict[NormId, Norm] = {}
    for item in node.get("norms").items():
        item.fields(["id", "act", "versions"])
        norm_id = NormId(item.get("id").text())
        if norm_id in norms:
            raise item.get("id").fault("an id that stands once")
        act = item.get("act").text()
        versions = [_version(version, norm_id, act) for version in item.get("versions").items()]
        norms[norm_id] = Norm(norm_id=norm_id, versions=tuple(sorted(versions, key=lambda v: v.valid_from)))
    return norms


def _version(node: Node, norm_id: NormId, act: str) -> NormVersion:
    node.fields(["id", "article", "valid_from", "source", "mark"], ["valid_to", "question", "confirmed_by"])
    mark = node.get("mark").member(Mark)
    question = node.get("question").integer_or_none()
    if mark is Mark.unsure and question is None:
        raise node.fault("the number of the open question behind a norm marked unsure")
    if mark is Mark.default:
        raise node.get("mark").fault("verified, background or unsure: a norm is no project default")
    return NormVersion(
        version_id=node.get("id").text(),
        norm_id=norm_id,
        act=act,
        article=node.get("article").text(),
        valid_from=node.get("valid_from").day(),
        valid_to=node.get("valid_to").day_or_none(),
        source=node.get("source").text(),
        mark=mark,
        question=question,
        confirmed_by=node.get("confirmed_by").text_or_none(),
    )


def _general(node: Node) -> GeneralRules:
    node.fields(
        ["aims", "facts", "reasons", "denied_features", "protected_floor", "tracing_method"],
        ["release_within", "reports", "compensation"],
    )
    return GeneralRules(
        aims=parse_field(node.get("aims"), lambda value: frozenset(value.texts())),
        facts=parse_field(node.get("facts"), lambda _: None),
        reasons=parse_field(node.get("reasons"), lambda value: value.integer(1)),
        denied_features=parse_field(node.get("denied_features"), lambda value: frozenset(value.texts())),
        floors=parse_field(node.get("protected_floor"), lambda value: tuple(_floor(item) for item in value.items())),
        tracing_method=node.get("tracing_method").text(),
        release_within=parse_optional(node, "release_within", read_release_within),
        reports=parse_optional(node, "reports", read_report_limits),
        compensation=parse_optional(node, "compensation", read_compensation),
    )


def _floor(node: Node) -> DatedFloor:
    node.fields(["valid_from", "days", "living_minimum_minor", "currency", "source"], ["valid_to"])
    floor = ProtectedFloor(
        days=node.get("days").integer(1),
        living_minimum_minor=node.get("living_minimum_minor").integer(1),
        currency=node.get("currency").text(),
    )
    return DatedFloor(valid_from=node.get("valid_from").day(), valid_to=node.get("valid_to").day_or_none(), floor=floor)


def _questions(node: Node, base_id: str) -> dict[int, OpenQuestion]:
    node.fields(["questions"])
    questions: dict[int, OpenQuestion] = {}
    for item in node.get("questions").items():
        item.fields(["number", "signer"])
        number = item.get("number").integer(1)
        if number in questions:
            raise item.get("number").fault("a number that stands once")
        questions[number] = OpenQuestion(number=number, signer=item.get("signer").text(), pack_id=base_id)
    return questions
