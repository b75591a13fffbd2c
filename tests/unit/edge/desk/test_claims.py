"""Claiming at the bank: from the letter in the app, and written down at the desk. The people are invented."""

import re
from datetime import timedelta

import pytest

from tarazy.agent.claim_records import LOCAL_CLAIMS, LOCAL_ERRORS, LocalClaim, LocalError
from tarazy.agent.claims import LodgeClaim, lodge_claim
from tarazy.app.appeal_records import CLAIMS
from tarazy.app.errors import note_error
from tarazy.app.records import CASE_HOLDS
from tarazy.app.store import Condition
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.appeal import AppealOutcome, AppealRoad, Appellant
from tarazy.domain.error import ErrorCause, FoundBy
from tarazy.domain.rejection import Rejection
from tarazy.values.ids import MeasureId
from tests.measuring import measures
from tests.story import StoreFor
from tests.story_people import COLLEAGUE
from tests.unit.edge.desk.bank_story import BankStory, Browser
from tests.unit.edge.desk.test_appeals import decide, place
from tests.unit.edge.desk.test_deferred_in_app import under_measure

LANGUAGES = ("kk", "ru", "en")
WORDS = "The rent was late, and I paid a <fine>."
ENTRY = {"road": "phone", "appellant": "representative", "sum": "1 500", "heads": ["other"], "words": WORDS}


@pytest.fixture
def story(store_for: StoreFor) -> BankStory:
    """A story in which the bank has overturned its own pause upon Olga's account, and has written to her."""
    story = BankStory(store_for).opened().fraud().reported()
    olga = story.browser("bank-c").sign_in("olga")
    olga.get(place(story))
    olga.post(place(story), grounds=["good_faith"], words="Mine.")
    story.network.settle()
    decide(story, AppealOutcome.measure_overturned)
    story.serve_notices()
    return story


@pytest.fixture
def olga(story: BankStory) -> Browser:
    return story.browser("bank-c").sign_in("olga")


@pytest.fixture
def desk(story: BankStory) -> Browser:
    return story.browser("bank-c").sit_down(COLLEAGUE)


def the_error(story: BankStory) -> LocalError:
    [error] = story.network.rows("bank-c", LOCAL_ERRORS)
    assert isinstance(error, LocalError)
    return error


def letter(story: BankStory) -> str:
    return f"/app/claims/{the_error(story).error_id}"


def local(story: BankStory) -> list[LocalClaim]:
    return story.network.rows("bank-c", LOCAL_CLAIMS, order=("amount_minor",))


def test_the_first_page_leads_to_the_letter_and_the_letter_to_the_claim(story: BankStory, olga: Browser) -> None:
    assert f'href="{letter(story)}"' in olga.get("/app/home").text
    page = olga.get(letter(story))
    assert page.says("The bank's letter", "Claim compensation", "the money could not be used")
    assert "checked" not in page.text
    olga.post(letter(story), sum="12 500,50", heads=["fees_and_interest", "nonsense"], words=WORDS)
    story.network.settle()
    [claim] = story.network.rows(EXCHANGE_ID, CLAIMS)
    assert (claim.amount_minor, claim.heads, claim.road) == (1_250_050, ("fees_and_interest",), AppealRoad.app)
    sent = olga.get(f"{letter(story)}?done=sent")
    assert sent.says("The claim was sent.", "KZT 12,500.50", "it waits for an answer", "names no time for the answer")
    assert sent.says(WORDS)
    assert 'name="sum"' not in sent.text


def test_a_sum_that_nobody_can_read_is_asked_for_again(story: BankStory, olga: Browser) -> None:
    olga.get(letter(story))
    page = olga.post(letter(story), sum="much", heads=["suffering"], words=WORDS)
    assert page.status == 422
    assert page.says("Write the sum in digits", WORDS)
    assert 'id="head-suffering" type="checkbox" name="heads" value="suffering" checked' in page.text
    assert local(story) == []


