"""Standing mandates at the desk: who signs one, what it may say, what follows from it, and its end."""

from datetime import timedelta

import pytest

from tarazy.agent.mandates import ENDINGS_MAX, mandate_sheet
from tarazy.agent.records import HOLDS, MANDATES, StandingMandate
from tarazy.app.records import MANDATES as KNOWN_MANDATES
from tarazy.app.records import OFFICERS, PARTICIPANTS, Mandate
from tarazy.app.store import Condition
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.rejection import Rejection
from tarazy.edge.pages.entered import write_local
from tarazy.protocol.statement import Act, read_statement
from tarazy.texts.catalogue import Language
from tarazy.values.instant import Instant
from tests.story import StoreFor
from tests.story_people import COLLEAGUE, OFFICER
from tests.unit.edge.desk.bank_story import TENGE, BankStory, Browser

REASONS = "Our customers lose up to this sum at a time; the board has decided so on 20 November."
NORM = "kz-credited-pause"
FIELDS: dict[str, str | list[str]] = {
    "measure": "M4b",
    "norm": [NORM],
    "ceiling": "150 000",
    "currency": "KZT",
    "hours": "12",
    "to": "2027-05-22T10:00",
    "reasons": REASONS,
}


@pytest.fixture
def story(store_for: StoreFor) -> BankStory:
    """A story some minutes after its banks have signed the mandates with which it begins."""
    story = BankStory(store_for).opened()
    story.network.wait(minutes=10)
    return story


def desk_of(story: BankStory, officer: str = COLLEAGUE, language: str = "en", bank: str = "bank-b") -> Browser:
    return story.browser(bank, language).sit_down(officer)


def new_path(desk: Browser) -> str:
    return desk.get("/desk/mandates/new").path


def signed(story: BankStory, **fields: str | list[str]) -> str:
    """Sign a mandate at the desk, let it arrive, and return the address of its page."""
    desk = desk_of(story)
    page = desk.post(new_path(desk), **{**FIELDS, **fields})
    assert page.status == 200
    story.network.settle()
    return page.path.partition("?")[0]


def own(story: BankStory) -> list[StandingMandate]:
    return story.network.rows("bank-b", MANDATES)


def known(story: BankStory) -> list[Mandate]:
    """Return what the exchange knows of the mandates that were signed at this desk."""
    mandates = story.network.rows(EXCHANGE_ID, KNOWN_MANDATES, Condition("participant_id", "=", "bank-b"))
    return [mandate for mandate in mandates if mandate.mandate_id != "md-bank-b"]


def at(story: BankStory, days: int) -> str:
    """Return a moment as the form wants it."""
    context = story.context("bank-b")
    return write_local(story.network.now.plus(timedelta(days=days)), context.pack.data.calendar.zone)


def test_a_mandate_is_signed_and_the_exchange_keeps_what_was_signed(story: BankStory) -> None:
    desk = desk_of(story)
    page = desk.get("/desk/mandates/new")
    assert page.says("Sign a standing mandate", "The law pack allows at most 24", "You, Анна Ли, will be the author")
    page = desk.post(page.path, **FIELDS)
    assert page.says("The mandate is signed.", "on its way to the exchange", "KZT 150,000.00", REASONS, "Анна Ли")
    story.network.settle()
    [mandate] = known(story)
    assert (mandate.officer_id, mandate.measure, mandate.norms) == (COLLEAGUE, "M4b", (NORM,))
    assert (mandate.currency, mandate.ceiling_minor, mandate.hours) == ("KZT", 150_000 * TENGE, 12)
    assert mandate.valid_from == story.network.now
    assert mandate.valid_to == Instant.parse("2027-05-22T10:00:00+05:00")
    setting = story.network.setting(EXCHANGE_ID)
    statement = read_statement(
        mandate.statement,
        Act.sign_mandate,
        mandate.mandate_id,
        mandate.participant_id,
        setting.officer_key_of,
        setting.now,
    )
    assert statement.reasons == REASONS
    [row] = own(story)
    assert (row.mandate_id, row.ceiling_minor) == (mandate.mandate_id, mandate.ceiling_minor)
    assert desk.get(f"/desk/mandates/{mandate.mandate_id}").says("in force")
    assert desk.get("/desk/mandates").says("KZT 150,000.00", "in force", "Анна Ли")


