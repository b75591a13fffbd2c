"""The checkers of due process are seen to fail: one fault planted for each invariant of what authorities may do."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tarazy.agent import appeals as local_appeals
from tarazy.agent import deferring as agent_deferring
from tarazy.agent import measures as agent_measures
from tarazy.agent import notices
from tarazy.app import appeals, deadlines, deciding, deferring, holding, measures, motions, reviewing, timing
from tarazy.app.deadlines import Counted
from tarazy.app.measure_law import remedies_of
from tarazy.app.measure_records import CASE_MEASURES, MATERIAL_LOCKS, CaseMeasure
from tarazy.domain.deferral import DeferralGranted
from tarazy.domain.measure import MeasureStatus
from tarazy.domain.notice import MEASURE_KINDS
from tarazy.law.assessment import ActorRole
from tarazy.protocol.schedule import author_of
from tarazy.protocol.statement import StatementFault
from tarazy.simulation.appellants import Appellants
from tarazy.simulation.checkers.authority import AuthorityAtExchange
from tarazy.simulation.checkers.facts import FactsChecker
from tarazy.simulation.checkers.finding import CheckFailed, rows
from tarazy.simulation.checkers.locked import LockedChecker
from tarazy.simulation.checkers.versions import VersionsChecker
from tarazy.simulation.deferrers import Deferrers
from tarazy.simulation.run import Simulation, SimulationResult, Verdict, run
from tarazy.values.ids import MeasureId
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace
from tests.simulation.test_checkers import seen

Patch = pytest.MonkeyPatch
BUSY = (49, 87, 65, 76, 47, 36, 90, 5, 25, 71, 82)
"""Seeds in which authorities do much: they begin measures, judges decide and strike, people appeal and are answered."""
PUT_OFF = (29, 93, 76, 88)
"""Seeds in which notices are put off, and put off again."""
UNLAWFUL = 71
"""A seed in which a measure is found unlawful."""


def first_to_fail(seeds: tuple[int, ...] = BUSY) -> SimulationResult:
    for seed in seeds:
        result = run(seed)
        if result.verdict is not Verdict.passed:
            return result
    pytest.fail("none of the busy seeds has seen the planted fault")


def lived(seed: int) -> Simulation:
    simulation = Simulation(seed)
    simulation.live()
    return simulation


def planted(simulation: Simulation, change: Callable[[CaseMeasure], CaseMeasure]) -> CaseMeasure:
    """Put one more measure into the rows of a run that is over, with something wrong in it."""
    disc = simulation.world.network.exchange.disc
    one = rows(disc, CASE_MEASURES, order=("measure_id",))[0]
    wrong = change(replace(one, measure_id=MeasureId("planted")))
    disc.run(lambda tx: tx.add(CASE_MEASURES, wrong))
    return wrong


def test_a_measure_that_outlasts_its_urgent_time_is_seen(monkeypatch: Patch) -> None:
    """I1: nobody asks the judge, and the measure stands; the banks do not count either."""
    later = timedelta(days=9)
    monkeypatch.setattr(agent_measures, "_urgent_until", lambda order, *_: order.line.until)
    monkeypatch.setattr(measures, "counted", lambda _, start, *__: Counted(start.plus(later), is_expected=False))
    result = first_to_fail()
    seen(result, "authority:")
    assert "undecided" in result.told


def test_a_measure_that_begins_anew_and_so_gains_time_is_seen() -> None:
    """I1: the second measure upon a hold has hours of its own; the urgent time is counted from the first."""
    simulation = lived(UNLAWFUL)
    exchange = simulation.world.network.exchange
    now = exchange.clock.now()
    first = next(one for one in rows(exchange.disc, CASE_MEASURES, order=("measure_id",)) if one.measure == "M5")
    began = replace(first, begins_at=now.plus(timedelta(hours=-50)), carries_on=None)
    exchange.disc.run(lambda tx: tx.put(CASE_MEASURES, began))
    again = replace(
        first,
        measure_id=MeasureId("planted"),
        status=MeasureStatus.urgent,
        motion_id=None,
        carries_on=first.measure_id,
        begins_at=now.plus(timedelta(hours=-3)),
        expires_at=now.plus(timedelta(hours=45)),
    )
    exchange.disc.run(lambda tx: tx.add(CASE_MEASURES, again))
    checker = AuthorityAtExchange(exchange, simulation.world.network.trust)
    checker._seen = {one.measure_id: one for one in rows(exchange.disc, CASE_MEASURES)}
    with pytest.raises(CheckFailed, match="urgent since"):
        checker.check()


def test_a_bank_that_takes_what_anybody_has_signed_is_seen(monkeypatch: Patch) -> None:
    """I1: the signature is an officer's, and that is all that is asked."""

    def is_signed(order: Any, *rest: Any) -> bool:
        try:
            return bool(author_of(order.schedule, rest[-1].officer_key_of))
        except StatementFault:
            return False

    monkeypatch.setattr(agent_measures, "_is_authors", is_signed)
    result = first_to_fail()
    seen(result, "authority:")
    assert "has taken an order of_a" in result.told


