"""How many requests a second the law gate answers on one core, beside the same rules in other forms.

One run, by turns, of the same requests for an investigator's hold: half of them lawful, the others
such as fail a test each.

    assess        the law gate: nine tests, norms of the day, what would be lawful instead
    if chain      the same facts tested by a plain function written out for these rules: no norms, no reasons, no dates
    cedar         the same conditions as a Cedar policy, parsed once, the request's facts as context

The other two answer yes or no and explain nothing; they say what the explaining costs. `python -m bench.assess`.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Final

import cedarpy

from tarazy.adapters.packs import load_pack
from tarazy.law.assessment import ActorRole, Alternative, AssertionKind, Fact, Measure, Request, Verdict
from tarazy.law.gate import assess
from tarazy.law.safeguards import Part
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace

AT: Final = Instant.parse("2026-11-22T10:00:00+05:00")
ROUNDS: Final = 7
DAYS_MAX: Final = timedelta(days=10)
WHY: Final = "It would not keep the sum where it is until somebody can decide on it."
POLICY: Final = """
permit (principal, action == Action::"M5", resource) when {
  context.role == "investigator" && context.named && context.registered && context.facts >= 1 &&
  context.offence == "kz-cc-190-2-4" && context.aim == "rights_of_others" && context.reasons >= 20 &&
  context.risk >= 20 && context.rungs >= 4 && context.features == 0 && !context.whole && context.protected == 0 &&
  context.amount > 0 && context.amount <= context.traced && context.amount <= context.claim && context.hours <= 240
};
"""


def lawful() -> Request:
    """An investigator's hold on a traced sum in a registered case, with everything that the law asks for."""
    return Request(
        measure=Measure.M5,
        actor_role=ActorRole.investigator,
        officer_named=True,
        currency="KZT",
        amount_minor=4_000_000,
        traced_minor=4_000_000,
        claim_minor=9_000_000,
        offence_id="kz-cc-190-2-4",
        aim="rights_of_others",
        facts=(Fact(kind=AssertionKind.fact, code="payment_under_deceit", source="report rp_1"),),
        suitability=WHY,
        alternatives=tuple(
            Alternative(rung=rung, why=WHY)
            for rung in (Measure.M1, Measure.M2, Measure.M2t, Measure.M3, Measure.M4a, Measure.M4b)
        ),
        impact=WHY,
        features_used=(),
        duration=DAYS_MAX,
        has_mandate=False,
        mandate_ceiling_minor=None,
        case_registration="invented-1",
        report_signed=True,
        protected_minor=0,
        whole_account=False,
        extends=timedelta(0),
        extensions_used=0,
        exculpatory=(),
        exculpatory_answered=False,
        is_urgent=True,
        is_automatic=False,
        hands=((Part.proposer, "police/officer-1"),),
        locked_sources=frozenset(),
        reports_by_payer=0,
        reports_of_pair=0,
        hiding_risk=WHY,
    )


def asked() -> tuple[Request, ...]:
    """Half of the requests are lawful, each of the others fails one test."""
    good = lawful()
    bad = (
        replace(good, actor_role=ActorRole.bank),
        replace(good, case_registration=None),
        replace(good, amount_minor=5_000_000),
        replace(good, duration=DAYS_MAX + timedelta(hours=1)),
        replace(good, facts=(Fact(kind=AssertionKind.score, code="score", source="model"),)),
        replace(good, features_used=("region",)),
    )
    return (*(good,) * len(bad), *bad)


def if_chain(request: Request) -> bool:
    """The same conditions, written out."""
    amount = request.amount_minor or 0
    return (
        request.actor_role is ActorRole.investigator
        and request.officer_named
        and request.case_registration is not None
        and any(fact.kind is AssertionKind.fact and bool(fact.source) for fact in request.facts)
        and request.offence_id == "kz-cc-190-2-4"
        and request.aim == "rights_of_others"
        and len(request.suitability) > 20
        and len(request.hiding_risk) > 20
        and len(request.alternatives) > 3
        and not request.features_used
        and not request.whole_account
        and request.protected_minor == 0
        and 0 < amount <= (request.traced_minor or 0)
        and amount <= (request.claim_minor or 0)
        and request.duration is not None
        and request.duration <= DAYS_MAX
    )


def as_cedar(request: Request) -> dict[str, object]:
    """A request as Cedar reads it."""
    counting = sum(fact.kind is AssertionKind.fact and bool(fact.source) for fact in request.facts)
    return {
        "principal": 'Officer::"1"',
        "action": f'Action::"{request.measure}"',
        "resource": 'Hold::"1"',
        "context": {
            "role": str(request.actor_role),
            "named": request.officer_named,
            "registered": request.case_registration is not None,
            "facts": counting,
            "offence": request.offence_id or "",
            "aim": request.aim or "",
            "reasons": len(request.suitability),
            "risk": len(request.hiding_risk),
            "rungs": len(request.alternatives),
            "features": len(request.features_used),
            "whole": request.whole_account,
            "protected": request.protected_minor,
            "amount": request.amount_minor or 0,
            "traced": request.traced_minor or 0,
            "claim": request.claim_minor or 0,
            "hours": int((request.duration or timedelta(days=999)) / timedelta(hours=1)),
        },
    }


def per_second(work: Callable[[], object], times: int) -> float:
    """Return how often ``work`` is done in a second of this thread's processor."""
    began = time.perf_counter()
    for _ in range(times):
        work()
    return times / (time.perf_counter() - began)


def main(options: argparse.Namespace) -> None:
    pack = load_pack("kz-demo")
    requests = asked()
    cedar_requests = [as_cedar(request) for request in requests]
    policies = cedarpy.PolicySet.from_str(POLICY)
    ways: dict[str, Callable[[], Sequence[bool]]] = {
        "assess": lambda: [assess(one, pack, AT).verdict is Verdict.permitted for one in requests],
        "if chain": lambda: [if_chain(one) for one in requests],
        "cedar": lambda: [one.allowed for one in cedarpy.is_authorized_batch(cedar_requests, policies, "[]")],
    }
    answers = {name: list(way()) for name, way in ways.items()}
    assert answers["assess"] == answers["if chain"] == answers["cedar"], answers
    rates: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            rates[name].append(len(requests) * per_second(way, options.times))
    for name, found in rates.items():
        print(f"{name:10} {statistics.median(found):>12,.0f} requests a second (of {ROUNDS} rounds)")
    ratio = statistics.median(rates["assess"]) / statistics.median(rates["cedar"])
    print(f"assess / cedar: {ratio:.2f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--times", type=int, default=300, help="how often the set is asked in each round")
    main(parser.parse_args())
