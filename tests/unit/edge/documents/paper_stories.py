"""One case on paper: two banks, three lines, a taxi driver who has answered. All people are invented."""

from datetime import date
from typing import Final

from tarazy.adapters.catalogue import load_catalogue
from tarazy.agent.records import ServedNotice
from tarazy.domain.notice import NoticeFacts
from tarazy.domain.notice_text import render
from tarazy.edge.documents.model import Document, Print, RemedyLine
from tarazy.edge.documents.motion import court_file, motion_document, schedule_document
from tarazy.edge.documents.motion_view import (
    CourtFileView,
    EnclosureView,
    EventView,
    FactGrade,
    FactView,
    ForecastView,
    LineView,
    MilderView,
    MotionView,
    NormView,
    OfficialView,
    TestView,
)
from tarazy.edge.documents.notice import Letterhead, Service, notice_document, told_of_facts
from tarazy.edge.documents.receipt_qr import ReceiptLine
from tarazy.law.calendar import Calendar
from tarazy.law.terms import Measure, TestId, Verdict
from tarazy.texts.catalogue import Language
from tarazy.values.ids import AccountId, CaseId, EventId, HoldId, NoticeId
from tarazy.values.instant import Instant
from tarazy.values.money import Money
from tests.unit.texts.notice_stories import ALMATY, BANK_ANALYST, HELD_BY_INVESTIGATOR, PLACED_AT

CATALOGUE: Final = load_catalogue()
RECEIPT: Final = ReceiptLine(
    origin="tarazy-demonstration/log",
    tree_size=48_213,
    index=48_190,
    leaf_hash="5f0c" * 16,
    event_id=EventId("ev_" + "7a" * 16),
)
CALENDAR: Final = Calendar(
    zone=ALMATY,
    weekend=frozenset({5, 6}),
    days_off=frozenset({date(2026, 12, 16)}),
    days_worked=frozenset(),
    known_from=date(2026, 1, 1),
    known_to=date(2026, 12, 31),
)
HEAD: Final = Letterhead(
    sender=BANK_ANALYST.body,
    calendar=CALENDAR,
    catalogue=CATALOGUE,
    is_demonstration=True,
)
HOLD_ID: Final = HoldId("ho_" + "9d" * 16)
SERVICE: Final = Service(
    notice_id=NoticeId("nt_" + "3c" * 16),
    about=("notice.hold", HOLD_ID),
    recipient="Ерлан Әбдіқұлов",
    channel="app",
    served_at=PLACED_AT,
    receipt=RECEIPT,
)


def letter(
    language: Language,
    facts: NoticeFacts = HELD_BY_INVESTIGATOR,
    *,
    service: Service = SERVICE,
    size: Print = Print.ordinary,
) -> Document:
    """Return a notice of ``facts`` as a letter."""
    return notice_document(told_of_facts(facts, language, HEAD), facts.remedies, service, HEAD, size)


def served(facts: NoticeFacts, language: Language) -> ServedNotice:
    """Return the record that the agent keeps of a notice."""
    rendered = render(facts, CATALOGUE, language, ALMATY)
    return ServedNotice(
        notice_id=SERVICE.notice_id,
        hold_id=HOLD_ID,
        account_id=AccountId("KZ-77"),
        notice_kind=facts.kind,
        lane=None,
        amount_minor=facts.amount.minor,
        language=language,
        code=facts.code,
        subject=rendered.subject,
        paragraphs=rendered.body,
        short_text=rendered.short_text,
        channel=SERVICE.channel,
        served_at=SERVICE.served_at,
    )


def nine(*, against: TestId | None = None) -> tuple[TestView, ...]:
    """Return the nine tests of a line, one of them not passed where it is named."""
    return tuple(
        TestView(test=test, is_passed=test is not against, why="сумма строки больше прослеженной суммы")
        for test in TestId
    )


def line(number: int, minor: int, *, bank: str = "Алатау Банк", against: TestId | None = None) -> LineView:
    """Return one line of a schedule."""
    return LineView(
        number=number,
        bank=bank,
        hold="ho_" + f"{number:02x}" * 16,
        amount=Money(minor, "KZT"),
        until=Instant.parse("2026-12-04T09:40:00+05:00"),
        verdict=Verdict.needs_authorisation if against is None else Verdict.refused,
        tests=nine(against=against),
    )


