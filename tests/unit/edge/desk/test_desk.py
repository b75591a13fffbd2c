"""The desk as an analyst uses it: what the pages say, what an act does, and every 'no' in words."""

from datetime import timedelta

import pytest
from markupsafe import escape

from tarazy.adapters.catalogue import load_catalogue
from tarazy.agent.desk import report_id_of
from tarazy.agent.records import HOLDS, LOCAL_REPORTS
from tarazy.app.records import CASE_HOLDS, REPORTS, TRACINGS
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.hold import HoldEnd, HoldStatus
from tarazy.domain.rejection import Rejection
from tarazy.protocol.bodies import ReportFiled
from tarazy.texts.catalogue import Language, faults
from tests.story_people import COLLEAGUE, OFFICER
from tests.unit.edge.desk.bank_story import OWN_REASONS, TENGE, BankStory, Browser

CHECKED = {"called_on_record": "yes", "alone": "yes", "own_words": "yes", "knows_the_end": "yes"}


@pytest.fixture
def story() -> BankStory:
    return BankStory().opened().fraud().reported()


@pytest.fixture
def desk(story: BankStory) -> Browser:
    return story.browser("bank-c").sit_down()


def path_of(story: BankStory, account: str) -> str:
    return f"/desk/holds/{story.hold_of('bank-c', account).hold_id}"


def test_inbox_has_the_most_money_for_the_least_time_first(story: BankStory, desk: Browser) -> None:
    page = desk.get("/desk/inbox")
    places = [page.text.index(name) for name in ("Olga Weber", "Ертіс Такси ЖШС", "Данияр Төлегенов")]
    assert places == sorted(places)
    assert page.says("3 holds await confirmation.", "KZT 360,000.00", "KZT 180,000.00", "of KZT 200,000.00 asked")
    assert page.says("−KZT 100,000.00 cash", "Protected money: KZT 50,851.00.")


def test_a_confirmed_hold_no_longer_comes_first(story: BankStory, desk: Browser) -> None:
    desk.post(f"{path_of(story, 'olga')}/confirm", reasons=OWN_REASONS)
    page = desk.get("/desk/inbox")
    assert page.text.index("Данияр Төлегенов") < page.text.rindex("Olga Weber")
    assert page.says("2 holds await confirmation.")


def test_inbox_is_filtered_by_name_without_any_script(desk: Browser) -> None:
    page = desk.post("/desk/inbox", q="төлегенов")
    assert page.says("Данияр Төлегенов")
    assert not page.says("Olga Weber")
    assert desk.post("/desk/inbox", q="nobody").says("Nothing matches “nobody”.")


def test_inbox_says_when_something_is_new(story: BankStory, desk: Browser) -> None:
    page = desk.get("/desk/inbox")
    news = page.text.partition('hx-get="')[2].partition('"')[0]
    assert desk.get(news).status == 204
    story.network.confirm("bank-c", story.hold_of("bank-c", "taxi").hold_id)
    assert desk.get(news).says("There is something new.")


def test_hold_page_tells_everything_that_the_decision_needs(story: BankStory, desk: Browser) -> None:
    page = desk.get(path_of(story, "daniyar"))
    assert page.says("A hold of KZT 60,000.00", "Данияр Төлегенов", "of a credit of KZT 90,000.00", "transfer no. 2")
    assert page.says("The holder can use", "KZT 602,000.00", "wage, pension or benefit", "KZT 50,851.00 stay out")
    assert page.says("M4b — a bank's own pause of credited money", "under the standing mandate", "Ержан Қасымов")
    assert page.says("The holder was told of the hold.", "Шотыңызда 60 000,00 ₸ уақытша ұсталып тұр")
    assert '<textarea id="confirm-reasons"' in page.text
    assert "</textarea>" in page.text.partition('<textarea id="confirm-reasons"')[2].partition("\n")[0]


