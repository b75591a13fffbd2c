"""A holder who is asked: the app, the desk, the inbox; and papers that let go, read by two officers at the desk."""

import pytest

from tarazy.adapters.catalogue import load_catalogue
from tarazy.agent.appeals import LOCAL_APPEALS
from tarazy.agent.hearing_notices import hear_receivers
from tarazy.agent.hearing_records import HEARING_NOTICES, LOCAL_HEARINGS, LocalHearing
from tarazy.agent.notice_office import NoticeOffice
from tarazy.app.hearing_records import HEARINGS
from tarazy.app.records import CASES
from tarazy.app.store import Condition
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.hearing import HearingRoad, HearingState
from tarazy.domain.hold import HoldEnd, HoldStatus
from tarazy.domain.notice import code_shown
from tarazy.values.ids import ParticipantId
from tests.hearing_story import asked
from tests.story import StoreFor
from tests.story_people import COLLEAGUE
from tests.unit.edge.desk.bank_story import BankStory, profile_of

POLICE_NAME = "Invented Police of Almaty"
WORDS = "It was paid for the car that I sold; the contract is with me."
HOW = "He came with his identity card, and answered for himself."
PAPER = {
    "by": "court",
    "forum": "Invented District Court of Almaty",
    "number": "2-4711/26",
    "decided_on": "2026-11-22",
    "keep": "0",
    "reasons": "The paper lies before me, with its seal and the judge's signature.",
}


@pytest.fixture
def story(store_for: StoreFor) -> BankStory:
    return BankStory(store_for).opened().fraud().reported()


def being_asked(story: BankStory) -> LocalHearing:
    """Let the investigator ask, and the bank of Olga tell her."""
    [case] = story.network.rows(EXCHANGE_ID, CASES)
    asked(story.network, case.case_id)
    story.network.settle()
    names = {ParticipantId("police"): POLICE_NAME}
    office = NoticeOffice(profile_of("bank-c"), load_catalogue(), b"story", names)
    story.network.at("bank-c", lambda tx, now: hear_receivers(tx, office, EXCHANGE_ID, now))
    story.network.settle()
    return own(story)


def own(story: BankStory) -> LocalHearing:
    [hearing] = story.network.rows("bank-c", LOCAL_HEARINGS, Condition("account_id", "=", "olga"))
    assert isinstance(hearing, LocalHearing)
    return hearing


def known(story: BankStory) -> HearingState:
    story.network.settle()
    hearing_id = own(story).hearing_id
    [hearing] = story.network.rows(EXCHANGE_ID, HEARINGS, Condition("hearing_id", "=", hearing_id))
    return HearingState(hearing.state)


def test_a_holder_reads_in_the_app_what_is_asked_and_answers(story: BankStory) -> None:
    hearing = being_asked(story)
    olga = story.browser("bank-c").sign_in("olga")
    assert olga.get("/app/home").says("You are asked: answer by")
    page = olga.get(f"/app/hearings/{hearing.hearing_id}")
    assert page.says("proposes to pay back KZT 180,000.00", "Silence is no consent", "I agree", "I object")
    assert page.says("If you say nothing, that is no consent", "a court decides", "It is no admission")
    done = olga.post(f"/app/hearings/{hearing.hearing_id}", answer="objected", words=WORDS)
    assert done.says("Your answer was taken.", "You have objected: a court decides.", WORDS)
    assert known(story) is HearingState.objected
    assert not olga.get("/app/home").says("You are asked: answer by")
    again = olga.post(f"/app/hearings/{hearing.hearing_id}", answer="agreed")
    assert (again.status, again.says("Your answer was not taken.")) == (422, True)


def test_who_has_agreed_takes_it_back_in_the_app(story: BankStory) -> None:
    hearing = being_asked(story)
    olga = story.browser("bank-c").sign_in("olga")
    done = olga.post(f"/app/hearings/{hearing.hearing_id}", answer="agreed")
    assert done.says("You have agreed. You can take that back until it is paid.", "Take it back and object")
    olga.post(f"/app/hearings/{hearing.hearing_id}", answer="objected", words=WORDS)
    assert known(story) is HearingState.objected


def test_what_one_is_asked_stands_among_the_notices_and_names_the_body(story: BankStory) -> None:
    hearing = being_asked(story)
    olga = story.browser("bank-c").sign_in("olga")
    for page in ("/app/notices", "/app/home"):
        read = olga.get(page)
        assert read.says("You are asked: may KZT 180,000.00 be paid back?")
        assert f'class="tile" href="/app/hearings/{hearing.hearing_id}"' in read.text
    [notice] = story.network.rows("bank-c", HEARING_NOTICES, Condition("account_id", "=", "olga"))
    said = "\n".join(notice.paragraphs)
    assert (POLICE_NAME in said, "(police)" in said) == (True, False)
    assert not story.browser("bank-c").sign_in("daniyar").get("/app/notices").says("180,000")


def test_the_code_of_a_hearings_notice_lodges_an_appeal_against_the_hold(story: BankStory) -> None:
    hearing = being_asked(story)
    [notice] = story.network.rows("bank-c", HEARING_NOTICES, Condition("account_id", "=", "olga"))
    anybody = story.browser("bank-c")
    anybody.get("/appeal/")
    anybody.post("/appeal/", code=code_shown(notice.code), to="send", grounds=["good_faith"])
    [lodged] = story.network.rows("bank-c", LOCAL_APPEALS)
    assert (lodged.hold_id, lodged.is_identified) == (hearing.hold_id, False)