def test_a_pause_is_made_under_the_mandate_that_began_last(story: BankStory) -> None:
    page = signed(story)
    story.fraud().reported()
    hold = story.hold_of("bank-c", "olga")
    assert hold.terms.author.officer_id == OFFICER
    assert hold.terms.author.mandate_id == "md-bank-c"
    network = story.network
    network.open("bank-a", second=400_000 * TENGE)
    network.pay("t8", "second", "timur", 150_000 * TENGE + 1)
    network.pay("t9", "second", "timur", 150_000 * TENGE)
    network.settle()
    network.report("t8")
    assert [one for one in network.rows("bank-b", HOLDS) if one.transfer_ref == "t8"] == []
    network.report("t9")
    hold = story.hold_of("bank-b", "timur")
    assert (hold.terms.author.officer_id, hold.terms.author.mandate_id) == (COLLEAGUE, page.rpartition("/")[2])
    assert (hold.transfer_ref, hold.held_minor) == ("t9", 150_000 * TENGE)
    assert hold.expires_at_most.since(hold.received_at) == timedelta(hours=12)


def test_only_an_officer_whom_the_bank_names_signs_and_ends(story: BankStory) -> None:
    path = signed(story)
    desk = desk_of(story, OFFICER)
    assert desk.get("/desk/mandates").says("Mandates of this bank are signed by: Анна Ли.")
    page = desk.get("/desk/mandates/new")
    assert page.says("Mandates of this bank are signed by: Анна Ли.")
    assert "<textarea" not in page.text
    refused = desk.post(page.path, **FIELDS)
    assert (refused.status, refused.says("Your role may not do this.")) == (409, True)
    assert "<textarea" not in desk.get(path).text
    assert desk.post(f"{path}/end", reasons=REASONS).status == 409
    story.network.settle()
    assert len(own(story)) == 1
    assert known(story)[0].valid_to > story.network.now


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"ceiling": "a lot"}, "The sum could not be read."),
        ({"ceiling": "0"}, "The sum could not be read."),
        ({"currency": "TENGE"}, "There is no such currency."),
        ({"hours": "1.5"}, "Write the hours as a whole number"),
        ({"hours": "-1"}, "Write the hours as a whole number"),
        ({"hours": "25"}, "beyond what the terms allow"),
        ({"hours": "0"}, "Write the hours as a whole number"),
        ({"to": ""}, "The mandate must begin no earlier than now"),
        ({"to": "2026-11-22T10:01"}, "The mandate must begin no earlier than now"),
        ({"from": "2026-11-22T10:01"}, "The mandate must begin no earlier than now"),
        ({"from": "2027-06-01T10:00"}, "The mandate must begin no earlier than now"),
        ({"to": "2028-11-22T10:00"}, "beyond what the terms allow"),
        ({"norm": []}, "Choose the measure and at least one norm."),
        ({"measure": "everything"}, "Choose the measure and at least one norm."),
        ({"norm": ["kz-cpc-161-9"]}, "The law does not allow this measure."),
        ({"measure": "M5"}, "The law does not allow this measure."),
        ({"reasons": "because"}, "The reasons are too short."),
    ],
)
def test_what_is_no_mandate_is_not_signed_and_what_was_typed_stays(
    story: BankStory, fields: dict[str, str | list[str]], said: str
) -> None:
    desk = desk_of(story)
    page = desk.post(new_path(desk), **{**FIELDS, **fields})
    assert page.status in {409, 422}
    assert page.says("Not done.")
    assert page.says(said), page.text
    kept = {**FIELDS, **fields}
    assert f'value="{kept["hours"]}"' in page.text
    assert str(kept["reasons"]) in page.text
    story.network.settle()
    assert (own(story), known(story)) == ([], [])


def test_the_same_form_sent_twice_signs_one_mandate(story: BankStory) -> None:
    desk = desk_of(story)
    path = new_path(desk)
    assert desk.post(path, **FIELDS).status == 200
    story.network.wait(minutes=1)
    assert desk.post(path, **FIELDS).path == f"{path.removesuffix('/sign')}?done=mandate"
    story.network.settle()
    assert [one.ceiling_minor for one in known(story)] == [150_000 * TENGE]
    assert desk.get(path).path == path.removesuffix("/sign")


@pytest.mark.parametrize(
    "fields", [{"ceiling": "9 000 000"}, {"hours": "13"}, {"currency": "USD"}, {"to": "2027-06-22T10:00"}]
)
def test_another_mandate_is_not_signed_under_a_known_id(story: BankStory, fields: dict[str, str]) -> None:
    desk = desk_of(story)
    path = new_path(desk)
    desk.post(path, **FIELDS)
    before = (own(story), known(story))
    again = desk.post(path, **{**FIELDS, **fields})
    assert (again.status, again.says("signed on other terms", "Nothing was changed")) == (409, True)
    assert (own(story), known(story)) == before