def test_confirming_signs_in_the_officers_name_and_tells_exchange_and_holder(story: BankStory, desk: Browser) -> None:
    page = desk.post(f"{path_of(story, 'olga')}/confirm", reasons=OWN_REASONS)
    assert page.says("Confirmed: Olga Weber, KZT 180,000.00, until 23 Nov 2026 10:06 (UTC+5) at the latest.")
    story.network.settle()
    story.serve_notices()
    hold = story.hold_of("bank-c", "olga")
    assert (hold.confirmed_by, hold.reasons, hold.expires_at) == (OFFICER, OWN_REASONS, hold.expires_at_most)
    (known,) = [one for one in story.network.rows(EXCHANGE_ID, CASE_HOLDS) if one.hold_id == hold.hold_id]
    assert known.confirmed_by == OFFICER
    again = desk.get(path_of(story, "olga"))
    assert again.says("Confirmed by Ержан Қасымов:", OWN_REASONS, "The holder was told of the confirmation.")


@pytest.mark.parametrize("act", ["confirm", "release"])
def test_reasons_that_are_too_short_are_refused_and_nothing_has_to_be_typed_twice(
    story: BankStory, desk: Browser, act: str
) -> None:
    page = desk.post(f"{path_of(story, 'olga')}/{act}", reasons="looks bad")
    assert page.status == 422
    assert page.says("Not done.", "Write at least 20 characters", "looks bad")
    assert story.hold_of("bank-c", "olga").confirmed_by is None


def test_reasons_copied_from_another_hold_are_refused(story: BankStory, desk: Browser) -> None:
    desk.post(f"{path_of(story, 'olga')}/confirm", reasons=OWN_REASONS)
    page = desk.post(f"{path_of(story, 'taxi')}/confirm", reasons=OWN_REASONS)
    assert page.status == 422
    assert page.says("The same text stands at another hold.", OWN_REASONS)
    assert story.hold_of("bank-c", "taxi").confirmed_by is None


def test_narrowing_keeps_what_was_typed_and_frees_the_rest(story: BankStory, desk: Browser) -> None:
    page = desk.post(f"{path_of(story, 'olga')}/narrow", keep="40 000,50", reasons=OWN_REASONS)
    assert page.says("Narrowed: Olga Weber, now KZT 40,000.50.")
    story.network.settle()
    assert story.hold_of("bank-c", "olga").held_minor == 40_000 * TENGE + 50


@pytest.mark.parametrize(
    ("keep", "said"),
    [("forty", "The sum could not be read."), ("180000", "The sum does not fit what is held.")],
)
def test_a_sum_that_does_not_fit_is_refused(story: BankStory, desk: Browser, keep: str, said: str) -> None:
    page = desk.post(f"{path_of(story, 'olga')}/narrow", keep=keep, reasons=OWN_REASONS)
    assert page.status == 422
    assert page.says(said, OWN_REASONS)
    assert f'value="{keep}"' in page.text


def test_releasing_gives_the_money_back_to_the_holder(story: BankStory, desk: Browser) -> None:
    assert desk.post(f"{path_of(story, 'taxi')}/release", reasons=OWN_REASONS).says("Released: Ертіс Такси ЖШС.")
    story.network.settle()
    hold = story.hold_of("bank-c", "taxi")
    assert (hold.status, hold.end, hold.held_minor) == (HoldStatus.released, HoldEnd.by_officer, 0)
    page = desk.get(path_of(story, "taxi"))
    assert page.says("This is over", "Released by the bank's officer.")
    assert "<textarea" not in page.text


def test_a_return_is_recorded_only_with_all_three_checks(story: BankStory, desk: Browser) -> None:
    path = f"{path_of(story, 'olga')}/return"
    page = desk.post(path, amount="180000", reasons=OWN_REASONS, identified="yes", informed="yes")
    assert page.status == 422
    assert page.says("All three ticks are needed")
    done = desk.post(path, amount="180000", reasons=OWN_REASONS, identified="yes", informed="yes", free_will="yes")
    assert done.says("The return is recorded.")
    story.network.settle()
    (known,) = [one for one in story.network.rows(EXCHANGE_ID, CASE_HOLDS) if one.held_minor == 180_000 * TENGE]
    assert known.return_offered_minor == 180_000 * TENGE


