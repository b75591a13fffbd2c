"""Reports at the desk: what cannot be reported here, what the exchange refuses, and what stands already, in words."""

from datetime import timedelta

import pytest

from tarazy.adapters.catalogue import load_catalogue
from tarazy.agent import desk as acts
from tarazy.agent.desk import SignReport
from tarazy.agent.records import HOLDS, LOCAL_REPORTS
from tarazy.app.messages import OUTBOX
from tarazy.app.records import REPORTS
from tarazy.app.setting import Setting
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.hold import HoldStatus
from tarazy.domain.rejection import Rejection
from tarazy.texts.catalogue import Language
from tarazy.values.ids import AccountId, ReportId
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace
from tests.story import FACTS, FRAUD, REASONS, StoreFor
from tests.story_people import COLLEAGUE
from tests.unit.edge.desk.bank_story import OWN_REASONS, TENGE, BankStory, Browser, Read

FORM = "/desk/payments/t1/report"
TYPED: dict[str, str | list[str]] = {
    "claim": "500000",
    "offence": FRAUD,
    "fact": ["payment_under_deceit"],
    "reasons": OWN_REASONS,
}


@pytest.fixture
def story(store_for: StoreFor) -> BankStory:
    return BankStory(store_for).opened().fraud()


@pytest.fixture
def desk(story: BankStory) -> Browser:
    return story.browser("bank-a").sit_down()


def rows_of(story: BankStory, bank: str) -> list[object]:
    """Return everything that an act about a report could change at a bank, and what waits to be told."""
    return [story.network.rows(bank, table) for table in (LOCAL_REPORTS, OUTBOX, HOLDS)]


def words_for(rejection: Rejection, language: Language) -> str:
    return load_catalogue().text(f"desk.rejection.{rejection}", language)


def refused(story: BankStory, desk: Browser) -> Read:
    """Sign a report on an offence that the exchange's pack does not have yet, and let it be refused."""
    current = story.network.exchange

    def with_an_older_pack(now: Instant) -> Setting:
        setting = current.setting_at(now)
        data = setting.pack.data
        older = {key: one for key, one in data.offences.items() if key != FRAUD}
        return replace(setting, pack=replace(setting.pack, data=replace(data, offences=older)))

    page = desk.post(FORM, **TYPED)
    story.network.exchange = replace(current, setting_at=with_an_older_pack)
    story.network.settle()
    story.network.exchange = current
    return desk.get(page.path.partition("?")[0])


def test_a_payment_that_came_in_is_reported_by_the_payers_bank_and_the_page_says_so(story: BankStory) -> None:
    browser, before = story.browser("bank-b").sit_down(), rows_of(story, "bank-b")
    for page in (browser.get(FORM), browser.post(FORM, **TYPED)):
        assert page.status == 409
        assert page.says("This bank cannot report this payment", "Only the payer's bank can report it: call that bank")
    assert rows_of(story, "bank-b") == before


@pytest.mark.parametrize(("language", "said"), [("kk", "тек төлеушінің банкі"), ("ru", "только банк плательщика")])
def test_the_payees_bank_says_it_in_each_language(language: str, said: str) -> None:
    browser = BankStory().opened().fraud().browser("bank-b", language).sit_down()
    assert browser.get(FORM).says(said)


@pytest.mark.parametrize("payer", [None, "timur"])
def test_the_use_case_signs_no_report_on_another_banks_payment(story: BankStory, payer: str | None) -> None:
    network, before = story.network, rows_of(story, "bank-b")
    payment = replace(network.payment("t1"), from_account=None if payer is None else AccountId(payer))
    command = SignReport(
        payment=payment, claim_minor=payment.amount_minor, offence_id=FRAUD, facts=FACTS, reasons=REASONS
    )
    officer = network.officer("bank-b")
    outcome = network.at("bank-b", lambda tx, now: acts.sign_report(tx, command, officer, EXCHANGE_ID, now))
    assert outcome is Rejection.transfer_not_outgoing
    assert rows_of(story, "bank-b") == before


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        ("500000.01", "Give a sum up to that of the payment."),
        ("0", "The sum could not be read."),
        ("-500000", "The sum could not be read."),
        ("", "The sum could not be read."),
    ],
)
def test_a_sum_that_no_report_can_have_is_said_and_nothing_is_kept(
    story: BankStory, desk: Browser, claim: str, said: str
) -> None:
    before = rows_of(story, "bank-a")
    page = desk.post(FORM, **(TYPED | {"claim": claim}))
    assert page.status == 422
    assert page.says(said, OWN_REASONS)
    assert rows_of(story, "bank-a") == before


@pytest.mark.parametrize("claim", [0, -1, 500_000 * TENGE + 1])
def test_the_use_case_takes_no_sum_beyond_the_payment(story: BankStory, claim: int) -> None:
    network, before = story.network, rows_of(story, "bank-a")
    command = SignReport(
        payment=network.payment("t1"), claim_minor=claim, offence_id=FRAUD, facts=FACTS, reasons=REASONS
    )
    officer = network.officer("bank-a")
    outcome = network.at("bank-a", lambda tx, now: acts.sign_report(tx, command, officer, EXCHANGE_ID, now))
    assert outcome is Rejection.claim_above_transfer
    assert rows_of(story, "bank-a") == before