def test_a_bank_that_believes_the_exchange_of_a_judge_is_seen(monkeypatch: Patch) -> None:
    """I1: nobody looks whether a judge has granted the line."""
    monkeypatch.setattr(agent_measures, "_is_granted", lambda *_: True)
    result = first_to_fail()
    seen(result, "authority:")
    assert "has taken an order" in result.told


def test_a_decision_of_who_may_not_decide_is_seen(monkeypatch: Patch) -> None:
    """I1: whoever signs is taken for an investigating judge."""
    monkeypatch.setattr(deciding, "officers_capacity", lambda *_: ActorRole.investigating_judge)
    result = first_to_fail()
    seen(result, "authority:")
    assert "a decision stands although it was" in result.told


def test_a_hold_that_a_bank_keeps_longer_than_was_signed_is_seen(monkeypatch: Patch) -> None:
    """I2: the bank gives a measure a day of grace."""
    monkeypatch.setattr(agent_measures, "end_of_hold", lambda end, *_: end.plus(timedelta(days=11)))
    result = first_to_fail()
    seen(result, "authority:")
    assert "to stand to" in result.told


def test_an_end_that_is_moved_on_after_it_has_come_is_seen(monkeypatch: Patch) -> None:
    """I2: what reaches the bank too late brings a hold back."""

    monkeypatch.setattr(agent_measures, "_cannot_take", lambda *_: None)
    seen(first_to_fail(), "authority:", "holds:")


def test_more_than_was_signed_is_seen(monkeypatch: Patch) -> None:
    """I3: a measure for less takes over all that is held."""
    monkeypatch.setattr(agent_measures, "narrow_hold", lambda _, hold, *__: hold)
    seen(first_to_fail(), "caps:")


def test_a_holder_who_is_not_told_of_a_measure_is_seen(monkeypatch: Patch) -> None:
    """I4: the notice of the measure is never written."""

    def without_measures(*rest: Any) -> Any:
        return [one for one in news_of(*rest) if one.kind not in MEASURE_KINDS]

    news_of = notices.news_of
    monkeypatch.setattr(notices, "news_of", without_measures)
    result = first_to_fail()
    seen(result, "told:")
    assert "not told by" in result.told or "nobody was told of" in result.told


def test_a_notice_that_is_put_off_for_ever_is_seen(monkeypatch: Patch) -> None:
    """I4: the deferral has ended, and the bank still keeps the notice back."""
    monkeypatch.setattr(notices, "end_deferrals", lambda *_: 0)
    result = first_to_fail(PUT_OFF)
    assert result.verdict in {Verdict.correctness, Verdict.liveness}
    seen(result, "told:", "notices:")


def test_a_deferral_beyond_the_cap_is_seen(monkeypatch: Patch) -> None:
    """I5: whoever signs puts a notice off for as long as they like."""

    def whatever(wish: Any, _: Any, given: Any, __: Any, now: Instant) -> DeferralGranted:
        return DeferralGranted(given[-1].until if given else now, wish.until, len(given) + 1)

    monkeypatch.setattr(Deferrers, "_judged", lambda *_, **__: "done")
    monkeypatch.setattr(deferring, "lawful_deferral", whatever)
    monkeypatch.setattr(agent_deferring, "lawful_deferral", whatever)
    seen(first_to_fail(PUT_OFF), "deferred:")


def test_a_deferral_that_must_be_refused_and_is_granted_is_seen(monkeypatch: Patch) -> None:
    """I5: at the exchange, before any bank hears of it."""
    monkeypatch.setattr(
        deferring, "lawful_deferral", lambda wish, *rest: DeferralGranted(rest[-1], wish.until, len(rest[1]) + 1)
    )
    result = first_to_fail((28, 93, 89, 96, 87))
    seen(result, "deferred:")
    assert "although it was" in result.told


def test_material_of_an_unlawful_measure_that_stays_open_is_seen(monkeypatch: Patch) -> None:
    """I6: struck or overturned as unlawful, and nothing is locked in that transaction."""
    monkeypatch.setattr(deciding, "lock_material", lambda *_: 0)
    monkeypatch.setattr(reviewing, "lock_material", lambda *_: 0)
    result = first_to_fail()
    seen(result, "locked:")
    assert "is not locked" in result.told


def test_a_measure_that_rests_on_what_was_locked_is_seen() -> None:
    """I6: what was found unlawfully is the source of another measure."""
    simulation = lived(UNLAWFUL)
    exchange = simulation.world.network.exchange
    lock = rows(exchange.disc, MATERIAL_LOCKS)[0]

    def resting_on_it(one: CaseMeasure) -> CaseMeasure:
        request = json.loads(one.request)
        request["facts"] = [{"kind": "fact", "code": "money_passed_on_at_once", "source": lock.subject_id}]
        after = lock.locked_at.plus(timedelta(hours=1))
        return replace(one, request=json.dumps(request), begins_at=after, is_unlawful=False, end=None)

    planted(simulation, resting_on_it)
    with pytest.raises(CheckFailed, match="which was locked before"):
        LockedChecker(exchange).check()


