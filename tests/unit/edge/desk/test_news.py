"""News for those who were deceived: what becomes of their report, told once for each change, with sums and no names."""

import re

import msgspec
import pytest

from tarazy.agent.report_news import REPORT_NEWS, REPORT_NOTICES, ReportNotice
from tarazy.app.log_reading import LOG_POSITIONS, LogPosition
from tarazy.app.records import EVENTS
from tarazy.app.sequencing import LogSigner, sequence_events
from tarazy.app.store import Condition
from tarazy.app.telling_reporters import READER, news_of
from tarazy.app.warning_victims import ReporterTold
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.case import NewsState
from tarazy.domain.notice import NoticeKind
from tarazy.domain.rejection import Rejection
from tarazy.edge.log_readers import read_log
from tarazy.protocol.bodies import ReportUpdate
from tarazy.values.ids import ReportId
from tests.story import StoreFor
from tests.story_people import keyring
from tests.story_reading import report
from tests.unit.app.test_refunding import refunded
from tests.unit.edge.desk.bank_story import OWN_REASONS, TENGE, BankStory, Read

STEPS_MAX = 50


@pytest.fixture
def story(store_for: StoreFor) -> BankStory:
    return BankStory(store_for).opened().fraud().reported()


def spread(story: BankStory) -> None:
    """Let the log be read to its end, the news be carried, and the customers be told."""
    key = keyring(EXCHANGE_ID).signing
    signer = LogSigner("log.tarazy.test", key.signer(), key.public)
    store = story.network.exchange.store
    for _ in range(STEPS_MAX):
        numbered = sequence_events(store, signer)
        if not read_log(store, story.network.setting(EXCHANGE_ID)) and not numbered:
            break
    else:
        raise AssertionError("the log is never read to its end")
    story.network.settle()
    story.serve_notices()


def told(story: BankStory) -> list[ReportNotice]:
    notices: list[ReportNotice] = story.network.rows("bank-a", REPORT_NOTICES, order=("served_at", "notice_kind"))
    return notices


def filed(story: BankStory) -> ReportId:
    (news,) = story.network.rows("bank-a", REPORT_NEWS)
    return ReportId(news.report_id)


def read_notice(story: BankStory, notice: ReportNotice) -> Read:
    return story.browser("bank-a").sign_in("aigul").get(f"/app/news/{notice.notice_id}")


def test_the_victim_is_told_that_money_is_held_in_her_language_without_a_name_or_a_bank(story: BankStory) -> None:
    spread(story)
    (notice,) = told(story)
    text = " ".join((notice.subject, *notice.paragraphs, notice.short_text)).replace("\N{NO-BREAK SPACE}", " ")
    assert (notice.account_id, notice.notice_kind, notice.language) == ("aigul", NoticeKind.victim_update, "kk")
    assert "500 000,00 ₸" in text
    assert "480 000,00 ₸" in text
    for name in ("Timur", "Тимур", "Данияр", "Olga", "Балқаш", "Ертіс"):
        assert name not in text


def test_nothing_is_told_twice_however_often_the_log_is_read(story: BankStory) -> None:
    for _ in range(3):
        spread(story)
    story.network.at(EXCHANGE_ID, lambda tx, _: tx.put(LOG_POSITIONS, LogPosition(reader=READER, log_size=0)))
    spread(story)
    assert len(told(story)) == 1
    assert len(story.network.rows(EXCHANGE_ID, EVENTS, Condition("kind", "=", "reporter_told"))) == 1


def test_the_notice_stands_in_the_app_and_leads_to_the_report(story: BankStory) -> None:
    aigul = story.browser("bank-a").sign_in("aigul")
    aigul.post("/app/deceived/t1", told=["goods_never_came"], contact="call", step="send")
    spread(story)
    for page in ("/app/home", "/app/notices"):
        found = re.search(r'href="(/app/news/[^"]+)"', aigul.get(page).text)
        assert found is not None
        link = found[1]
        news = aigul.get(link)
        assert news.says("What you have reported")
        assert "<form" not in news.text
    request = re.search(r'href="(/app/requests/[^"]+)"', news.text)
    assert request is not None
    assert link in aigul.get(request[1]).text


def test_nobody_reads_another_persons_news(story: BankStory) -> None:
    spread(story)
    (notice,) = told(story)
    assert story.browser("bank-a").sign_in("marat").get(f"/app/news/{notice.notice_id}").status == 404
    assert story.browser("bank-a").sign_in("aigul").get("/app/news/nt_none").status == 404
    assert not story.browser("bank-a").sign_in("marat").get("/app/notices").says("News about your report")


