"""Pauses and hearings on paper: the letter of what was told, for whom it is; a child's own beside the whole one."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tarazy.agent.appeals import LOCAL_APPEALS
from tarazy.agent.hearing_notices import hear_receivers
from tarazy.agent.hearing_records import HEARING_NOTICES, LOCAL_HEARINGS, HearingNotice
from tarazy.agent.holder_flags import HOLDER_FLAGS, HolderFlags
from tarazy.agent.notice_office import NoticeOffice
from tarazy.agent.pause_appeals import PAUSE_APPEALS
from tarazy.agent.pause_notices import PAUSE_NOTICES, PauseNotice
from tarazy.agent.records import HOLDER, HOLDERS, REPRESENTATIVE, SERVED_NOTICES
from tarazy.app.store import Condition
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.appeal import AppealOutcome
from tarazy.domain.notice import code_shown
from tarazy.edge.documents.glyphs import printable
from tarazy.texts.catalogue import Language
from tarazy.values.ids import AccountId
from tarazy.values.replacing import replace
from tests.story_people import COLLEAGUE
from tests.unit.edge.desk.bank_story import BankStory, Browser, profile_of
from tests.unit.edge.desk.test_hearing_pages import POLICE_NAME, being_asked, own
from tests.unit.edge.desk.test_pause_appeals import WHY, appeal, sent, told
from tests.unit.edge.desk.test_pauses import CALLED, REASONS, begin, pause
from tests.unit.edge.documents.paper_stories import CATALOGUE
from tests.unit.edge.documents.pdf_reading import opened, packed, text_of
from tests.unit.edge.documents.qr_reading import read_in

Notice = PauseNotice | HearingNotice
MOTHER = "Гүлнар Серікова"


def as_told(story: BankStory, bank: str, account: str, language: str, **flags: object) -> None:
    """Let a bank tell somebody in this language, and with these flags."""
    key = AccountId(account)

    def change(holder: object) -> object:
        return replace(holder, language=language)  # type: ignore[type-var] # rows of stories are not typed by table

    net = story.network
    net.at(bank, lambda tx, _: tx.put(HOLDERS, change(tx.get(HOLDERS, key))))
    if flags:
        net.at(bank, lambda tx, _: tx.put(HOLDER_FLAGS, HolderFlags(account_id=key, **flags)))  # type: ignore[arg-type] # each test names flags that there are


def paused(language: str = "en", **flags: object) -> BankStory:
    story = BankStory().opened()
    as_told(story, "bank-a", "aigul", language, **flags)
    begin(story)
    return story


def asked(language: str = "en", **flags: object) -> BankStory:
    story = BankStory().opened().fraud().reported()
    as_told(story, "bank-c", "olga", language, **flags)
    being_asked(story)
    return story


def of_pause(story: BankStory, recipient: str = HOLDER) -> PauseNotice:
    """Return the newest notice of the pause for somebody."""
    rows: list[PauseNotice] = story.network.rows("bank-a", PAUSE_NOTICES, order=("served_at",))
    return [one for one in rows if one.recipient == recipient][-1]


def of_hearing(story: BankStory, recipient: str = HOLDER) -> HearingNotice:
    rows: list[HearingNotice] = story.network.rows("bank-c", HEARING_NOTICES, Condition("account_id", "=", "olga"))
    (found,) = [one for one in rows if one.recipient == recipient]
    return found


def letter(reader: Browser, area: str, notice: Notice) -> bytes:
    file = reader.file(f"/{area}/notices/{notice.notice_id}.pdf")
    assert file.startswith(b"%PDF-1.7")
    return file


def says(file: bytes, *texts: str) -> bool:
    said = packed(text_of(file))
    return all(packed(printable(text)) in said for text in texts)


def of_code(notice: Notice) -> str:
    """Return what a telephone is to read in the picture beside the code."""
    return f"tarazy notice 1\nnotice {notice.notice_id}\ncode {notice.code[:5]}-{notice.code[5:]}\n"


def t(code: str, language: str) -> str:
    return CATALOGUE.text(f"document.{code}", Language(language))


@pytest.mark.parametrize("language", Language)
def test_the_letter_of_a_pause_says_what_was_told_and_that_the_public_log_has_nothing_of_it(language: Language) -> None:
    story = paused(language)
    notice = of_pause(story)
    file = letter(story.browser("bank-a").sign_in("aigul"), "app", notice)
    assert says(file, notice.subject, *notice.paragraphs, pause(story).pause_id, notice.notice_id)
    assert says(file, "Ержан Қасымов", REASONS, t("notice.law_day", language), "Invest, Balkash Bank")
    for sign in ("payer_pressed", "payee_on_list"):
        assert says(file, CATALOGUE.text(f"desk.pauses.sign.{sign}", language))
    assert says(file, t("receipt.of_pause", language))
    assert not says(file, t("receipt.none", language))
    assert read_in(opened(file)) == [of_code(notice)]


@pytest.mark.parametrize("language", Language)
def test_the_letter_of_a_hearing_says_what_is_asked_by_whom_and_until_when_one_can_appeal(language: Language) -> None:
    story = asked(language)
    notice = of_hearing(story)
    file = letter(story.browser("bank-c").sign_in("olga"), "app", notice)
    assert says(file, notice.subject, *notice.paragraphs, notice.hearing_id, POLICE_NAME)
    last = {
        "en": "within 15 days, at the latest 7 December 2026",
        "ru": "в течение 15 суток, не позднее 7 декабря 2026 года",
        "kk": "15 тәулік ішінде, ең соңғы мерзімі: 2026 жылғы 7 желтоқсан",
    }
    assert says(file, last[language], t("notice.law_day", language), t("receipt.none", language))
    assert read_in(opened(file)) == [of_code(notice)]


@pytest.mark.parametrize(
    ("story_of", "newest", "bank", "own", "stranger"),
    [(paused, of_pause, "bank-a", "aigul", "marat"), (asked, of_hearing, "bank-c", "olga", "daniyar")],
)
def test_nobody_but_the_own_holder_and_the_desk_has_the_letter(
    story_of: Callable[[], BankStory], newest: Callable[[BankStory], Notice], bank: str, own: str, stranger: str
) -> None:
    story = story_of()
    notice = newest(story)
    path = f"notices/{notice.notice_id}.pdf"
    for area in ("app", "desk"):
        assert not story.browser(bank).file(f"/{area}/{path}").startswith(b"%PDF")
    assert not story.browser(bank).sign_in(own).file(f"/desk/{path}").startswith(b"%PDF")
    assert story.browser(bank).sign_in(stranger).get(f"/app/{path}").status == 404
    holder, desk = story.browser(bank).sign_in(own), story.browser(bank).sit_down()
    assert holder.get(f"/app/{path}").headers["cache-control"] == "no-store"
    assert letter(desk, "desk", notice) == letter(holder, "app", notice)
    assert desk.get("/desk/notices/nt_none.pdf").status == 404
    assert desk.get(f"/desk/notices/{notice.notice_id}").status == 404


def test_the_pages_lead_to_the_letters() -> None:
    story = paused()
    app, desk, at = story.browser("bank-a").sign_in("aigul"), story.browser("bank-a").sit_down(), pause(story).pause_id
    notice_id = of_pause(story).notice_id
    assert f'href="/app/notices/{notice_id}.pdf"' in app.get(f"/app/pauses/{at}").text
    assert f'href="/desk/notices/{notice_id}.pdf"' in desk.get(f"/desk/pauses/{at}").text
    story = asked()
    app, desk, asked_at = story.browser("bank-c").sign_in("olga"), story.browser("bank-c").sit_down(), of_hearing(story)
    assert f'href="/app/notices/{asked_at.notice_id}.pdf"' in app.get(f"/app/hearings/{asked_at.hearing_id}").text
    assert f'href="/desk/notices/{asked_at.notice_id}.pdf"' in desk.get(f"/desk/hearings/{asked_at.hearing_id}").text
    hold = desk.get(f"/desk/holds/{asked_at.hold_id}").text
    path = hold.partition('href="/desk/notices/')[2].partition('"')[0]
    assert desk.file(f"/desk/notices/{path}").startswith(b"%PDF-1.7")


@pytest.mark.parametrize("language", Language)
def test_a_refused_payment_is_told_on_paper_with_the_officers_reasons(language: Language) -> None:
    story = paused(language)
    desk, place = story.browser("bank-a").sit_down(), f"/desk/pauses/{pause(story).pause_id}"
    desk.get(place)
    desk.post(place, act="called")
    desk.post(place, act="reject", reasons=CALLED)
    story.network.wait(minutes=1)
    told(story)
    notice = of_pause(story)
    assert notice.notice_kind == "payment_not_made"
    file = letter(story.browser("bank-a").sign_in("aigul"), "app", notice)
    assert says(file, notice.subject, *notice.paragraphs, CALLED, t("remedy.title", language))


@pytest.mark.parametrize("outcome", [AppealOutcome.measure_stands, AppealOutcome.measure_overturned])
def test_the_answer_to_an_appeal_names_what_is_left_after_the_bank(outcome: AppealOutcome) -> None:
    story = paused()
    sent(story)
    other, place = story.browser("bank-a").sit_down(COLLEAGUE), f"/desk/pauses/{pause(story).pause_id}"
    other.get(place)
    other.post(place, act="answer", appeal_id=appeal(story).appeal_id, outcome=outcome, reasons=WHY)
    story.network.settle()
    story.network.wait(minutes=1)
    told(story)
    notice = of_pause(story)
    file = letter(other, "desk", notice)
    assert says(file, notice.subject, *notice.paragraphs, WHY, "to the regulator of the financial market: at any time")
    assert not says(file, "to the bank: at any time")


def test_where_the_law_names_no_further_forum_the_way_to_court_is_the_remedy() -> None:
    story = paused()
    (kept,) = story.network.rows("bank-a", PAUSE_NOTICES)
    words = CATALOGUE.text("pause.notice.no_forum", Language.en)
    paragraphs = (*kept.paragraphs[:-3], words, *kept.paragraphs[-2:])
    story.network.at("bank-a", lambda tx, _: tx.put(PAUSE_NOTICES, replace(kept, paragraphs=paragraphs)))
    file = letter(story.browser("bank-a").sign_in("aigul"), "app", of_pause(story))
    assert says(file, words, "to the court: the law that this rests on names no time")


@pytest.mark.parametrize("language", Language)
def test_a_childs_payment_is_told_in_plain_words_and_the_whole_goes_to_whoever_represents_it(
    language: Language,
) -> None:
    story = paused(language, under_16=True, representative=MOTHER, representative_channel="post", safety=True)
    child, whole = of_pause(story), of_pause(story, REPRESENTATIVE)
    assert (child.in_plain_words, whole.in_plain_words) == (True, False)
    assert (child.channel, whole.channel, child.short_text, whole.short_text) == ("app", "post", "", "")
    assert child.code != whole.code
    app, desk = story.browser("bank-a").sign_in("aigul"), story.browser("bank-a").sit_down()
    childs, given = letter(app, "app", child), letter(desk, "desk", whole)
    assert says(childs, child.subject, *child.paragraphs, t("remedy.child_title", language))
    assert says(childs, t("receipt.child_of_pause", language))
    assert not says(childs, "Ержан Қасымов")
    assert not says(childs, t("notice.law_day", language))
    assert says(given, *whole.paragraphs, "Ержан Қасымов", f"{MOTHER}, {t('notice.to_representative', language)}")
    assert says(given, "Айгүл Серікова", t("notice.of_holder", language))
    assert app.get(f"/app/notices/{whole.notice_id}.pdf").status == 404
    page = app.get(f"/app/pauses/{pause(story).pause_id}")
    assert page.says(child.paragraphs[1].split("\N{NO-BREAK SPACE}")[0])
    assert whole.notice_id not in page.text
    assert whole.subject not in app.get("/app/notices").text
    assert desk.get(f"/desk/pauses/{pause(story).pause_id}").says("for the representative")


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("is_involved", [False, True])
def test_a_child_is_asked_in_plain_words_and_whoever_represents_it_is_asked_the_whole(
    language: Language, *, is_involved: bool
) -> None:
    story = asked(language, under_16=True, representative=MOTHER, representative_involved=is_involved)
    child, whole = of_hearing(story), of_hearing(story, REPRESENTATIVE)
    assert (child.in_plain_words, child.code != whole.code, child.short_text, whole.short_text) == (True, True, "", "")
    assert (child.channel, whole.channel) == ("app", "guardianship" if is_involved else "branch")
    app, desk = story.browser("bank-c").sign_in("olga"), story.browser("bank-c").sit_down()
    childs, given = letter(app, "app", child), letter(desk, "desk", whole)
    assert says(childs, *child.paragraphs, t("remedy.child_title", language), t("receipt.child_none", language))
    assert not says(childs, t("notice.law_day", language))
    to = "notice.to_guardianship" if is_involved else "notice.to_representative"
    assert says(given, *whole.paragraphs, t(to, language), "Olga Weber")
    assert says(given, MOTHER) is not is_involved
    assert app.get(f"/app/notices/{whole.notice_id}.pdf").status == 404
    assert whole.notice_id not in app.get(f"/app/hearings/{child.hearing_id}").text
    assert whole.subject not in app.get("/app/notices").text


def test_both_codes_of_a_childs_notice_open_an_appeal() -> None:
    for recipient in (HOLDER, REPRESENTATIVE):
        story, waits = asked(under_16=True), paused(under_16=True)
        for at, bank, notice in (
            (story, "bank-c", of_hearing(story, recipient)),
            (waits, "bank-a", of_pause(waits, recipient)),
        ):
            anybody = at.browser(bank)
            anybody.get("/appeal/")
            anybody.post("/appeal/", code=code_shown(notice.code), to="send", grounds=["other"])
        assert len(story.network.rows("bank-c", LOCAL_APPEALS)) == 1
        assert len(waits.network.rows("bank-a", PAUSE_APPEALS)) == 1


def test_where_it_is_unsafe_no_hearing_is_sent_as_a_short_message() -> None:
    assert of_hearing(asked(safety=True)).short_text == ""
    assert of_hearing(asked()).short_text != ""


def test_large_letters_are_printed_where_the_bank_knows_that_they_are_needed() -> None:
    usual, large = paused(), paused(large_print=True)
    pages = [
        len(opened(letter(story.browser("bank-a").sign_in("aigul"), "app", of_pause(story))).pages)
        for story in (usual, large)
    ]
    assert pages[0] < pages[1]


def test_a_flag_that_is_over_makes_nobody_a_child() -> None:
    story = BankStory().opened()
    over = story.network.now.plus(timedelta(seconds=-1))
    as_told(story, "bank-a", "aigul", "en", under_16=True, until=over)
    begin(story)
    (notice,) = story.network.rows("bank-a", PAUSE_NOTICES)
    assert (notice.recipient, notice.in_plain_words) == (HOLDER, False)


@pytest.mark.parametrize("language", Language)
def test_the_letters_of_a_childs_hold_are_printed_at_the_desk(language: Language) -> None:
    story = BankStory().opened().fraud()
    as_told(story, "bank-c", "olga", language, under_16=True, representative=MOTHER)
    story.reported()
    rows = story.network.rows("bank-c", SERVED_NOTICES, Condition("account_id", "=", "olga"))
    notices = {one.recipient: one for one in rows}
    child, whole = notices[HOLDER], notices[REPRESENTATIVE]
    desk = story.browser("bank-c").sit_down()
    page = desk.get(f"/desk/holds/{child.hold_id}")
    for notice in (child, whole):
        assert f'href="/desk/notices/{notice.notice_id}.pdf"' in page.text
        assert says(letter(desk, "desk", notice), notice.subject, *notice.paragraphs)
    assert says(letter(desk, "desk", child), t("receipt.child_none", language), t("remedy.child_title", language))
    assert says(letter(desk, "desk", whole), f"{MOTHER}, {t('notice.to_representative', language)}")
    assert says(letter(desk, "desk", whole), t("receipt.none", language), t("remedy.title", language))


def test_a_firm_is_no_child_whatever_its_flags_say() -> None:
    story = BankStory().opened().fraud().reported()
    as_told(story, "bank-c", "taxi", "en", under_16=True)
    being_asked(story)
    (notice,) = story.network.rows("bank-c", HEARING_NOTICES, Condition("account_id", "=", "taxi"))
    assert (notice.recipient, notice.in_plain_words) == (HOLDER, False)


def test_who_is_asked_again_is_told_so_in_plain_words_and_in_whole() -> None:
    story = asked(under_16=True)
    due = replace(own(story), next_at=story.network.now)  # half of the time to answer outlasts the bank's pause
    office = NoticeOffice(profile_of("bank-c"), CATALOGUE, b"story")
    story.network.at("bank-c", lambda tx, _: tx.put(LOCAL_HEARINGS, due))
    story.network.at("bank-c", lambda tx, now: hear_receivers(tx, office, EXCHANGE_ID, now))
    rows = story.network.rows("bank-c", HEARING_NOTICES, Condition("account_id", "=", "olga"))
    again = {one.recipient: one for one in rows if one.times == 2}
    assert len(rows) == 4
    assert "We ask you for the second time" in "\n".join(again[HOLDER].paragraphs)
    assert "This is the second notice" in "\n".join(again[REPRESENTATIVE].paragraphs)
    assert len({one.code for one in rows}) == 4