@pytest.mark.parametrize("kind", ["score", "list_hit", "allegation"])
def test_a_measure_upon_a_score_alone_is_seen(kind: str) -> None:
    """I8: no fact, but something that only looks like one."""
    simulation = lived(UNLAWFUL)

    def resting_on_a_score(one: CaseMeasure) -> CaseMeasure:
        request = json.loads(one.request)
        request["facts"] = [{**fact, "kind": kind} for fact in request["facts"]]
        return replace(one, request=json.dumps(request))

    planted(simulation, resting_on_a_score)
    with pytest.raises(CheckFailed, match="rests on no fact"):
        FactsChecker(simulation.world.network.exchange).check()


def test_an_appeal_that_never_reaches_its_forum_is_seen(monkeypatch: Patch) -> None:
    """I10: the bank keeps it to itself."""
    monkeypatch.setattr(local_appeals, "queue", lambda *_: None)
    result = first_to_fail()
    seen(result, "remedies:")
    assert "never reached its forum" in result.told or "nobody has said" in result.told


def test_a_silence_from_which_nothing_follows_is_seen(monkeypatch: Patch) -> None:
    """I10: a forum does not answer, and the appeal just lies there."""
    monkeypatch.setattr(timing, "answer_silence", lambda *_: 0)
    result = first_to_fail()
    seen(result, "remedies:")
    assert "nobody has answered" in result.told


def test_an_appeal_at_the_wrong_forum_is_seen(monkeypatch: Patch) -> None:
    """I10: the last forum is asked first."""
    monkeypatch.setattr(appeals, "remedies_of", lambda rule: remedies_of(rule)[::-1])
    seen(first_to_fail(), "remedies:", "clocks:")


def test_what_was_overturned_and_still_stands_is_seen(monkeypatch: Patch) -> None:
    """I10: the decision is kept and told, and its bank hears nothing."""
    monkeypatch.setattr(reviewing, "let_go", lambda *_: None)
    monkeypatch.setattr(local_appeals, "is_live", lambda *_: False)
    result = first_to_fail()
    seen(result, "remedies:")
    assert "still held" in result.told or " of " in result.told


def test_a_reviewer_of_their_own_measure_is_seen(monkeypatch: Patch) -> None:
    """I11: the investigator decides on the appeal against the investigator."""
    monkeypatch.setattr(Appellants, "_judged", lambda *_, **__: "decided")
    monkeypatch.setattr(reviewing, "same_hands", lambda *_: None)
    monkeypatch.setattr(reviewing, "officers_capacity", lambda *_: ActorRole.prosecutor)
    result = first_to_fail()
    seen(result, "hands:")
    assert "of their own" in result.told


def test_norms_that_the_law_of_the_day_does_not_name_are_seen(monkeypatch: Patch) -> None:
    """I12: one of the versions is left out."""

    def with_fewer(*rest: Any) -> CaseMeasure:
        made = new_measure(*rest)
        return replace(made, norm_versions=made.norm_versions[1:])

    new_measure = measures.new_measure
    monkeypatch.setattr(measures, "new_measure", with_fewer)
    monkeypatch.setattr(motions, "new_measure", with_fewer)
    result = first_to_fail()
    seen(result, "versions:")
    assert "asked again" in result.told


def test_norms_of_another_day_are_seen() -> None:
    """I12: an act of this year by the constitution of before."""
    simulation = lived(UNLAWFUL)

    def by_old_law(one: CaseMeasure) -> CaseMeasure:
        return replace(one, norm_versions=("kz-const-1995-13",))

    planted(simulation, by_old_law)
    with pytest.raises(CheckFailed, match="was in force from 1995-09-05 to 2026-06-30"):
        VersionsChecker(simulation.world.network.exchange).check()


def test_a_deadline_that_is_counted_wrongly_is_seen(monkeypatch: Patch) -> None:
    """Clocks: every span is an hour longer than the law says."""

    def an_hour_more(window: Any, start: Instant, *rest: Any) -> Counted | None:
        end = counted(window, start, *rest)
        return None if end is None else end._replace(at=end.at.plus(timedelta(hours=1)))

    counted = deadlines.counted
    monkeypatch.setattr(deadlines, "counted", an_hour_more)
    seen(first_to_fail(), "clocks:")


def test_a_deadline_that_nobody_marks_is_seen(monkeypatch: Patch) -> None:
    """Clocks: what was missed stays open."""
    monkeypatch.setattr(timing, "miss_overdue", lambda *_: [])
    seen(first_to_fail(), "clocks:", "remedies:")


def test_money_that_is_let_go_late_and_that_nobody_records_is_seen(monkeypatch: Patch) -> None:
    """Clocks: a bank's word that it has let go is not heard, and the error register does not say so."""
    monkeypatch.setattr(measures, "released_by_measure", lambda *_: None)
    monkeypatch.setattr(holding, "released_with_hold", lambda *_: None)
    monkeypatch.setattr(timing, "note_late_releases", lambda *_: None)
    seen(first_to_fail(), "clocks: let go too late")
