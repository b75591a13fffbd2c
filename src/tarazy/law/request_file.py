"""Reading a request that a person wrote down: the file of ``tarazy law assess``, and the tables of a pack's tests.

What is left out is taken as missing. What could make a request pass by being left out must be said: protected money,
the whole account, the features used, whether the measure has run before, what speaks for the holder, whose hands are in
it, what is locked, and how often the same person has reported.
"""

from datetime import timedelta
from typing import Final

from tarazy.law.assessment import ActorRole, Alternative, AssertionKind, Authorised, Fact, Lane, Measure, Request
from tarazy.law.node import Node
from tarazy.law.safeguards import Exclusion, Part

REQUIRED: Final = (
    "measure",
    "actor_role",
    "currency",
    "protected_minor",
    "whole_account",
    "features_used",
    "extends",
    "extensions_used",
    "exculpatory",
    "exculpatory_answered",
    "is_urgent",
    "is_automatic",
    "hands",
    "locked_sources",
    "reports_by_payer",
    "reports_of_pair",
)
OPTIONAL: Final = (
    "officer_named",
    "amount_minor",
    "traced_minor",
    "claim_minor",
    "offence_id",
    "aim",
    "facts",
    "suitability",
    "alternatives",
    "impact",
    "duration",
    "has_mandate",
    "mandate_ceiling_minor",
    "case_registration",
    "report_signed",
    "hiding_risk",
    "new_facts",
    "authorisation",
    "lane",
    "consent",
    "receiver_heard",
    "receiver_objects",
    "insistence_id",
    "offence_part",
    "authority_consent_id",
    "exclusions",
)


def parse_request(node: Node) -> Request:
    """Read a request. Raises `PackFault` that names the field and what was expected."""
    node.fields(REQUIRED, OPTIONAL)
    return Request(
        measure=node.get("measure").member(Measure),
        actor_role=node.get("actor_role").member(ActorRole),
        officer_named=_yes(node.get("officer_named")) is True,
        currency=node.get("currency").text(),
        amount_minor=node.get("amount_minor").integer_or_none(),
        traced_minor=node.get("traced_minor").integer_or_none(),
        claim_minor=node.get("claim_minor").integer_or_none(),
        offence_id=node.get("offence_id").text_or_none(),
        aim=node.get("aim").text_or_none(),
        facts=_facts(node.get("facts")),
        suitability=_words(node.get("suitability")),
        alternatives=_alternatives(node.get("alternatives")),
        impact=_words(node.get("impact")),
        features_used=node.get("features_used").texts(),
        duration=_span(node.get("duration")),
        has_mandate=_yes(node.get("has_mandate")) is True,
        mandate_ceiling_minor=node.get("mandate_ceiling_minor").integer_or_none(),
        case_registration=node.get("case_registration").text_or_none(),
        report_signed=_yes(node.get("report_signed")) is True,
        protected_minor=node.get("protected_minor").integer(),
        whole_account=node.get("whole_account").yes(),
        extends=_span(node.get("extends")) or timedelta(0),
        extensions_used=node.get("extensions_used").integer(),
        hiding_risk=_words(node.get("hiding_risk")),
        new_facts=_facts(node.get("new_facts")),
        authorisation=_authorised(node.get("authorisation")),
        lane=node.get("lane").member(Lane) if node.has("lane") else None,
        consent=node.get("consent").text_or_none(),
        receiver_heard=_yes(node.get("receiver_heard")),
        receiver_objects=_yes(node.get("receiver_objects")),
        insistence_id=node.get("insistence_id").text_or_none(),
        exculpatory=_facts(node.get("exculpatory")),
        exculpatory_answered=node.get("exculpatory_answered").yes(),
        is_urgent=node.get("is_urgent").yes(),
        is_automatic=node.get("is_automatic").yes(),
        hands=_hands(node.get("hands")),
        locked_sources=frozenset(node.get("locked_sources").texts()),
        reports_by_payer=node.get("reports_by_payer").integer(),
        reports_of_pair=node.get("reports_of_pair").integer(),
        offence_part=node.get("offence_part").text_or_none(),
        authority_consent_id=node.get("authority_consent_id").text_or_none(),
        exclusions=node.get("exclusions").members(Exclusion) if node.has("exclusions") else (),
    )


def _yes(node: Node) -> bool | None:
    return None if node.value is None else node.yes()


def _words(node: Node) -> str:
    return node.text_or_none() or ""


def _facts(node: Node) -> tuple[Fact, ...]:
    if node.value is None:
        return ()
    facts = []
    for item in node.items():
        item.fields(["kind", "code"], ["source"])
        source = item.get("source").text_or_none() or ""
        facts.append(Fact(kind=item.get("kind").member(AssertionKind), code=item.get("code").text(), source=source))
    return tuple(facts)


def _hands(node: Node) -> tuple[tuple[str, str], ...]:
    hands = []
    for item in node.items():
        item.fields(["part", "who"])
        hands.append((item.get("part").member(Part).value, item.get("who").text()))
    return tuple(hands)


def _authorised(node: Node) -> Authorised | None:
    if node.value is None:
        return None
    node.fields(["id", "by"], ["covers_minor"])
    return Authorised(
        authorisation_id=node.get("id").text_or_none() or "",
        by=node.get("by").member(ActorRole),
        covers_minor=node.get("covers_minor").integer_or_none(),
        valid_to=None,
    )


def _alternatives(node: Node) -> tuple[Alternative, ...]:
    if node.value is None:
        return ()
    answers = []
    for item in node.items():
        item.fields(["rung", "why"])
        answers.append(Alternative(rung=item.get("rung").member(Measure), why=item.get("why").text()))
    return tuple(answers)


def _span(node: Node) -> timedelta | None:
    """Read a span in hours or times 24 hours; ``240 h 1 min`` is allowed, so that a limit can be missed by a minute."""
    if node.value is None:
        return None
    text = node.text()
    whole, _, minutes = text.partition(" h ")
    if not minutes:
        window = node.fixed_window_or_none()
        return None if window is None else window.fixed
    number = minutes.removesuffix(" min")
    if not (whole.isdecimal() and number.isdecimal() and minutes.endswith(" min")):
        raise node.fault("a span such as '48 h', '240 h 1 min' or '10 x 24 h'")
    return timedelta(hours=int(whole), minutes=int(number))
