"""What the law gate is asked about a measure upon one hold: sums and facts from the case, reasons from the officer."""

from collections.abc import Sequence
from datetime import timedelta

from tarazy.app.measure_ends import source_of
from tarazy.app.measure_records import CASE_FACTS, MATERIAL_LOCKS, CaseFact, Words
from tarazy.app.records import Case, CaseHold, Report
from tarazy.app.store import Condition, Transaction
from tarazy.law.assessment import ActorRole, Alternative, AssertionKind, Fact, Measure, Request
from tarazy.law.safeguards import Exclusion
from tarazy.protocol.schedule import ScheduleLine
from tarazy.protocol.statement import are_reasons
from tarazy.values.replacing import replace


def facts_of_case(tx: Transaction, case: Case) -> list[CaseFact]:
    """Return the facts of a case beside those of its reports, without what is locked: no decision rests on that."""
    facts = tx.find(CASE_FACTS, Condition("case_id", "=", case.case_id), order=("added_at",))
    locked = {one.subject_id for one in tx.find(MATERIAL_LOCKS, Condition("case_id", "=", case.case_id))}
    return [fact for fact in facts if fact.fact_id not in locked and fact.source not in locked]


def line_request(
    measure: Measure,
    offence_id: str,
    words: Words,
    line: ScheduleLine,
    hold: CaseHold,
    report: Report,
    before_minor: int,
    case: Case,
    facts: Sequence[CaseFact],
    free: tuple[Exclusion, ...],
) -> Request:
    """Return the request of one line as the law gate wants it, but for who asks and for how long.

    ``free`` is what its bank will leave free of the account: nobody asks for more than the rule lets anybody close.
    """
    source = source_of(report)
    said = tuple(Fact(kind=AssertionKind.fact, code=code, source=source) for code in report.facts)
    asked = measure_request(
        measure=measure,
        currency=hold.currency,
        amount_minor=line.cap_minor,
        traced_minor=hold.held_minor,
        claim_minor=report.claim_minor - report.returned_minor - before_minor,
        offence_id=offence_id,
        facts=said + _as_facts(facts, is_for_holder=False),
        exculpatory=_as_facts(facts, is_for_holder=True),
        words=words,
        registration=case.registration,
    )
    return replace(asked, exclusions=free)


def _as_facts(facts: Sequence[CaseFact], *, is_for_holder: bool) -> tuple[Fact, ...]:
    return tuple(
        Fact(kind=AssertionKind(fact.kind), code=fact.code, source=fact.source)
        for fact in facts
        if fact.is_for_holder is is_for_holder
    )


def measure_request(
    *,
    measure: Measure,
    currency: str,
    amount_minor: int,
    traced_minor: int,
    claim_minor: int,
    offence_id: str,
    facts: tuple[Fact, ...],
    exculpatory: tuple[Fact, ...],
    words: Words,
    registration: str | None,
) -> Request:
    """Return a request of an investigator upon one hold; who asks and for how long is put in by whoever asks."""
    return Request(
        measure=measure,
        actor_role=ActorRole.other,
        officer_named=True,
        currency=currency,
        amount_minor=amount_minor,
        traced_minor=traced_minor,
        claim_minor=claim_minor,
        offence_id=offence_id,
        aim=words.aim,
        facts=facts,
        suitability=words.suitability,
        alternatives=tuple(Alternative(rung=Measure(rung), why=why) for rung, why in words.alternatives),
        impact=words.impact,
        features_used=(),
        duration=None,
        has_mandate=False,
        mandate_ceiling_minor=None,
        case_registration=registration,
        report_signed=True,
        protected_minor=0,
        whole_account=False,
        extends=timedelta(0),
        extensions_used=0,
        exculpatory=exculpatory,
        exculpatory_answered=are_reasons(words.exculpatory),
        is_urgent=False,
        is_automatic=False,
        hands=(),
        locked_sources=frozenset(),
        reports_by_payer=0,
        reports_of_pair=0,
        hiding_risk=words.hiding_risk,
    )
