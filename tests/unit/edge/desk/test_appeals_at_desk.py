"""The desk's appeals: the list, the decision by other hands, and an appeal written down for somebody. All invented."""

from datetime import timedelta

import pytest

from tarazy.agent.appeals import LOCAL_APPEALS, NOT_TAKEN, LocalAppeal
from tarazy.agent.records import SERVED_NOTICES
from tarazy.app.appeal_records import APPEALS
from tarazy.app.store import Condition
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.appeal import AppealOutcome, AppealRoad, Appellant
from tarazy.domain.hold import HoldEnd
from tarazy.values.replacing import replace
from tests.story import StoreFor
from tests.story_people import COLLEAGUE, OFFICER
from tests.unit.edge.desk.bank_story import OWN_REASONS, BankStory, Browser, Read
from tests.unit.edge.desk.test_appeals import place

WORDS = "I gave lessons for this <money>."
ENTRY = {"road": "phone", "appellant": "other_affected", "identified": "yes", "words": WORDS, "grounds": ["hardship"]}


@pytest.fixture
def story(store_for: StoreFor) -> BankStory:
    return BankStory(store_for).opened().fraud().reported()


@pytest.fixture
def desk(story: BankStory) -> Browser:
    return story.browser("bank-c").sit_down(COLLEAGUE)


def appealed(story: BankStory) -> LocalAppeal:
    olga = story.browser("bank-c").sign_in("olga")
    olga.get(place(story))
    olga.post(place(story), grounds=["good_faith"], words=WORDS)
    story.network.settle()
    return local(story)


def local(story: BankStory) -> LocalAppeal:
    [appeal] = story.network.rows("bank-c", LOCAL_APPEALS)
    assert isinstance(appeal, LocalAppeal)
    return appeal


def entry(story: BankStory) -> str:
    return f"/desk/appeals/new/{story.hold_of('bank-c', 'olga').hold_id}"


def came(story: BankStory) -> str:
    return story.network.now.plus(timedelta(hours=5)).utc.strftime("%Y-%m-%dT%H:%M")


def test_an_appeal_stands_in_the_inbox_and_on_the_list_with_its_clock(story: BankStory, desk: Browser) -> None:
    assert not desk.get("/desk/inbox").says("Appeals to decide")
    appealed(story)
    inbox = desk.get("/desk/inbox")
    assert inbox.says("Appeals to decide", "If nobody decides in time, the pause is let go.", "Olga Weber")
    listed = desk.get("/desk/appeals")
    assert listed.says("Olga Weber", "this bank", "in the app")
    assert "data-until" in listed.text


def test_the_persons_words_and_what_is_missing_stand_before_the_decision(story: BankStory, desk: Browser) -> None:
    page = desk.get(f"/desk/appeals/{appealed(story).appeal_id}")
    assert page.says(WORDS, "I got it honestly", "The person need not prove anything.")
    assert page.says("Confirmed by a named officer nobody; it was due by")
    assert page.text.count('<li class="no">') == 2
    assert page.text.index('id="said"') < page.text.index('id="rests"') < page.text.index('id="decide"')


def test_four_outcomes_of_equal_weight_and_none_is_chosen(story: BankStory, desk: Browser) -> None:
    page = desk.get(f"/desk/appeals/{appealed(story).appeal_id}").text
    form = page.split('id="decide"')[1].split("</form>")[0]
    assert [f'value="{one}"' in form for one in AppealOutcome] == [True] * 4
    assert "checked" not in form
    assert '<textarea id="reasons"' in form
    assert form.split("<textarea")[1].split(">")[1].startswith("</textarea")


def test_nothing_is_decided_without_a_choice(story: BankStory, desk: Browser) -> None:
    appeal = appealed(story)
    page = desk.post(f"/desk/appeals/{appeal.appeal_id}?lang=en", reasons=OWN_REASONS)
    assert (page.status, page.says("Choose one of the four outcomes.")) == (422, True)
    assert local(story).outcome is None


def test_overturned_lets_go_at_once_and_the_reasons_reach_the_person(story: BankStory, desk: Browser) -> None:
    appeal = appealed(story)
    page = desk.post(f"/desk/appeals/{appeal.appeal_id}", outcome="measure_overturned", reasons=OWN_REASONS)
    assert page.says("Decided and signed.", OWN_REASONS)
    story.network.settle()
    assert story.hold_of("bank-c", "olga").end is HoldEnd.overturned_on_appeal
    [kept] = story.network.rows(EXCHANGE_ID, APPEALS)
    assert (kept.outcome, kept.reviewer_id) == (AppealOutcome.measure_overturned, COLLEAGUE)