def test_the_inbox_says_that_something_is_new_when_a_holder_is_asked_and_a_paper_comes(story: BankStory) -> None:
    desk = story.browser("bank-c").sit_down()

    def known_now() -> str:
        return desk.get("/desk/inbox").text.partition("/desk/news?known=")[2].partition('"')[0]

    def is_new(known: str) -> bool:
        return desk.get(f"/desk/news?known={known}").status == 200

    before = known_now()
    assert not is_new(before)
    being_asked(story)
    assert is_new(before)
    asked_by_now = known_now()
    path = f"/desk/holds/{story.hold_of('bank-c', 'olga').hold_id}/papers"
    desk.get(path)
    desk.post(path, **{**PAPER, "paper_id": "pp-1"})
    assert is_new(asked_by_now)


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_every_page_of_it_is_said_in_every_language(story: BankStory, language: str) -> None:
    hearing = being_asked(story)
    app = story.browser("bank-c", language).sign_in("olga")
    desk = story.browser("bank-c", language).sit_down()
    for read in (
        app.get(f"/app/hearings/{hearing.hearing_id}"),
        desk.get("/desk/inbox"),
        desk.get(f"/desk/hearings/{hearing.hearing_id}"),
        desk.get(f"/desk/holds/{hearing.hold_id}/papers"),
    ):
        assert read.status == 200
        assert f'lang="{language}"' in read.text
        assert "hearing." not in read.text.replace("hearing.css", "")
        assert "paper." not in read.text


def test_nobody_sees_the_hearing_of_another(story: BankStory) -> None:
    hearing = being_asked(story)
    daniyar = story.browser("bank-c").sign_in("daniyar")
    assert daniyar.get(f"/app/hearings/{hearing.hearing_id}").status == 404
    assert daniyar.post(f"/app/hearings/{hearing.hearing_id}", answer="agreed").status == 404
    assert known(story) is HearingState.told


def test_an_officer_writes_down_what_the_holder_says(story: BankStory) -> None:
    hearing = being_asked(story)
    desk = story.browser("bank-c").sit_down()
    assert desk.get("/desk/inbox").says("Holders who are being heard", "Olga Weber")
    path = f"/desk/hearings/{hearing.hearing_id}"
    assert desk.post(path, answer="", words="", reasons=HOW).says("Choose the answer.")
    assert desk.post(path, answer="objected", words=WORDS, reasons="ok").status == 422
    done = desk.post(path, answer="objected", words=WORDS, reasons=HOW)
    assert done.says("The answer was written down and sent.", WORDS)
    assert (known(story), own(story).road) == (HearingState.objected, HearingRoad.desk)
    assert desk.get("/desk/hearings/hg_none").status == 404


def test_a_paper_is_entered_by_one_officer_and_binds_with_another(story: BankStory) -> None:
    hold = story.hold_of("bank-c", "olga")
    path = f"/desk/holds/{hold.hold_id}/papers"
    first = story.browser("bank-c").sit_down()
    assert first.get(f"/desk/holds/{hold.hold_id}").says("A decision on paper has come")
    assert first.post(path, **{**PAPER, "paper_id": "pp-1"}).says("The paper was entered.", "all of it is let go")
    assert first.get(path).says("You have entered it: another officer must confirm it.")
    assert first.post("/desk/papers/pp-1/confirm", reasons=PAPER["reasons"]).says("cannot confirm it")
    second = story.browser("bank-c").sit_down(COLLEAGUE)
    assert second.get("/desk/inbox").says("Papers that wait for a second officer", "Olga Weber", "2-4711/26")
    assert second.post("/desk/papers/pp-1/confirm", reasons=PAPER["reasons"]).says("The paper was confirmed")
    ended = story.hold_of("bank-c", "olga")
    assert (ended.status, ended.end) == (HoldStatus.released, HoldEnd.by_court)
    story.network.settle()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"keep": "180000"}, "one that holds goes the way of the motion"),
        ({"keep": "much"}, "The day, the sum or the time cannot be read."),
        ({"decided_on": "tomorrow"}, "The day, the sum or the time cannot be read."),
        ({"decided_on": "2026-12-24"}, "its number or its day is not right"),
        ({"reasons": ""}, "reasons"),
    ],
)
def test_what_is_no_paper_that_lets_go_is_refused_in_words(story: BankStory, change: dict[str, str], said: str) -> None:
    hold = story.hold_of("bank-c", "olga")
    desk = story.browser("bank-c").sit_down()
    page = desk.post(f"/desk/holds/{hold.hold_id}/papers", **{**PAPER, "paper_id": "pp-1", **change})
    assert page.status in {409, 422}
    assert page.says(said)
    assert story.hold_of("bank-c", "olga").status is HoldStatus.placed


def test_a_paper_may_leave_some_of_it(story: BankStory) -> None:
    hold = story.hold_of("bank-c", "olga")
    desk = story.browser("bank-c").sit_down()
    desk.post(f"/desk/holds/{hold.hold_id}/papers", **{**PAPER, "paper_id": "pp-1", "keep": "40000"})
    story.browser("bank-c").sit_down(COLLEAGUE).post("/desk/papers/pp-1/confirm", reasons=PAPER["reasons"])
    story.network.settle()
    after = story.hold_of("bank-c", "olga")
    assert (after.status, after.held_minor) == (HoldStatus.placed, 4_000_000)