def test_the_end_of_all_holds_is_told_once(story: BankStory) -> None:
    spread(story)
    story.network.wait(hours=30)
    spread(story)
    spread(story)
    held, over = told(story)
    assert [held.notice_kind, over.notice_kind] == [NoticeKind.victim_update] * 2
    assert "480 000,00" in " ".join(over.paragraphs).replace("\N{NO-BREAK SPACE}", " ")
    assert read_notice(story, over).status == 200
    (news,) = story.network.rows("bank-a", REPORT_NEWS)
    assert (news.state, news.held_minor, news.is_due) == ("over", 0, False)


def test_what_has_come_back_is_told_with_its_sum_and_only_once(story: BankStory) -> None:
    spread(story)
    report_id = filed(story)
    story.network.wait(minutes=1)
    assert refunded(story.network, report_id).rejection is None
    story.network.settle()
    spread(story)
    spread(story)
    back = report(story.network, report_id).returned_minor
    assert back > 0
    held, returned = told(story)
    assert (held.notice_kind, returned.notice_kind) == (NoticeKind.victim_update, NoticeKind.refund_paid)
    assert f"{back // TENGE:,}".replace(",", " ") in returned.subject.replace("\N{NO-BREAK SPACE}", " ")


def test_money_that_comes_and_goes_before_anybody_looks_is_told_as_it_is_now(story: BankStory) -> None:
    story.network.wait(hours=30)
    spread(story)
    assert told(story) == []


def test_a_withdrawn_report_ends_with_the_news_that_nothing_is_held(story: BankStory) -> None:
    spread(story)
    story.network.withdraw("bank-a", filed(story))
    story.network.settle()
    spread(story)
    assert [one.notice_kind for one in told(story)] == [NoticeKind.victim_update] * 2


def update(story: BankStory, **changed: object) -> ReportUpdate:
    (news,) = story.network.rows("bank-a", REPORT_NEWS)
    body = ReportUpdate(
        report_id=news.report_id,
        update_no=news.update_no + 1,
        state=news.state,
        held_minor=news.held_minor,
        back_minor=0,
        lane=None,
        measure=news.measure,
        placed_at=news.placed_at,
        expires_at=news.expires_at,
    )
    return msgspec.structs.replace(body, **changed)


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"report_id": "rp_unknown"}, Rejection.report_unknown),
        ({"state": "lost"}, Rejection.order_unknown),
        ({"measure": "M99"}, Rejection.order_unknown),
        ({"measure": "M15"}, Rejection.measure_refused_by_law),
        ({"lane": "fast"}, Rejection.lane_unknown),
    ],
)
def test_an_update_that_makes_no_notice_is_not_taken(
    story: BankStory, changed: dict[str, object], refusal: str
) -> None:
    spread(story)
    story.network.say(EXCHANGE_ID, update(story, **changed), "odd", to="bank-a")
    story.network.settle()
    assert [(one.kind, one.refusal) for one in story.network.turned_down] == [("report_update", refusal)]


def test_an_older_update_changes_nothing(story: BankStory) -> None:
    spread(story)
    story.network.say(EXCHANGE_ID, update(story, update_no=1, state="over", held_minor=0), "late", to="bank-a")
    story.network.settle()
    story.serve_notices()
    assert len(told(story)) == 1


def test_officers_confirming_changes_no_news(story: BankStory) -> None:
    spread(story)
    desk = story.browser("bank-c").sit_down()
    desk.post(f"/desk/holds/{story.hold_of('bank-c', 'olga').hold_id}/confirm", reasons=OWN_REASONS)
    story.network.settle()
    spread(story)
    assert len(told(story)) == 1


@pytest.mark.parametrize(
    ("is_held", "back", "now_held", "now_back", "is_paying", "news"),
    [
        (False, 0, 0, 0, False, None),
        (False, 0, 5, 0, False, NewsState.held),
        (True, 0, 3, 0, False, None),
        (True, 0, 0, 0, False, NewsState.over),
        (True, 0, 0, 5, True, None),
        (True, 0, 0, 5, False, NewsState.back),
        (True, 0, 2, 3, False, NewsState.back),
        (False, 5, 0, 5, False, None),
        (True, 3, 0, 3, False, NewsState.over),
    ],
)
def test_what_is_new(
    is_held: bool, back: int, now_held: int, now_back: int, is_paying: bool, news: NewsState | None
) -> None:
    told = ReporterTold(report_id=ReportId("rp_1"), updates=1, is_held=is_held, back_minor=back)
    assert news_of(told, now_held, now_back, is_paying=is_paying) is news