def test_narrowed_needs_a_sum_that_is_less(story: BankStory, desk: Browser) -> None:
    path = f"/desk/appeals/{appealed(story).appeal_id}?lang=en"
    missing = desk.post(path, outcome="measure_narrowed", keep="", reasons=OWN_REASONS)
    assert missing.status == 422
    assert missing.says(OWN_REASONS)
    more = desk.post(path, outcome="measure_narrowed", keep="900 000", reasons=OWN_REASONS)
    assert more.says("Nobody may be worse off by their own appeal.")
    assert desk.post(path, outcome="measure_narrowed", keep="50 000", reasons=OWN_REASONS).status == 200
    story.network.settle()
    assert story.hold_of("bank-c", "olga").held_minor == 5_000_000
    story.serve_notices()
    notices = story.network.rows("bank-c", SERVED_NOTICES, Condition("account_id", "=", "olga"), order=("served_at",))
    said = "\n".join(notices[-1].paragraphs)
    assert "a decision on an appeal made the held sum smaller" in said
    assert "Who decided: Ertis Bank, payment analyst Анна Ли" in said.replace("\N{NO-BREAK SPACE}", " ")
    assert OWN_REASONS in said


def test_who_signed_the_mandate_sees_why_they_cannot_decide(story: BankStory) -> None:
    appeal = appealed(story)
    author = story.browser("bank-c").sit_down(OFFICER)
    page = author.get(f"/desk/appeals/{appeal.appeal_id}")
    assert page.says("You cannot decide this appeal", "You signed the mandate that the pause rests on.")
    assert 'name="outcome"' not in page.text
    refused = author.post(f"/desk/appeals/{appeal.appeal_id}", outcome="measure_stands", reasons=OWN_REASONS)
    assert refused.status == 409
    assert local(story).outcome is None


def test_who_confirmed_it_cannot_decide_either(story: BankStory, desk: Browser) -> None:
    hold = story.hold_of("bank-c", "olga")
    desk.get(f"/desk/holds/{hold.hold_id}")
    desk.post(f"/desk/holds/{hold.hold_id}/confirm", reasons=OWN_REASONS)
    story.network.settle()
    assert desk.get(f"/desk/appeals/{appealed(story).appeal_id}").says("You confirmed the pause.")


def test_an_unknown_appeal_is_not_there(desk: Browser) -> None:
    assert desk.get("/desk/appeals/ap_none").status == 404
    assert desk.get("/desk/appeals/new/hd_none").status == 404


def test_an_appeal_is_written_down_read_back_and_signed(story: BankStory, desk: Browser) -> None:
    written = {**ENTRY, "came": came(story)}
    assert desk.get(entry(story)).status == 200
    read = desk.post(entry(story), to="read_back", **written)
    assert read.says("Read it to them", WORDS, "somebody else who is affected")
    assert story.network.rows("bank-c", LOCAL_APPEALS) == []
    unread = desk.post(f"{entry(story)}?lang=en", to="sign", **written)
    assert (unread.status, unread.says("Read it back first")) == (422, True)
    assert story.network.rows("bank-c", LOCAL_APPEALS) == []
    assert desk.post(entry(story), to="sign", was_read="yes", **written).says("The appeal is kept under your name.")
    appeal = local(story)
    assert (appeal.entered_by, appeal.road, appeal.appellant) == (
        COLLEAGUE,
        AppealRoad.phone,
        Appellant.other_affected,
    )
    assert (appeal.words, appeal.grounds, appeal.is_identified) == (WORDS, ("hardship",), True)
    story.network.settle()
    [kept] = story.network.rows(EXCHANGE_ID, APPEALS)
    assert kept.road is AppealRoad.phone


HOLDERS = {**ENTRY, "appellant": "holder"}


def signed(story: BankStory, desk: Browser, path: str = "", **change: str) -> Read:
    path = path or f"{entry(story)}?lang=en"
    desk.get(path)
    return desk.post(path, to="sign", was_read="yes", **{**HOLDERS, "came": came(story), **change})


def begun_by_code(story: BankStory) -> None:
    browser = story.browser("bank-c")
    code = story.network.rows("bank-c", SERVED_NOTICES, Condition("account_id", "=", "olga"))[0].code
    browser.get("/appeal")
    browser.post("/appeal", code=code, to="send", grounds=["good_faith"], words="Mine.")
    story.network.settle()


def test_an_assistant_completes_what_was_begun_by_a_code(story: BankStory, desk: Browser) -> None:
    begun_by_code(story)
    assert desk.get(f"{entry(story)}?lang=en").says("Somebody has appealed here by the code of the notice")
    assert signed(story, desk).says("What was begun by the code is complete.")
    story.network.settle()
    [kept] = story.network.rows(EXCHANGE_ID, APPEALS)
    assert (kept.is_identified, kept.road, kept.completed_road) == (True, AppealRoad.code, AppealRoad.phone)
    assert kept.completed_statement is not None
    page = desk.get(f"/desk/appeals/{local(story).appeal_id}?lang=en")
    assert page.says("Completed", "by telephone", "Written down by")