def test_a_letter_is_nobody_elses(story: BankStory) -> None:
    other = story.browser("bank-c").sign_in("daniyar")
    assert other.get(letter(story)).status == 404
    assert other.get("/app/claims/er_none").status == 404
    assert letter(story) not in other.get("/app/home").text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_said_in_every_language(story: BankStory, desk: Browser, olga: Browser, language: str) -> None:
    for browser, path in ((olga, letter(story)), (desk, entry(story))):
        text = browser.get(f"{path}?lang={language}").text
        assert not re.search(r">[^<]*\b(?:claim|desk|app|public)\.[a-z_]+\.", text), path


def entry(story: BankStory) -> str:
    return f"/desk/claims/new/{the_error(story).error_id}"


def test_the_hold_at_the_desk_leads_to_writing_a_claim_down(story: BankStory, desk: Browser) -> None:
    page = desk.get(f"/desk/holds/{the_error(story).hold_id}")
    assert page.says("Errors recorded upon this hold", "Overturned on appeal")
    assert f'href="{entry(story)}"' in page.text


def test_what_is_read_back_is_kept_under_the_assistants_name(story: BankStory, desk: Browser) -> None:
    desk.get(entry(story))
    assert desk.post(entry(story), **ENTRY).status == 422
    assert local(story) == []
    desk.post(entry(story), **ENTRY, was_read="yes")
    story.network.settle()
    [claim] = local(story)
    assert (claim.entered_by, claim.claimant, claim.is_identified) == (COLLEAGUE, Appellant.representative, False)
    assert (claim.amount_minor, claim.words, claim.state) == (150_000, WORDS, "filed")
    assert desk.get(f"{entry(story)}?done=yes").says("The claim was kept and sent.", "KZT 1,500.00")


@pytest.mark.parametrize("missing", ["road", "appellant", "sum"])
def test_what_is_missing_is_asked_for(story: BankStory, desk: Browser, missing: str) -> None:
    desk.get(entry(story))
    said = {name: value for name, value in ENTRY.items() if name != missing}
    assert desk.post(entry(story), **said, was_read="yes").status == 422
    assert local(story) == []


def test_a_second_claim_of_one_holder_changes_nothing_and_says_so(story: BankStory, desk: Browser) -> None:
    command = LodgeClaim(
        error_id=the_error(story).error_id,
        claimant=Appellant.holder,
        road=AppealRoad.app,
        is_identified=True,
        heads=(),
        words="",
        amount_minor=700,
        currency="KZT",
    )
    kept = story.network.at("bank-c", lambda tx, now: lodge_claim(tx, command, EXCHANGE_ID, now))
    assert not isinstance(kept, Rejection)
    desk.get(entry(story))
    page = desk.post(entry(story), **{**ENTRY, "appellant": "holder"}, was_read="yes")
    assert page.says("There is such a claim already.")
    assert [one.amount_minor for one in local(story)] == [700]


def test_a_letter_waits_while_the_notice_of_its_measure_is_put_off() -> None:
    story = under_measure()
    own = story.hold_of("bank-c", "olga")
    [measure] = [one for one in measures(story.network) if one.hold_id == own.hold_id]
    noted_late(story, measure.measure_id)
    story.serve_notices()
    assert the_error(story).served_at is None
    assert not story.browser("bank-c").sign_in("olga").get("/app/home").says("An error was recorded")
    story.network.now = story.network.now.plus(timedelta(days=10, minutes=1))
    story.serve_notices()
    assert the_error(story).served_at is not None


def noted_late(story: BankStory, measure_id: MeasureId) -> None:
    [hold] = story.network.rows(EXCHANGE_ID, CASE_HOLDS, Condition("carried_by", "=", measure_id))
    cause, by = ErrorCause.late_answer, FoundBy.deadline
    story.network.at(EXCHANGE_ID, lambda tx, now: note_error(tx, measure_id, hold, cause, by, now))
    story.network.settle()
