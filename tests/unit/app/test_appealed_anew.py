"""After an answer: the next forum while the measure is as it was, and the first one again where it has changed."""

from datetime import timedelta

import pytest

from tarazy.adapters.packs import load_pack
from tarazy.agent.appeal_queries import WayOn, appeals_shown, way_on
from tarazy.agent.appeals import LOCAL_APPEALS, LocalAppeal, LodgeAppeal, lodge_appeal
from tarazy.agent.records import HOLDS
from tarazy.app.appeal_records import APPEALS, Appeal
from tarazy.app.measure_records import Motion
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.appeal import AppealOutcome, AppealRoad, AppealStatus, Appellant
from tarazy.domain.motion import LineDecision, MotionAsk
from tarazy.domain.rejection import Rejection
from tests.measuring import ask, begin, case_of, court, decide, grants, registered
from tests.story import Network, StoreFor, robbed
from tests.story_people import COLLEAGUE, OFFICER
from tests.story_reading import bank_hold
from tests.unit.app.test_appeals import decided_here, reviewed
from tests.unit.app.test_completing import told

WHY = "The holder was told by telephone, and has said so in the appeal."
STANDS, SEEN = AppealOutcome.measure_stands, ("holder_told", "deadlines_kept")
GRANTED = LineDecision.granted


@pytest.fixture
def network(store_for: StoreFor) -> Network:
    """Bank B holds everything, in a registered case."""
    network = robbed(store_for)
    network.report("t1")
    registered(network, case_of(network))
    network.enrol("prosecutor", "prosecutor", "prosecutor")
    return network


def lodge(
    network: Network, road: AppealRoad = AppealRoad.app, appellant: Appellant = Appellant.holder
) -> LocalAppeal | Rejection:
    command = LodgeAppeal(
        hold_id=bank_hold(network, "mule").hold_id,
        appellant=appellant,
        road=road,
        is_identified=road is not AppealRoad.code,
        grounds=(),
        words="",
        was_read_back=True,
    )
    by = network.officer("bank-b", OFFICER) if road in {AppealRoad.branch, AppealRoad.phone} else None
    done = network.at("bank-b", lambda tx, now: lodge_appeal(tx, command, EXCHANGE_ID, now, by=by))
    network.settle()
    return done


def appeals(network: Network) -> list[Appeal]:
    return network.rows(EXCHANGE_ID, APPEALS, order=("received_at", "forum_no"))


def under_m5(network: Network) -> None:
    begin(network, case_of(network))
    network.settle()


def answered(network: Network) -> Appeal:
    """The prosecutor lets the measure stand."""
    assert not isinstance(lodge(network), Rejection)
    done = reviewed(network, appeals(network)[-1], STANDS, missing=SEEN, why=WHY)
    assert isinstance(done, Appeal), done
    return done


def way(network: Network) -> WayOn | None:
    pack, hold_id = load_pack("kz-demo"), bank_hold(network, "mule").hold_id
    hold = network.rows("bank-b", HOLDS)[0]
    assert hold.hold_id == hold_id
    return network.at("bank-b", lambda tx, now: way_on(tx, hold, now.now, pack))


@pytest.mark.parametrize(
    ("road", "appellant"),
    [
        (AppealRoad.app, Appellant.holder),
        (AppealRoad.branch, Appellant.holder),
        (AppealRoad.phone, Appellant.representative),
    ],
)
def test_what_was_answered_is_not_begun_again_on_any_road_while_nothing_has_changed(
    network: Network, road: AppealRoad, appellant: Appellant
) -> None:
    under_m5(network)
    answered(network)
    network.wait(hours=1)
    assert lodge(network, road, appellant) is Rejection.appeal_is_decided
    assert len(appeals(network)) == 1
    on = way(network)
    assert on is not None
    assert on.ahead is not None
    assert on.ahead.forum == "law.forum.investigating_judge"


def test_the_way_on_names_the_last_day_counted_from_the_answer(network: Network) -> None:
    """Fifteen days; who was told has no more, who was told again from the refusal."""
    under_m5(network)
    told(network)
    network.wait(hours=20)
    answered(network)
    on = way(network)
    assert on is not None
    assert on.ahead is not None
    assert on.ahead.last_at == network.now.plus(timedelta(days=15))


def test_what_has_gone_on_is_not_sent_again(network: Network) -> None:
    under_m5(network)
    lodge(network)
    network.wait(hours=72)
    assert [one.status for one in appeals(network)] == [AppealStatus.executed, AppealStatus.admitted]
    assert lodge(network, AppealRoad.branch) is Rejection.appeal_is_decided
    on = way(network)
    assert on is not None
    assert (on.last.forum, on.ahead) == ("law.forum.investigating_judge", None)