@pytest.mark.parametrize("bank", ["bank-a", "bank-c"])
@pytest.mark.parametrize(
    "path",
    [
        "/desk/payments/none/report",
        "/desk/reports/rp_none/withdraw",
        "/desk/requests/rq_none/decline",
        "/desk/holds/hd_none/confirm",
        "/desk/holds/hd_none/release",
        "/desk/holds/hd_none/narrow",
        "/desk/holds/hd_none/return",
        "/desk/holds/hd_none/return/take-back",
    ],
)
def test_an_act_on_what_does_not_exist_is_said_so_and_changes_nothing(story: BankStory, bank: str, path: str) -> None:
    story.reported()
    before = rows_of(story, bank)
    ticks = dict.fromkeys(
        ("called_on_record", "alone", "own_words", "knows_the_end", "identified", "informed", "free_will"), "yes"
    )
    page = story.browser(bank).sit_down().post(path, **TYPED, **ticks, keep="1", amount="1", how="withdraw")
    assert page.status == 404
    assert page.says("There is no such page", "The address is wrong")
    assert rows_of(story, bank) == before


def test_a_refused_report_is_shown_with_the_reason_and_what_can_be_done(story: BankStory, desk: Browser) -> None:
    page = refused(story, desk)
    assert page.says("refused by the exchange", "Why it was refused", "Nothing is traced or held on this report")
    assert page.says(words_for(Rejection.offence_unknown, Language.en), "Put it right and sign anew")
    assert desk.get("/desk/reports").says("refused by the exchange")
    assert story.network.rows(EXCHANGE_ID, REPORTS) == []


@pytest.mark.parametrize("language", list(Language))
def test_the_reason_stands_in_the_readers_language(language: Language) -> None:
    story = BankStory().opened().fraud()
    desk = story.browser("bank-a", language).sit_down()
    assert refused(story, desk).says(words_for(Rejection.offence_unknown, language))


def test_a_refused_report_is_put_right_and_signed_anew(story: BankStory, desk: Browser) -> None:
    refused(story, desk)
    form = desk.get(FORM)
    assert form.status == 200
    assert form.path == FORM
    assert form.says("Why it was refused", "Sign and send")
    story.network.wait(minutes=1)
    page = desk.post(FORM, **(TYPED | {"claim": "400000", "fact": ["payer_pressed"]}))
    assert page.says("The report is signed.", "on its way to the exchange", "KZT 400,000.00")
    story.network.settle()
    again = desk.get(page.path.partition("?")[0])
    assert again.says("taken by the exchange")
    assert not again.says("Why it was refused")
    (report,) = story.network.rows(EXCHANGE_ID, REPORTS)
    assert (report.claim_minor, report.facts) == (400_000 * TENGE, ("payer_pressed",))
    (local,) = story.network.rows("bank-a", LOCAL_REPORTS)
    assert local.claim_minor == report.claim_minor
    assert desk.get(FORM).path.startswith("/desk/reports/")
    assert {hold.status for hold in story.network.rows("bank-c", HOLDS)} == {HoldStatus.placed}


def test_signed_anew_it_is_not_signed_a_third_time(story: BankStory, desk: Browser) -> None:
    refused(story, desk)
    story.network.wait(minutes=1)
    desk.post(FORM, **TYPED)
    before = rows_of(story, "bank-a")
    story.network.now = story.network.now.plus(timedelta(seconds=1))
    assert desk.post(FORM, **TYPED).says("The report is signed.")
    assert desk.post(FORM, **(TYPED | {"claim": "1"})).status == 409
    assert rows_of(story, "bank-a") == before


@pytest.mark.parametrize(
    "changed", [{"claim": "400000"}, {"offence": "kz-cc-190-1"}, {"fact": ["payer_pressed", "payer_called_back"]}]
)
def test_a_known_report_with_another_content_is_not_signed_in_silence(
    story: BankStory, desk: Browser, changed: dict[str, str | list[str]]
) -> None:
    first = desk.post(FORM, **TYPED)
    assert first.says("The report is signed.")
    for settled in (False, True):
        if settled:
            story.network.settle()
        before = rows_of(story, "bank-a")
        page = desk.post(FORM, **(TYPED | changed))
        assert page.status == 409
        assert page.says("There is a report on this payment that says something else.", OWN_REASONS)
        assert f'href="{first.path.partition("?")[0]}"' in page.text
        assert rows_of(story, "bank-a") == before


def test_the_same_report_signed_twice_is_one_report(story: BankStory, desk: Browser) -> None:
    desk.post(FORM, **TYPED)
    before = rows_of(story, "bank-a")
    by_colleague = story.browser("bank-a").sit_down(COLLEAGUE)
    assert by_colleague.post(FORM, **(TYPED | {"reasons": f"{OWN_REASONS} Seen."})).says("The report is signed.")
    assert rows_of(story, "bank-a") == before


def test_a_report_that_was_taken_back_is_not_signed_again(story: BankStory, desk: Browser) -> None:
    path = desk.post(FORM, **TYPED).path.partition("?")[0]
    story.network.settle()
    story.network.withdraw("bank-a", ReportId(path.rpartition("/")[2]))
    story.network.settle()
    before = rows_of(story, "bank-a")
    page = desk.post(FORM, **TYPED)
    assert page.status == 409
    assert page.says("This has been answered already.")
    assert f'href="{path}"' in page.text
    assert rows_of(story, "bank-a") == before