@pytest.mark.parametrize("mandate_id", ["md-bank-b", "md_1", "x" * 40])
def test_an_id_that_the_page_has_not_made_is_not_there(story: BankStory, mandate_id: str) -> None:
    desk = desk_of(story)
    assert desk.get(f"/desk/mandates/{mandate_id}/sign").status == 404
    assert desk.post(f"/desk/mandates/{mandate_id}/sign", **FIELDS).status == 404
    assert desk.get(f"/desk/mandates/{mandate_id}").status == 404
    assert desk.post(f"/desk/mandates/{mandate_id}/end", reasons=REASONS).status == 404


def test_a_mandate_ends_by_a_signature_and_new_pauses_are_made_without_it(story: BankStory) -> None:
    path = signed(story)
    desk = desk_of(story)
    short = desk.post(f"{path}/end", reasons="over")
    assert (short.status, short.says("The reasons are too short.")) == (422, True)
    page = desk.post(f"{path}/end", reasons=f"Withdrawn. {REASONS}")
    assert page.says("The end of the mandate is signed.", "Why it was ended", f"Withdrawn. {REASONS}")
    story.network.settle()
    [mandate] = known(story)
    assert (mandate.valid_to, mandate.norms) == (story.network.now, (NORM,))
    page = desk.get(path)
    assert page.says("over")
    assert "<textarea" not in page.text
    assert desk.post(f"{path}/end", reasons=REASONS).status == 409
    story.network.open("bank-a", second=400_000 * TENGE)
    story.network.pay("t9", "second", "timur", 100_000 * TENGE)
    story.network.settle()
    story.network.report("t9")
    assert story.hold_of("bank-b", "timur").terms.author.mandate_id == "md-bank-b"


def test_a_mandate_that_has_not_begun_can_end_before_it_begins(story: BankStory) -> None:
    path = signed(story, **{"from": at(story, days=2)})
    desk = desk_of(story)
    assert desk.get(path).says("begins later")
    desk.post(f"{path}/end", reasons=REASONS)
    story.network.settle()
    [mandate] = known(story)
    assert mandate.valid_from == mandate.valid_to


def test_what_the_exchange_does_not_take_is_shown_and_an_end_is_signed_anew(story: BankStory) -> None:
    path = signed(story)
    network = story.network
    mine = (Condition("participant_id", "=", "bank-b"), Condition("officer_id", "=", COLLEAGUE))
    [officer] = network.rows(EXCHANGE_ID, OFFICERS, *mine)
    others = [one for one in network.rows(EXCHANGE_ID, OFFICERS) if one != officer]
    network.trust.replace(network.rows(EXCHANGE_ID, PARTICIPANTS), others)
    desk = desk_of(story)
    desk.post(f"{path}/end", reasons=REASONS)
    network.settle()
    assert network.turned_down[-1].refusal == Rejection.statement_does_not_stand
    assert desk.get(path).says("the exchange did not take its end: sign it anew", "signature")
    new = desk.post(new_path(desk), **FIELDS).path.partition("?")[0]
    network.settle()
    page = desk.get(new)
    assert page.says("the exchange did not take it")
    assert "<textarea" not in page.text
    network.trust.replace(network.rows(EXCHANGE_ID, PARTICIPANTS), [*others, officer])
    assert desk.post(f"{path}/end", reasons=REASONS).status == 200
    network.settle()
    [mandate] = known(story)
    assert mandate.valid_to == network.now
    sheet = network.at("bank-b", lambda tx, now: mandate_sheet(tx, mandate.mandate_id, EXCHANGE_ID, now))
    assert sheet is not None
    assert sheet.endings == 2 < ENDINGS_MAX


def test_the_pages_are_said_in_every_language(story: BankStory) -> None:
    path = signed(story)
    titles = ("Тұрақты мандаттар", "Постоянные мандаты", "Standing mandates")
    for language, title in zip(Language, titles, strict=True):
        desk = desk_of(story, language=language.value)
        for page in (desk.get("/desk/mandates"), desk.get("/desk/mandates/new"), desk.get(path)):
            assert (page.status, page.says(title)) == (200, True)


def test_nobody_signs_without_sitting_down(story: BankStory) -> None:
    reader = story.browser("bank-b")
    assert reader.get("/desk/mandates").path == "/desk/sign-in"
    assert reader.get("/desk/mandates/new").path == "/desk/sign-in"
    assert reader.post("/desk/mandates/md_000000000000000000000000/sign", **FIELDS).path == "/desk/sign-in"
    assert own(story) == []