MOTION: Final = MotionView(
    motion_id="mo_" + "1b" * 16,
    case_id=CaseId("ca_" + "2e" * 16),
    registration="ЕРДР 267500121000417",
    language=Language.ru,
    author=OfficialView(name="Данияр Омаров", role="следователь", body="Департамент полиции города Алматы"),
    authority=OfficialView(name="", role="следственный судья", body="Специализированный следственный суд Алматы"),
    measure=Measure.M9,
    offences=("Мошенничество с использованием сети Интернет (Уголовный кодекс, статья 190)",),
    aim="сохранить деньги потерпевшей до решения о возврате",
    request=(
        "Прошу разрешить удержание сумм по трём строкам перечня до 4 декабря 2026 года. "
        "Без решения удержание по каждой строке закончится само."
    ),
    facts=(
        FactView(
            text="Потерпевшая 24 ноября сообщила банку, что перевела 150 000 ₸ после звонка «службы безопасности»",
            source="заявление, подписанное сотрудницей банка А. Сапаровой",
            grade=FactGrade.reported,
        ),
        FactView(
            text="40 000 ₸ из этой суммы поступили на счёт через 6 минут",
            source="ответ банка № 12",
            grade=FactGrade.confirmed_by_institution,
        ),
    ),
    for_holder=(
        FactView(
            text="Владелец счёта говорит, что деньги — оплата поездки в Қапшағай; счёт он ведёт с 2014 года",
            source="ответ владельца на уведомление",
            grade=FactGrade.reported,
        ),
    ),
    for_holder_answer="поездка оплачена отдельно и раньше, чек на 12 000 ₸ приложен; о звонке владелец не знал.",
    suitability="Деньги остаются на счёте, где их нашли, и не могут уйти дальше до решения о возврате.",
    impact="Владельцы не могут пользоваться этими суммами; остальные деньги на счетах им доступны.",
    milder=(
        MilderView(measure=Measure.M4a, answer="Платёж уже исполнен, паузу поставить не на что."),
        MilderView(measure=Measure.M5, answer="Срок удержания следователем заканчивается 26 ноября."),
    ),
    lines=(line(1, 40_000_00), line(2, 1_500_50, bank="Жетісу Банк"), line(3, 70_000_00, against=TestId.T7)),
    forecast=(
        ForecastView(
            what="удержание по строкам 1 и 2",
            at=Instant.parse("2026-11-26T14:05:00+05:00"),
            unless="следственный судья разрешит его раньше",
        ),
    ),
    law_day=date(2026, 11, 24),
    norms=(
        NormView(
            title="Уголовно-процессуальный кодекс Республики Казахстан, статья 161, часть 9",
            version="cpc-161-9@2023",
            valid_from=date(2023, 11, 16),
            valid_to=None,
        ),
    ),
    remedies=(RemedyLine("в областной суд", "в течение 10 суток, не позднее 4 декабря 2026 года, 14:05"),),
    drawn_at=Instant.parse("2026-11-24T14:05:00+05:00"),
    signed=None,
    receipt=RECEIPT,
    is_demonstration=True,
)
FILE: Final = CourtFileView(
    motion=MOTION,
    events=(
        EventView(
            at=Instant.parse("2026-11-24T09:34:00+05:00"),
            what="Заявление подписано",
            who="Алатау Банк, А. Сапарова",
            receipt=RECEIPT,
        ),
        EventView(at=PLACED_AT, what="Удержано 40 000 ₸", who="Алатау Банк", receipt=None),
    ),
    replies=MOTION.for_holder,
    enclosures=(
        EnclosureView(title="Чек за поездку", source="владелец счёта", day=date(2026, 11, 24), sha256="c4" * 32),
    ),
)


def papers(size: Print = Print.ordinary) -> dict[str, Document]:
    """Return one document of every kind, by name."""
    return {
        **{f"letter.{language}": letter(language, size=size) for language in Language},
        "motion": motion_document(MOTION, CATALOGUE, ALMATY, size),
        "schedule": schedule_document(MOTION, CATALOGUE, ALMATY, size),
        "court_file": court_file(FILE, CATALOGUE, ALMATY, size),
    }