def test_informed_consent_is_shown_in_the_holders_language_first(story: BankStory, desk: Browser) -> None:
    text = desk.get(path_of(story, "daniyar")).text
    assert text.index("тек сіздің еркіңіз") < text.index("решаете только вы") < text.index("is your choice alone")


def test_what_has_ended_cannot_be_confirmed(story: BankStory, desk: Browser) -> None:
    story.network.wait(hours=3)
    page = desk.post(f"{path_of(story, 'olga')}/confirm", reasons=OWN_REASONS)
    assert page.status == 409
    assert page.says("The hold has ended and the money is free.", "Nobody confirmed in time; the money was released.")


def test_a_report_goes_from_a_customers_name_to_the_exchange() -> None:
    story = BankStory().opened().fraud()
    desk = story.browser("bank-a").sit_down(COLLEAGUE)
    assert desk.post("/desk/payments", who="серік").says("Айгүл Серікова: outgoing payments", "Balkash Bank")
    form = desk.get("/desk/payments/t1/report")
    assert form.says("KZT 500,000.00", "Criminal Code, article 190(1): fraud")
    assert "article 317" not in form.text
    page = desk.post(
        "/desk/payments/t1/report",
        claim="500000",
        offence="kz-cc-190-2-4",
        fact=["payment_under_deceit", "payer_called_back"],
        reasons=OWN_REASONS,
    )
    assert page.says("The report is signed.", "on its way to the exchange", "Анна Ли")
    story.network.settle()
    assert desk.get(page.path).says("taken by the exchange")
    (report,) = story.network.rows(EXCHANGE_ID, REPORTS)
    assert report.facts == ("payment_under_deceit", "payer_called_back")
    (tracing,) = story.network.rows(EXCHANGE_ID, TRACINGS)
    assert tracing.stolen_minor == 500_000 * TENGE
    assert desk.get("/desk/reports").says("Айгүл Серікова", "taken by the exchange")
    assert desk.get("/desk/payments/t1/report").path == page.path.partition("?")[0]


def test_an_officer_sees_everything_that_the_signature_binds_before_signing() -> None:
    story = BankStory().opened().fraud()
    page = story.browser("bank-a").sit_down().get("/desk/payments/t1/report")
    catalogue = load_catalogue()
    terms = [name for name in ReportFiled.__struct_fields__ if name not in {"report_id", "statement"}]
    labels = [catalogue.text(f"desk.signs.{name}", Language.en) for name in (*terms, "reasons")]
    signs = page.text.partition('id="signs"')[2].partition("</dl>")[0]
    assert signs.count("<dt>") == len(labels) + 1
    assert [label for label in labels if f"<dt>{escape(label)}</dt>" not in signs] == []
    payment = story.network.payment("t1")
    for said in (report_id_of(payment.from_participant, payment), "t1", "KZT\u00a0500,000.00", payment.sent_at.text()):
        assert said in signs
    assert "Balkash Bank" in signs


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"offence": ""}, "Choose the offence of which there are signs."),
        ({"offence": "kz-cc-317"}, "Choose the offence of which there are signs."),
        ({"fact": []}, "Tick at least one fact."),
        ({"fact": ["made_up"]}, "Tick at least one fact."),
        ({"claim": "500001"}, "The sum is above the payment"),
        ({"claim": "-1"}, "The sum could not be read."),
        ({"reasons": "short"}, "The reasons are too short."),
        ({"reasons": " " * 60}, "The reasons are too short."),
    ],
)
def test_a_report_that_lacks_something_says_what_and_keeps_what_was_typed(
    changed: dict[str, str | list[str]], said: str
) -> None:
    story = BankStory().opened().fraud()
    desk = story.browser("bank-a").sit_down()
    typed: dict[str, str | list[str]] = {
        "claim": "500000",
        "offence": "kz-cc-190-1",
        "fact": ["payer_pressed"],
        "reasons": OWN_REASONS,
    }
    page = desk.post("/desk/payments/t1/report", **(typed | changed))
    assert page.status == 422
    assert page.says(said)
    assert story.network.rows("bank-a", LOCAL_REPORTS) == []


