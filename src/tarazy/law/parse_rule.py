"""Reading one file of ``measures/``: a rule, field by field, each with its evidence."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final, TypeVar

from tarazy.law.assessment import ActorRole, AssertionKind, Duty, Lane, Mark, Measure, Remedy
from tarazy.law.ground import RULE_FIELDS
from tarazy.law.node import NONE, Node
from tarazy.law.pack import (
    AuthorisationRule,
    Basis,
    CapPart,
    DeferralRule,
    DurationRule,
    Evidence,
    Field,
    Hearing,
    MeasureRule,
    NoticeRule,
)
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
        author=_optional(node, "author", _authors),
        basis=_optional(node, "basis", _basis),
        milder=_optional(node, "milder", lambda value: value.members(Measure)),
        cap=_optional(node, "cap", lambda value: frozenset(value.members(CapPart))),
        protected_barred=_optional(node, "protected_barred", Node.yes),
        duration=_optional(node, "duration", _duration),
        confirmation=_optional(node, "confirmation", _unless_none(Node.fixed_window_or_none)),
        authorisation=_optional(node, "authorisation", _unless_none(_authorisation)),
        hearing=_optional(node, "hearing", _unless_none(_hearing)),
        notice=_optional(node, "notice", _unless_none(_notice)),
        deferral=_optional(node, "deferral", _unless_none(_deferral)),
        remedies=_optional(node, "remedies", lambda value: tuple(_remedy(item) for item in value.items())),
        duties=_optional(node, "duties", lambda value: tuple(_duty(item) for item in value.items())),
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


def _optional(node: Node, key: str, read: Callable[[Node], Value]) -> Field[Value] | None:
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


def _authorisation(node: Node) -> AuthorisationRule:
    node.fields(["by", "prior"], ["file_within", "decide_within"])
    return AuthorisationRule(
        by=node.get("by").member(ActorRole),
        prior=node.get("prior").yes(),
        file_within=node.get("file_within").fixed_window_or_none(),
        decide_within=node.get("decide_within").fixed_window_or_none(),
    )


def _hearing(node: Node) -> Hearing:
    node.fields(["consent", "heard", "objection_goes_to_court"])
    return Hearing(
        consent=node.get("consent").yes(),
        heard=node.get("heard").yes(),
        objection_goes_to_court=node.get("objection_goes_to_court").yes(),
    )


def _notice(node: Node) -> NoticeRule:
    node.fields(["to", "within"])
    return NoticeRule(to=node.get("to").text(), within=_span(node.get("within")))


def _deferral(node: Node) -> DeferralRule:
    node.fields(["grounds", "by", "max"])
    return DeferralRule(
        grounds=node.get("grounds").texts(),
        by=node.get("by").member(ActorRole),
        max=_span(node.get("max")),
    )


def _remedy(node: Node) -> Remedy:
    node.fields(["forum"], ["file_within", "decide_within", "norm"])
    norm = node.get("norm").text_or_none()
    return Remedy(
        forum=node.get("forum").text(),
        file_within=_span_or_none(node.get("file_within")),
        decide_within=_span_or_none(node.get("decide_within")),
        norm_id=None if norm is None else NormId(norm),
    )


def _duty(node: Node) -> Duty:
    node.fields(["who", "code"], ["within"])
    return Duty(
        who=node.get("who").member(ActorRole),
        code=node.get("code").text(),
        within=_span_or_none(node.get("within")),
    )


def _span(node: Node) -> timedelta:
    span = _span_or_none(node)
    if span is None:
        raise node.fault("a span in hours or times 24 hours")
    return span


def _span_or_none(node: Node) -> timedelta | None:
    window = node.fixed_window_or_none()
    return None if window is None else window.fixed
