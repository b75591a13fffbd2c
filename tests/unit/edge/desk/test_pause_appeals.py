"""Pages of an appeal against a pause: the payer sends it, another officer answers, and both see what came of it."""

from datetime import timedelta

import pytest

from tarazy.adapters.catalogue import load_catalogue
from tarazy.agent.core_records import Payment
from tarazy.agent.notice_office import NoticeOffice
from tarazy.agent.pause_appeals import PAUSE_APPEALS, PauseAppeal
from tarazy.agent.pause_notices import PAUSE_NOTICES, serve_due_pauses
from tarazy.agent.pause_records import PAYMENT_PAUSES, PaymentPause
from tarazy.agent.pauses import BeginPause, begin_pause
from tarazy.domain.appeal import AppealStatus
from tarazy.domain.notice import code_shown
from tarazy.domain.pause import PauseEnd
from tarazy.edge.pauses_at_core import ask_core
from tarazy.values.ids import AccountId, ParticipantId, TransferRef
from tests.story_people import COLLEAGUE
from tests.unit.edge.desk.bank_story import TENGE, BankStory, Browser, profile_of
from tests.unit.edge.desk.test_deferred_in_app import under_measure
from tests.unit.edge.desk.test_pauses import CALLED, REASONS, begin, pause

WHY = "The payments of the last two years show the same rent to the same account each month."
WORDS = "It is the rent for my sister's flat."


@pytest.fixture
def story() -> BankStory:
    story = BankStory().opened()
    begin(story)
    return story


def told(story: BankStory, bank: str = "bank-a") -> None:
    office = NoticeOffice(profile_of(bank), load_catalogue(), b"story")
    story.network.at(bank, lambda tx, now: serve_due_pauses(tx, office, now))


def appeal(story: BankStory) -> PauseAppeal:
    (row,) = story.network.rows("bank-a", PAUSE_APPEALS)
    found: PauseAppeal = row
    return found


def sent(story: BankStory) -> Browser:
    app, path = story.browser("bank-a").sign_in("aigul"), f"/app/pauses/{pause(story).pause_id}"
    assert f"{path}/appeal" in app.get(path).text
    page = app.get(f"{path}/appeal")
    assert page.says(
        "the bank's own review", "23 November 2026, 10:00", "If nobody answers by then, the payment goes out."
    )
    assert app.post(f"{path}/appeal", grounds=["no_basis"], words=WORDS).says("Sent.", "Now with", WORDS)
    return app


def test_the_payer_appeals_and_another_officer_lets_it_go_at_once(story: BankStory) -> None:
    before = story.network.balance("aigul")
    app = sent(story)
    desk, place = story.browser("bank-a").sit_down(), f"/desk/pauses/{pause(story).pause_id}"
    assert place in desk.get("/desk/pauses").text
    assert desk.get("/desk/inbox").says("Appeals to answer: 1")
    assert desk.get(place).says(WORDS, "There is no ground for it", "another officer answers")
    refused = desk.post(place, act="answer", appeal_id=appeal(story).appeal_id, outcome="measure_stands", reasons=WHY)
    assert (refused.status, appeal(story).state) == (409, AppealStatus.filed)
    other = story.browser("bank-a").sit_down(COLLEAGUE)
    assert not other.get(place).says("another officer answers")
    answer = {"act": "answer", "appeal_id": appeal(story).appeal_id, "reasons": WHY}
    assert other.post(place, **answer).says("Choose one of the answers.")
    assert other.post(place, **answer, outcome="measure_overturned").says(
        "The appeal is answered.", "Sent upon an appeal"
    )
    story.network.settle()
    assert story.network.balance("aigul") == before - 90_000 * TENGE
    told(story)
    assert not other.get("/desk/inbox").says("Appeals to answer")
    page = app.get(f"/app/pauses/{pause(story).pause_id}")
    assert page.says("The appeal was right", "you were right", WHY)
    assert app.get("/app/notices").says("Кідірту аяқталды")


def test_a_decision_that_stands_is_answered_with_reasons_and_the_next_forum(story: BankStory) -> None:
    app = sent(story)
    other, place = story.browser("bank-a").sit_down(COLLEAGUE), f"/desk/pauses/{pause(story).pause_id}"
    other.get(place)
    other.post(place, act="answer", appeal_id=appeal(story).appeal_id, outcome="measure_stands", reasons=WHY)
    page = app.get(f"/app/pauses/{pause(story).pause_id}/appeal")
    assert page.says("the decision of the bank stands", WHY, "You can go on to: the financial regulator")
    assert 'name="words"' not in page.text