def test_a_measure_that_was_prolonged_since_is_appealed_anew_at_the_first_forum(network: Network) -> None:
    under_m5(network)
    answered(network)
    network.wait(hours=1)
    motion = ask(network, case_of(network))  # its end moves from the motion to the decision
    assert isinstance(motion, Motion), motion
    network.settle()
    court(network)
    decide(network, motion, grants(network, motion, [GRANTED]))
    network.wait(hours=1)
    assert way(network) is None
    again = lodge(network)
    assert isinstance(again, LocalAppeal), again
    [_, anew] = appeals(network)
    assert (anew.measure, anew.forum_no, anew.before_appeal_id) == ("M9", 0, None)


def test_an_attachment_that_was_extended_since_is_appealed_anew(network: Network) -> None:
    """The regional court is the last forum: without this there would be no way against what was added later."""
    network.enrol("court", "court", "regional_judge", COLLEAGUE)
    under_m5(network)
    motion = ask(network, case_of(network))
    assert isinstance(motion, Motion), motion
    network.settle()
    court(network, OFFICER)
    decide(network, motion, grants(network, motion, [GRANTED]), officer=OFFICER)
    network.settle()
    lodge(network)
    network.wait(hours=72)  # nobody answers, and there is no further forum
    assert [one.status for one in appeals(network)] == [AppealStatus.executed]
    assert lodge(network) is Rejection.appeal_is_decided
    network.wait(hours=1)
    more = ask(network, case_of(network), days=60, what=MotionAsk.extend)
    assert isinstance(more, Motion), more
    network.settle()
    decide(network, more, grants(network, more, [GRANTED]), officer=OFFICER)
    network.wait(hours=1)
    assert isinstance(lodge(network), LocalAppeal)
    first, anew = appeals(network)
    assert (anew.measure_id, anew.forum, anew.is_late) == (first.measure_id, "law.forum.regional_court", False)
    assert anew.appeal_id != first.appeal_id
    [*_, shown] = network.rows("bank-b", LOCAL_APPEALS, order=("filed_at",))
    assert shown.state == AppealStatus.admitted


def test_a_pause_that_a_human_took_upon_themselves_since_is_appealed_anew(network: Network) -> None:
    lodge(network)
    assert not isinstance(decided_here(network, appeals(network)[0], STANDS), Rejection)
    assert lodge(network) is Rejection.appeal_is_decided
    network.wait(hours=1)
    assert network.confirm("bank-b", bank_hold(network, "mule").hold_id) is None
    network.settle()
    assert isinstance(lodge(network), LocalAppeal)
    first, anew = appeals(network)
    assert (anew.forum, anew.status) == (first.forum, AppealStatus.admitted)


def test_an_answer_to_what_came_by_a_code_alone_bars_nobody(network: Network) -> None:
    under_m5(network)
    lodge(network, AppealRoad.code)
    reviewed(network, appeals(network)[0], STANDS, missing=SEEN, why=WHY)
    assert isinstance(lodge(network), LocalAppeal)
    assert [one.forum_no for one in appeals(network)] == [0, 0]


def test_a_bank_that_has_not_heard_of_the_answer_loses_no_appeal(network: Network) -> None:
    """The exchange brings it to the next forum: it is not heard twice, and not lost."""
    under_m5(network)
    lodge(network)
    network.banks["bank-b"].is_away = True
    done = reviewed(network, appeals(network)[0], STANDS, missing=SEEN, why=WHY)
    assert isinstance(done, Appeal), done
    assert isinstance(lodge(network, AppealRoad.branch), LocalAppeal)
    network.banks["bank-b"].is_away = False
    network.settle()
    first, second = appeals(network)
    assert (second.forum, second.before_appeal_id) == ("law.forum.investigating_judge", first.appeal_id)
    assert first.next_appeal_id == second.appeal_id
    [shown] = [one for one in network.rows("bank-b", LOCAL_APPEALS) if one.appeal_id == second.appeal_id]
    assert shown.before_appeal_id == first.appeal_id
    assert lodge(network, AppealRoad.phone) is Rejection.appeal_is_decided


def test_the_holder_of_what_was_answered_can_go_on(network: Network) -> None:
    under_m5(network)
    answered(network)
    hold, pack = network.rows("bank-b", HOLDS)[0], load_pack("kz-demo")
    [shown] = network.at("bank-b", lambda tx, now: appeals_shown(tx, hold, now.now, pack))
    assert shown.can_go_on
