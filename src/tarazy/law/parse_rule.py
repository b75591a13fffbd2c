"""Reading one file of ``measures/``: a rule, field by field, each with its evidence."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final, TypeVar

from tarazy.law.assessment import ActorRole, AssertionKind, Duty, Lane, Mark, Measure
from tarazy.law.node import NONE, Node
from tarazy.law.pack import Basis, CapPart, DurationRule, Evidence, Field, Hearing, MeasureRule
from tarazy.law.parse_safeguards import (
    read_authorisation,
    read_deferral,
    read_lapse,
    read_notice,
    read_remedy,
    read_retention,
    read_review,
    read_threshold,
    read_urgent,
    read_urgent_ends,
)
from tarazy.law.rule_fields import RULE_FIELDS
from tarazy.law.safeguards import Exclusion, LoggedAct
from tarazy.law.terms import Branch
from tarazy.values.ids import NormId

Value = TypeVar("Value")

EVIDENCE_KEYS: Final = ("norms", "source", "question", "confirmed_by")
BASIS_PAPERS: Final = (
    "offence",
    "registration",
    "mandate",
    "signed_report",
    "named_officer",
    "hiding_risk",
    "reasons",
)


def parse_rule(node: Node) -> MeasureRule:
    """Read a rule. A field that is missing stays missing: the gate refuses what rests on it."""
    node.fields(["measure", "valid_from", "norms"], ["lane", "valid_to", "caveats", *RULE_FIELDS])
    return MeasureRule(
        file=node.file,
        measure=node.get("measure").member(Measure),
        lane=node.get("lane").member(Lane) if node.has("lane") else None,
        valid_from=node.get("valid_from").day(),
        valid_to=node.get("valid_to").day_or_none(),
        norms=norm_ids(node.get("norms")),
        author=parse_optional(node, "author", _authors),
        basis=parse_optional(node, "basis", _basis),
        milder=parse_optional(node, "milder", lambda value: value.members(Measure)),
        cap=parse_optional(node, "cap", lambda value: frozenset(value.members(CapPart))),
        protected_barred=parse_optional(node, "protected_barred", Node.yes),
        duration=parse_optional(node, "duration", _duration),
        confirmation=parse_optional(node, "confirmation", _unless_none(Node.fixed_window_or_none)),
        authorisation=parse_optional(node, "authorisation", _unless_none(read_authorisation)),
        hearing=parse_optional(node, "hearing", _unless_none(_hearing)),
        notice=parse_optional(node, "notice", _unless_none(read_notice)),
        deferral=parse_optional(node, "deferral", _unless_none(read_deferral)),
        remedies=parse_optional(node, "remedies", lambda value: tuple(read_remedy(item) for item in value.items())),
        duties=parse_optional(node, "duties", lambda value: tuple(_duty(item) for item in value.items())),
        branch=parse_optional(node, "branch", lambda value: value.member(Branch)),
        threshold=parse_optional(node, "threshold", _unless_none(read_threshold)),
        urgent=parse_optional(node, "urgent", _unless_none(read_urgent)),
        urgent_ends=parse_optional(node, "urgent_ends", _unless_none(read_urgent_ends)),
        deferral_grounds=parse_optional(node, "deferral_grounds", Node.texts),
        lapse=parse_optional(node, "lapse", _unless_none(read_lapse)),
        review=parse_optional(node, "review", _unless_none(read_review)),
        exclusions=parse_optional(node, "exclusions", lambda v: () if v.value == NONE else v.members(Exclusion)),
        same_body_may_review=parse_optional(node, "same_body_may_review", Node.yes),
        retention=parse_optional(node, "retention", _unless_none(read_retention)),
        log=parse_optional(node, "log", lambda value: value.members(LoggedAct)),
        statutory_effect=parse_optional(node, "statutory_effect", _unless_none(Node.text)),
        caveats=tuple(item.integer(1) for item in node.get("caveats").items()) if node.has("caveats") else (),
    )


def norm_ids(node: Node) -> tuple[NormId, ...]:
    """Read a list of ids of norms."""
    return tuple(NormId(text) for text in node.texts())


def parse_evidence(node: Node) -> Evidence:
    """Read the evidence of a value: certainty needs a norm or a source, doubt needs the question that is open."""
    mark = node.get("mark").member(Mark)
    norms = norm_ids(node.get("norms"))
    source = node.get("source").text_or_none()
    question = node.get("question").integer_or_none()
    if mark in {Mark.verified, Mark.background} and not norms and source is None:
        raise node.fault(f"a norm or a source behind a value marked {mark}")
    if mark is Mark.unsure and question is None:
        raise node.fault("the number of the open question behind a value marked unsure")
    confirmed_by = node.get("confirmed_by").text_or_none()
    return Evidence(mark=mark, norms=norms, source=source, question=question, confirmed_by=confirmed_by)


def parse_field(node: Node, read: Callable[[Node], Value]) -> Field[Value]:
    """Read a value and its evidence."""
    node.fields(["value", "mark"], EVIDENCE_KEYS)
    return Field(value=read(node.get("value")), evidence=parse_evidence(node))


def parse_optional(node: Node, key: str, read: Callable[[Node], Value]) -> Field[Value] | None:
    """Read a field, or nothing where the pack lacks it."""
    return parse_field(node.get(key), read) if node.has(key) else None


def _unless_none(read: Callable[[Node], Value]) -> Callable[[Node], Value | None]:
    """Return a reader for which the word ``none`` says that the field does not apply."""
    return lambda node: None if node.value == NONE else read(node)


def _basis(node: Node) -> Basis:
    node.fields(["counting", *BASIS_PAPERS])
    return Basis(
        counting=frozenset(node.get("counting").members(AssertionKind)),
        offence=node.get("offence").yes(),
        registration=node.get("registration").yes(),
        mandate=node.get("mandate").yes(),
        signed_report=node.get("signed_report").yes(),
        named_officer=node.get("named_officer").yes(),
        hiding_risk=node.get("hiding_risk").yes(),
        reasons=node.get("reasons").yes(),
    )


def _duration(node: Node) -> DurationRule:
    node.fields(["asked", "first", "total"], ["extension", "extensions", "new_fact"])
    extensions = node.get("extensions").integer_or_none() or 0
    if (extensions > 0) is not node.has("extension"):
        raise node.fault("both `extension` and `extensions`, or neither")
    return DurationRule(
        asked=node.get("asked").yes(),
        first=node.get("first").window(),
        extension=node.get("extension").window_or_none(),
        extensions=extensions,
        total=node.get("total").window(),
        new_fact=node.get("new_fact").yes() if node.has("new_fact") else True,
    )


def _authors(node: Node) -> tuple[ActorRole, ...]:
    authors = node.members(ActorRole)
    if ActorRole.other in authors:
        raise node.fault("a capacity that somebody has; `other` is nobody's")
    return authors


def _hearing(node: Node) -> Hearing:
    node.fields(["consent", "heard", "objection_goes_to_court"], ["answer_within"])
    return Hearing(
        consent=node.get("consent").yes(),
        heard=node.get("heard").yes(),
        objection_goes_to_court=node.get("objection_goes_to_court").yes(),
        answer_within=node.get("answer_within").window_or_none(),
    )


def _duty(node: Node) -> Duty:
    node.fields(["who", "code"], ["within"])
    return Duty(
        who=node.get("who").member(ActorRole),
        code=node.get("code").text(),
        within=_span_or_none(node.get("within")),
    )


def _span_or_none(node: Node) -> timedelta | None:
    window = node.fixed_window_or_none()
    return None if window is None else window.fixed