def test_an_appeal_that_nobody_made_is_not_answered(story: BankStory) -> None:
    sent(story)
    other = story.browser("bank-a").sit_down(COLLEAGUE)
    place = f"/desk/pauses/{pause(story).pause_id}"
    other.get(place)
    page = other.post(place, act="answer", appeal_id="pa_other", outcome="measure_overturned", reasons=WHY)
    assert (page.status >= 400, appeal(story).state) == (True, AppealStatus.filed)


def test_the_page_of_an_appeal_is_the_payers_alone(story: BankStory) -> None:
    path = f"/app/pauses/{pause(story).pause_id}/appeal"
    stranger = story.browser("bank-a").sign_in("marat")
    assert stranger.get(path).status == 404
    assert stranger.post(path, words=WORDS).status == 404
    assert story.network.rows("bank-a", PAUSE_APPEALS) == []


def test_the_code_of_a_pauses_notice_keeps_the_time_of_an_appeal(story: BankStory) -> None:
    (notice,) = story.network.rows("bank-a", PAUSE_NOTICES)
    anybody = story.browser("bank-a")
    anybody.get("/appeal/")
    shown = code_shown(notice.code).lower()
    assert anybody.post("/appeal/", code=shown, to="send", grounds=["other"]).says("Sent")
    begun = appeal(story)
    assert (begun.state, begun.is_identified) == (AppealStatus.preliminary, False)
    story.network.wait(hours=1)
    app, path = story.browser("bank-a").sign_in("aigul"), f"/app/pauses/{pause(story).pause_id}/appeal"
    assert app.get(path).says("Complete your appeal")
    app.post(path, grounds=["no_basis"], words=WORDS)
    assert (appeal(story).state, appeal(story).filed_at, appeal(story).words) == (
        AppealStatus.filed,
        begun.filed_at,
        WORDS,
    )


def test_a_refused_payment_can_be_appealed_about(story: BankStory) -> None:
    desk, place = story.browser("bank-a").sit_down(), f"/desk/pauses/{pause(story).pause_id}"
    desk.get(place)
    desk.post(place, act="called")
    desk.post(place, act="reject", reasons=CALLED)
    assert pause(story).end is PauseEnd.refused_by_officer
    told(story)
    app, path = story.browser("bank-a").sign_in("aigul"), f"/app/pauses/{pause(story).pause_id}"
    page = app.get(path)
    assert page.says("жасалмады", CALLED)
    assert app.get(f"{path}/appeal").says("which the bank refused")
    assert app.post(f"{path}/appeal", words=WORDS).says("Sent.")
    assert appeal(story).is_of_refusal


@pytest.mark.parametrize("is_quiet", [False, True])
def test_the_end_of_a_pause_does_not_tell_of_a_measure_whose_notice_is_put_off(*, is_quiet: bool) -> None:
    story = under_measure(is_put_off=is_quiet)
    net, olga = story.network, AccountId("olga")
    net.pay("clean", "marat", "olga", 50_000 * TENGE)
    net.settle()
    sent = Payment(
        payment_id=TransferRef("p1"),
        serial=0,
        from_participant=ParticipantId("bank-c"),
        to_participant=ParticipantId("bank-b"),
        to_account=AccountId("timur"),
        for_report=None,
        amount_minor=50_000 * TENGE,
        currency="KZT",
        is_protected=False,
        sent_at=net.now,
        original_ref=None,
        done_at=None,
        from_account=olga,
    )
    gate = net.core("bank-c").payment_gate
    gate.enter(sent, olga, net.now.plus(timedelta(minutes=15)), net.now)
    entered = gate.entered(sent.payment_id)
    assert entered is not None
    command, officer = BeginPause(entered=entered, facts=("payer_pressed",), reasons=REASONS), net.officer("bank-c")
    begun = net.at("bank-c", lambda tx, now: begin_pause(tx, command, officer, gate, now))
    assert isinstance(begun, PaymentPause)
    ask_core(story.context("bank-c"))
    net.spend("olga", 1)
    net.wait(hours=24)
    ask_core(story.context("bank-c"))
    (row,) = net.rows("bank-c", PAYMENT_PAUSES)
    assert row.end is (PauseEnd.money_not_there if is_quiet else PauseEnd.held_by_authority)
    told(story, "bank-c")
    (notice,) = net.rows("bank-c", PAUSE_NOTICES)
    assert ("state body" in "\n".join(notice.paragraphs)) is not is_quiet
    page = story.browser("bank-c").sign_in("olga").get(f"/app/pauses/{row.pause_id}")
    assert page.says("authority's measure") is not is_quiet