def test_a_report_is_withdrawn_only_after_the_call_back(story: BankStory) -> None:
    desk = story.browser("bank-a").sit_down()
    (report,) = story.network.rows("bank-a", LOCAL_REPORTS)
    path = f"/desk/reports/{report.report_id}/withdraw"
    page = desk.post(path, how="withdraw", reasons=OWN_REASONS, alone="yes")
    assert page.status == 422
    assert page.says("All four ticks are needed.", OWN_REASONS)
    assert desk.post(path, how="withdraw", reasons=OWN_REASONS, **CHECKED).says("The report is withdrawn.")
    story.network.settle()
    assert {hold.status for hold in story.network.rows("bank-c", HOLDS)} == {HoldStatus.released}
    again = desk.post(path, how="refute", reasons=OWN_REASONS)
    assert again.status == 409
    assert again.says("This has been answered already.")


def test_a_refutation_needs_reasons_and_no_call_back(story: BankStory) -> None:
    desk = story.browser("bank-a").sit_down()
    (report,) = story.network.rows("bank-a", LOCAL_REPORTS)
    page = desk.post(f"/desk/reports/{report.report_id}/withdraw", how="refute", reasons=OWN_REASONS)
    assert page.says("The report is refuted.")


def test_nobody_reads_before_sitting_down(story: BankStory) -> None:
    stranger = story.browser("bank-c")
    for path in ("/desk", "/desk/inbox", path_of(story, "olga"), "/desk/reports", "/desk/payments?account=olga"):
        page = stranger.get(path)
        assert page.path == "/desk/sign-in"
        assert not page.says("Olga Weber")


def test_outside_a_demonstration_nobody_is_anybody_by_choosing_to_be() -> None:
    story = BankStory(is_demonstration=False)
    story.opened()
    desk = story.browser("bank-c")
    for path in ("/desk/inbox", "/desk/holds/x", "/desk/reports", "/app/home"):
        assert desk.get(path).path == f"/sign-in?back={path}"
    for path in ("/desk/sign-in", "/app/sign-in"):
        assert desk.get(path).status == 404
    desk.post("/desk/sign-in", officer_id=OFFICER)
    desk.post("/app/sign-in", account_id="daniyar")
    assert desk.get("/desk/inbox").path == "/sign-in?back=/desk/inbox"
    assert desk.get("/app/home").path == "/sign-in?back=/app/home"


def test_a_form_from_elsewhere_changes_nothing(story: BankStory, desk: Browser) -> None:
    page = desk.post_without_token(f"{path_of(story, 'olga')}/release", reasons=OWN_REASONS)
    assert page.status == 403
    assert page.says("The form was not accepted")
    assert story.hold_of("bank-c", "olga").status is HoldStatus.placed


def test_what_does_not_exist_is_said_so(desk: Browser) -> None:
    for path in ("/desk/holds/hd_none", "/desk/reports/rp_none", "/desk/payments/none/report"):
        page = desk.get(path)
        assert page.status == 404
        assert page.says("There is no such page")


def test_every_address_carries_the_prefix_of_the_proxy() -> None:
    story = BankStory(base_path="/bank-c").opened().fraud().reported()
    desk = story.browser("bank-c")
    page = desk.get("/")
    assert 'href="/bank-c/desk/inbox"' in page.text
    assert 'href="/desk' not in page.text


@pytest.mark.parametrize("language", list(Language))
def test_pages_speak_each_language(story: BankStory, language: Language) -> None:
    desk = story.browser("bank-c", language).sit_down()
    for path in ("/", "/desk/inbox", "/desk/payments", "/desk/reports", path_of(story, "daniyar")):
        page = desk.get(path)
        assert page.status == 200
        assert f'<html lang="{language}"' in page.text


def test_every_rejection_has_a_text_that_says_what_to_do_next() -> None:
    catalogue = load_catalogue()
    assert [rejection for rejection in Rejection if not catalogue.has(f"desk.rejection.{rejection}")] == []
    assert [fault for fault in faults(catalogue) if " desk." in fault or " app." in fault] == []


def test_a_hold_says_how_long_it_has_left(story: BankStory, desk: Browser) -> None:
    story.network.now = story.network.now.plus(timedelta(minutes=90))
    assert desk.get("/desk/inbox").says("30 minutes left")