def test_who_is_not_identified_or_a_stranger_completes_nothing(story: BankStory, desk: Browser) -> None:
    begun_by_code(story)
    assert signed(story, desk, identified="").says("The appeal is kept under your name.")
    assert signed(story, desk, appellant="other_affected").says("The appeal is kept under your name.")
    story.network.settle()
    assert [one.completed_at for one in story.network.rows(EXCHANGE_ID, APPEALS)] == [None] * 3


def test_an_answered_one_is_refused_with_the_next_forum_and_written_down_for_it(
    story: BankStory, desk: Browser
) -> None:
    assert signed(story, desk).says("The appeal is kept under your name.")
    story.network.settle()
    desk.post(f"/desk/appeals/{local(story).appeal_id}", outcome="measure_stands", reasons=OWN_REASONS)
    story.network.settle()
    page = signed(story, desk)
    assert page.status == 409
    assert page.says("This was answered", "The next forum is: the financial regulator.", "Last day to appeal")
    onward = f"{entry(story)}?before={local(story).appeal_id}"
    assert onward in page.text
    assert onward in desk.get(f"/desk/appeals/{local(story).appeal_id}").text
    assert desk.get(f"{onward}&lang=en").says("It goes on from the answer of: the bank's own review.")
    done = signed(story, desk, f"{onward}&lang=en", before=local(story).appeal_id, road="branch")
    assert done.says("The appeal is kept under your name.")
    story.network.settle()
    second = max(story.network.rows(EXCHANGE_ID, APPEALS), key=lambda one: one.forum_no)
    assert (second.forum, second.before_appeal_id) == ("law.forum.regulator", second.before_appeal_id)
    assert second.forum_no == 1
    assert onward not in desk.get(f"/desk/appeals/{second.before_appeal_id}").text


def test_what_the_exchange_has_not_taken_is_said_to_officer_and_holder(story: BankStory, desk: Browser) -> None:
    signed(story, desk)
    story.network.settle()
    not_taken = replace(local(story), state=NOT_TAKEN, not_taken_why="statement_does_not_stand")
    story.network.at("bank-c", lambda tx, _: tx.put(LOCAL_APPEALS, not_taken))
    page = desk.get(f"/desk/appeals/{not_taken.appeal_id}?lang=en")
    assert page.says("not taken by the exchange", "Write it down anew.", "Write an appeal down")
    olga = story.browser("bank-c").sign_in("olga")
    shown = olga.get(f"{place(story)}?lang=en")
    assert shown.says("It did not reach whoever decides.", "send it again here")
    assert '<textarea id="words"' in shown.text


def test_what_was_written_can_be_changed_before_it_is_signed(story: BankStory, desk: Browser) -> None:
    desk.get(entry(story))
    page = desk.post(entry(story), to="change", came=came(story), **ENTRY)
    assert page.status == 200
    assert page.text.count("checked") == 4
    assert page.says(WORDS)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"road": "app"}, "Say how it came."),
        ({"appellant": ""}, "Say who appeals."),
        ({"came": "2031-01-01T10:00"}, "Say when it came"),
        ({"came": "2020-01-01T10:00"}, "Say when it came"),
        ({"came": "soon"}, "Say when it came"),
        ({"words": "", "grounds": []}, "Tick a ground"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_kept(
    story: BankStory, desk: Browser, wrong: dict[str, str | list[str]], said: str
) -> None:
    desk.get(entry(story))
    fields: dict[str, str | list[str]] = {**ENTRY, "came": came(story), **wrong, "to": "sign", "was_read": "yes"}
    page = desk.post(f"{entry(story)}?lang=en", **fields)
    assert (page.status, page.says(said)) == (422, True)
    assert story.network.rows("bank-c", LOCAL_APPEALS) == []


def test_words_of_another_are_not_shown_to_the_holder(story: BankStory, desk: Browser) -> None:
    desk.get(entry(story))
    desk.post(entry(story), to="sign", was_read="yes", came=came(story), **ENTRY)
    olga = story.browser("bank-c").sign_in("olga")
    assert not olga.get(place(story)).says(WORDS)


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_every_page_is_said_in_every_language(story: BankStory, language: str) -> None:
    appeal = appealed(story)
    desk = story.browser("bank-c", language).sit_down(COLLEAGUE)
    for path in ("/desk/inbox", "/desk/appeals", f"/desk/appeals/{appeal.appeal_id}", entry(story)):
        page = desk.get(path)
        assert (page.status, page.headers["content-language"]) == (200, language)


def test_the_inbox_says_that_an_appeal_is_new(story: BankStory, desk: Browser) -> None:
    known = desk.get("/desk/inbox").text.split("/desk/news?known=")[1].split('"')[0]
    assert desk.get(f"/desk/news?known={known}").status == 204
    appealed(story)
    assert desk.get(f"/desk/news?known={known}").status == 200
