"""What a measure may touch: Daniyar buys his groceries, and an officer who wants the whole account hears 'no'."""

from datetime import timedelta
from typing import Final

from tarazy.adapters.packs import load_pack
from tarazy.app.lawgate import AIM, IMPACT, LOWER_RUNGS, SUITABILITY
from tarazy.domain.notice import NoticeKind
from tarazy.edge.demonstration.world import CURRENCY
from tarazy.edge.stage.plot import DANIYAR, GROCERIES_MINOR, PIECE_OF_DANIYAR_MINOR, THEFT
from tarazy.edge.stage.scene import FACTS, OFFENCE, Scene, typed
from tarazy.edge.stage.telling import Fact, fact
from tarazy.law.assessment import ActorRole, Alternative, AssertionKind, Assessment, Measure, NormVersion, Request
from tarazy.law.assessment import Fact as LawFact
from tarazy.law.gate import assess
from tarazy.values.instant import Instant

REGISTRATION: Final = "267500031000001"
MORE_THAN_A_PAUSE: Final = "A bank's pause keeps the money for hours; the investigation takes days."
MONEY_MOVES_ON: Final = (
    "Within minutes of the theft the money had moved through several banks; it will move on from here."
)
DAYS_ASKED: Final = timedelta(days=10)
PROPERTY_NORM: Final = "kz-const-property"
OLD_DAY: Final = Instant.parse("2026-06-30T10:00:00+05:00")
"""The last day of the old Constitution."""


def daniyar_buys_groceries(scene: Scene) -> tuple[Fact, ...]:
    """Count what would be left to Daniyar if his account were taken as usual; then let him pay, with his piece held."""
    before = scene.account(DANIYAR)
    scene.wait_until("Daniyar's notice", lambda: _told(scene, NoticeKind.hold_placed))
    basket = [("shop", "groceries"), ("card_sum", typed(GROCERIES_MINOR)), ("step", "do")]
    scene.phone(DANIYAR).send("/app/pay/card", basket)
    after = scene.account(DANIYAR)
    assert before.reserved_minor == PIECE_OF_DANIYAR_MINOR
    notice = next(one for one in scene.notices(DANIYAR) if one.notice_kind == NoticeKind.hold_placed)
    return (
        fact("usual", person=DANIYAR, amount_minor=before.balance_minor, groceries_minor=GROCERIES_MINOR),
        fact(
            "held_only",
            person=DANIYAR,
            amount_minor=after.reserved_minor,
            usable_minor=before.spendable_minor,
            groceries_minor=GROCERIES_MINOR,
            left_minor=after.spendable_minor,
        ),
        fact("notice", person=DANIYAR, subject=notice.subject),
    )


def whole_account_is_refused(scene: Scene) -> tuple[Fact, ...]:
    """An investigator asks for all that is on Daniyar's account; the law gate answers, today and for 30 June."""
    balance = scene.account(DANIYAR).balance_minor
    answer = ask_gate(scene.network.pack_id, balance, scene.now(), is_whole=True)
    then = ask_gate(scene.network.pack_id, balance, OLD_DAY, is_whole=True)
    narrow = ask_gate(scene.network.pack_id, PIECE_OF_DANIYAR_MINOR, scene.now(), is_whole=False)
    return (
        fact("asked_whole", person=DANIYAR, amount_minor=balance, registration=REGISTRATION),
        *told_of(answer),
        fact(f"verdict.{narrow.verdict}", amount_minor=PIECE_OF_DANIYAR_MINOR),
        fact("norm_today", **_norm_values(property_norm(answer))),
        fact("norm_then", **_norm_values(property_norm(then))),
    )


def ask_gate(pack_id: str, amount_minor: int, at: Instant, *, is_whole: bool) -> Assessment:
    """Ask whether an investigator may hold so much of Daniyar's account in a registered case (M5)."""
    request = Request(
        measure=Measure.M5,
        actor_role=ActorRole.investigator,
        officer_named=True,
        currency=CURRENCY,
        amount_minor=amount_minor,
        traced_minor=PIECE_OF_DANIYAR_MINOR,
        claim_minor=THEFT.amount_minor,
        offence_id=OFFENCE,
        aim=AIM,
        facts=tuple(LawFact(kind=AssertionKind.fact, code=code, source="the signed report") for code in FACTS),
        suitability=SUITABILITY,
        alternatives=(*LOWER_RUNGS, Alternative(rung=Measure.M4b, why=MORE_THAN_A_PAUSE)),
        impact=IMPACT,
        features_used=(),
        duration=DAYS_ASKED,
        has_mandate=False,
        mandate_ceiling_minor=None,
        case_registration=REGISTRATION,
        report_signed=True,
        hiding_risk=MONEY_MOVES_ON,
        protected_minor=0,
        whole_account=is_whole,
        extends=timedelta(0),
        extensions_used=0,
        exculpatory=(),
        exculpatory_answered=False,
        is_urgent=False,
        is_automatic=False,
        hands=(),
        locked_sources=frozenset(),
        reports_by_payer=0,
        reports_of_pair=0,
    )
    return assess(request, load_pack(pack_id), at)


def told_of(answer: Assessment) -> list[Fact]:
    """Return a refusal as facts: each reason with its article, then each lawful next step with the allowed sum."""
    told: list[Fact] = []
    for outcome in answer.tests:
        if outcome.passed:
            continue
        told.append(Fact(outcome.code, outcome.params))
        told += [fact("article", act=norm.act_code, article=norm.article) for norm in outcome.norms]
    return [*told, *(Fact(step.code, step.params) for step in answer.lawful_instead)]


def property_norm(answer: Assessment) -> NormVersion:
    """Return the version of the norm on property that an assessment rests on."""
    return next(norm for outcome in answer.tests for norm in outcome.norms if norm.norm_id == PROPERTY_NORM)


def _norm_values(norm: NormVersion) -> dict[str, str]:
    return {"act": norm.act_code, "article": norm.article, "since": norm.valid_from.isoformat()}


def _told(scene: Scene, kind: NoticeKind) -> bool:
    return any(notice.notice_kind == kind for notice in scene.notices(DANIYAR))
