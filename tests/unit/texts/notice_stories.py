"""One affected person after another: a taxi driver, 40,000 of whose 612,000 tenge are held, and those around him."""

from collections.abc import Mapping
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from tarazy.domain.closure import KeptFree
from tarazy.domain.hold import HoldEnd
from tarazy.domain.measure import NextStep
from tarazy.domain.notice import (
    AtEnd,
    Audience,
    Contact,
    Decision,
    Earlier,
    FilingUnit,
    FilingWindow,
    NoticeAuthor,
    NoticeFacts,
    NoticeKind,
    NoticeReason,
    PutOff,
    Remedy,
)
from tarazy.law.safeguards import Exclusion
from tarazy.texts.catalogue import Wording
from tarazy.values.instant import Instant
from tarazy.values.money import Money
from tarazy.values.replacing import replace

ALMATY: Final = ZoneInfo("Asia/Almaty")
PLACED_AT: Final = Instant.parse("2026-11-24T09:40:00+05:00")
LATER: Final = Instant.parse("2026-11-24T11:15:00+05:00")
EXPIRES_AT: Final = Instant.parse("2026-11-25T09:40:00+05:00")
INVESTIGATOR_EXPIRES_AT: Final = Instant.parse("2026-12-04T09:40:00+05:00")

BANK_ANALYST: Final = NoticeAuthor(
    body=Wording(kk="Алатау Банк", ru="Алатау Банк", en="Alatau Bank"),
    role=Wording(
        kk="төлем қауіпсіздігі бөлімінің талдаушысы",
        ru="аналитик отдела безопасности платежей",
        en="analyst of the payment safety department",
    ),
    name="Айгерім Сапарова",
)
INVESTIGATOR: Final = NoticeAuthor(
    body=Wording(
        kk="Алматы қаласының Полиция департаменті",
        ru="Департамент полиции города Алматы",
        en="Police Department of the city of Almaty",
    ),
    role=Wording(kk="тергеуші", ru="следователь", en="investigator"),
    name="Данияр Омаров",
)
COLLEAGUE: Final = replace(BANK_ANALYST, name="Бауыржан Нұрланов")
UNKNOWN_OFFICER: Final = replace(
    BANK_ANALYST,
    role=Wording(kk="қызметкер, нөмірі", ru="сотрудник под номером", en="officer with the number"),
    name="officer-17",
)
TRACE_NORM: Final = Wording(
    kk="банктің хабарланған ақша туралы жауабы жөніндегі демонстрациялық норма, 3-бап",
    ru="демонстрационная норма об ответе банка о деньгах, о которых сообщили, статья 3",
    en="demonstration norm on a bank's answer about reported money, article 3",
)
DEMONSTRATION_NORM: Final = Wording(
    kk="банктің түскен ақшаны уақытша ұстап тұруы туралы демонстрациялық норма, 1-бап",
    ru="демонстрационная норма о временном удержании банком поступивших денег, статья 1",
    en="demonstration norm on a bank's temporary hold of money received, article 1",
)
PAUSE_NORM: Final = Wording(
    kk="банктің төлемді кідіртуі туралы демонстрациялық норма, 2-бап",
    ru="демонстрационная норма о паузе платежа, статья 2",
    en="demonstration norm on the pause of a payment, article 2",
)
CPC_161: Final = Wording(
    kk="Қазақстан Республикасының Қылмыстық-процестік кодексі, 161-баптың 9-бөлігі",
    ru="Уголовно-процессуальный кодекс Республики Казахстан, статья 161, часть 9",
    en="Criminal Procedure Code of the Republic of Kazakhstan, article 161, part 9",
)
TO_THE_BANK: Final = Remedy(forum="bank", file_within=None)
TO_THE_PROSECUTOR: Final = Remedy(forum="prosecutor", file_within=None)
TO_THE_COURT: Final = Remedy(forum="investigating_judge", file_within=FilingWindow(15, FilingUnit.day))
TO_THE_NATIONAL_BANK: Final = Remedy(forum="national_bank", file_within=FilingWindow(3, FilingUnit.month))

TAXI_DRIVER: Final = NoticeFacts(
    kind=NoticeKind.hold_placed,
    audience=Audience.holder_person,
    amount=Money(40_000_00, "KZT"),
    out_of=None,
    narrowed_from=None,
    otherwise=None,
    usable=Money(572_000_00, "KZT"),
    closed=None,
    participant_name=BANK_ANALYST.body,
    author=BANK_ANALYST,
    legal_basis=(DEMONSTRATION_NORM,),
    measure="M4b",
    reason=NoticeReason.traced_from_report,
    stated_reasons=None,
    decision=None,
    placed_at=PLACED_AT,
    happened_at=PLACED_AT,
    expires_at=EXPIRES_AT,
    confirm_by=Instant.parse("2026-11-24T11:40:00+05:00"),
    put_off=None,
    earlier=None,
    at_end=AtEnd.money_free,
    remedies=(TO_THE_BANK, TO_THE_NATIONAL_BANK),
    contact=Contact(
        phone="+7 727 000 00 00",
        branch=Wording(kk="Алматы, Абай даңғылы, 10", ru="Алматы, проспект Абая, 10", en="Almaty, Abay Avenue 10"),
    ),
    code="K7QW29M4XT",
    is_demonstration=True,
)
HELD_BY_INVESTIGATOR: Final = replace(
    TAXI_DRIVER,
    author=INVESTIGATOR,
    legal_basis=(CPC_161,),
    measure="M5",
    reason=NoticeReason.ordered_in_case,
    expires_at=INVESTIGATOR_EXPIRES_AT,
    confirm_by=None,
    remedies=(TO_THE_PROSECUTOR, TO_THE_COURT),
    is_demonstration=False,
)
JUDGE: Final = Wording(kk="тергеу судьясы", ru="следственный судья", en="investigating judge")
CPC_162: Final = Wording(
    kk="Қазақстан Республикасының Қылмыстық-процестік кодексі, 162-баптың 2-бөлігі",
    ru="Уголовно-процессуальный кодекс Республики Казахстан, статья 162, часть 2",
    en="Criminal Procedure Code of the Republic of Kazakhstan, article 162, part 2",
)
BEGUN: Final = replace(
    HELD_BY_INVESTIGATOR,
    kind=NoticeKind.measure_begun,
    author=NoticeAuthor(
        body=Wording(kk="тергеу органы «police»", ru="орган расследования «police»", en="investigating body “police”"),
        role=Wording(kk="тергеуші, нөмірі", ru="следователь под номером", en="investigator with the number"),
        name="officer-4",
    ),
    happened_at=LATER,
    earlier=Earlier(NextStep.motion, Instant.parse("2026-11-26T11:15:00+05:00"), JUDGE),
    remedies=(
        TO_THE_PROSECUTOR,
        replace(TO_THE_COURT, until=Instant.parse("2026-12-09T11:15:00+05:00")),
    ),
)
ENDED: Final = replace(TAXI_DRIVER, usable=Money(612_000_00, "KZT"), happened_at=LATER, confirm_by=None)

TRACE: Final = replace(
    TAXI_DRIVER,
    kind=NoticeKind.trace_answered,
    usable=Money(612_000_00, "KZT"),
    author=None,
    legal_basis=(TRACE_NORM,),
    measure="M2t",
    reason=NoticeReason.trace_after_report,
    expires_at=INVESTIGATOR_EXPIRES_AT,
    confirm_by=None,
    remedies=(
        Remedy(forum="law.forum.participant", file_within=None),
        Remedy(forum="law.forum.data_protection", file_within=None),
    ),
)

CLOSED: Final = KeptFree(
    purposes=(Exclusion.wages, Exclusion.taxes, Exclusion.defence_costs), living_minor=50_851_00, living_days=30
)

STORIES: Final[Mapping[str, NoticeFacts]] = {
    "hold_placed": TAXI_DRIVER,
    "hold_placed_by_investigator": HELD_BY_INVESTIGATOR,
    "measure_begun": BEGUN,
    "measure_moved_on": replace(
        BEGUN,
        kind=NoticeKind.measure_moved_on,
        reason=NoticeReason.moved_by_motion,
        earlier=Earlier(NextStep.decision, Instant.parse("2026-11-27T08:00:00+05:00"), JUDGE),
    ),
    "measure_authorised": replace(
        BEGUN,
        legal_basis=(CPC_162,),
        measure="M9",
        decision=Decision("Следственный суд города Алматы", "1-77/26", date(2026, 11, 27)),
        expires_at=Instant.parse("2027-02-25T09:40:00+05:00"),
        earlier=None,
        remedies=(
            Remedy(
                forum="law.forum.regional_court",
                file_within=FilingWindow(3, FilingUnit.day),
                until=Instant.parse("2026-11-30T10:00:00+05:00"),
            ),
        ),
    ),
    "account_closed": replace(
        BEGUN,
        legal_basis=(CPC_162,),
        measure="M8",
        closed=CLOSED,
        decision=Decision("Следственный суд города Алматы", "1-77/26", date(2026, 11, 27)),
        expires_at=Instant.parse("2026-12-11T09:40:00+05:00"),
        earlier=None,
        remedies=(
            Remedy(
                forum="law.forum.regional_court",
                file_within=FilingWindow(3, FilingUnit.day),
                until=Instant.parse("2026-11-30T10:00:00+05:00"),
            ),
        ),
    ),
    "measure_put_off": replace(
        BEGUN,
        put_off=PutOff(
            Wording(
                kk="хабарлама жасырын шараны ашып қояды",
                ru="уведомление раскрыло бы негласное мероприятие",
                en="the notice would reveal a covert measure",
            ),
            Wording(kk="прокурор", ru="прокурор", en="prosecutor"),
            Instant.parse("2026-11-25T11:15:00+05:00"),
        ),
    ),
    "measure_over": replace(BEGUN, kind=NoticeKind.measure_over, happened_at=INVESTIGATOR_EXPIRES_AT, earlier=None),
    "hold_expired_without_motion": replace(
        HELD_BY_INVESTIGATOR,
        kind=NoticeKind.hold_expired,
        reason=HoldEnd.motion_not_filed,
        usable=Money(612_000_00, "KZT"),
        happened_at=Instant.parse("2026-11-26T11:15:00+05:00"),
    ),
    "hold_released_on_appeal": replace(
        HELD_BY_INVESTIGATOR,
        kind=NoticeKind.hold_released,
        reason=HoldEnd.overturned_on_appeal,
        usable=Money(612_000_00, "KZT"),
        happened_at=LATER,
    ),
    "hold_placed_deceived": replace(HELD_BY_INVESTIGATOR, audience=Audience.holder_deceived),
    "hold_placed_firm": replace(HELD_BY_INVESTIGATOR, audience=Audience.holder_firm),
    "hold_confirmed": replace(
        TAXI_DRIVER,
        kind=NoticeKind.hold_confirmed,
        happened_at=LATER,
        confirm_by=None,
        stated_reasons="Перевод поступил через 6 минут после сообщения об обмане и составляет ровно удержанную сумму.",
    ),
    "hold_narrowed": replace(
        HELD_BY_INVESTIGATOR,
        kind=NoticeKind.hold_narrowed,
        reason=NoticeReason.narrowed_by_forum,
        amount=Money(15_000_00, "KZT"),
        out_of=Money(40_000_00, "KZT"),
        usable=Money(597_000_00, "KZT"),
        happened_at=LATER,
    ),
    "hold_released": replace(ENDED, kind=NoticeKind.hold_released, reason=HoldEnd.report_withdrawn),
    "hold_released_by_officer": replace(
        ENDED,
        kind=NoticeKind.hold_released,
        reason=HoldEnd.by_officer,
        author=COLLEAGUE,
        stated_reasons="Получатель показал договор и чек: деньги пришли за ремонт.",
    ),
    "hold_released_unconfirmed": replace(ENDED, kind=NoticeKind.hold_released, reason=HoldEnd.not_confirmed),
    "hold_released_after_narrowing": replace(
        ENDED,
        kind=NoticeKind.hold_released,
        reason=HoldEnd.report_refuted,
        amount=Money(15_000_00, "KZT"),
        narrowed_from=Money(40_000_00, "KZT"),
        author=UNKNOWN_OFFICER,
    ),
    "trace_answered": TRACE,
    "trace_answered_firm": replace(TRACE, audience=Audience.holder_firm, is_demonstration=False),
    "hold_expired": replace(ENDED, kind=NoticeKind.hold_expired, reason=HoldEnd.time_ran_out, happened_at=EXPIRES_AT),
    "return_asked": replace(HELD_BY_INVESTIGATOR, kind=NoticeKind.return_asked, happened_at=LATER),
    "refund_paid": replace(
        HELD_BY_INVESTIGATOR,
        kind=NoticeKind.refund_paid,
        reason=NoticeReason.refund_agreed,
        measure="M16",
        happened_at=LATER,
    ),
    "refund_paid_in_part": replace(
        HELD_BY_INVESTIGATOR,
        kind=NoticeKind.refund_paid_in_part,
        reason=NoticeReason.refund_decided,
        amount=Money(15_000_00, "KZT"),
        out_of=Money(40_000_00, "KZT"),
        happened_at=LATER,
    ),
    "refund_paid_by_court": replace(
        HELD_BY_INVESTIGATOR,
        kind=NoticeKind.refund_paid,
        reason=NoticeReason.refund_by_court,
        otherwise=Money(15_000_00, "KZT"),
        amount=Money(25_000_00, "KZT"),
        measure="M16",
        happened_at=LATER,
    ),
    "refund_paid_in_part_by_authority": replace(
        HELD_BY_INVESTIGATOR,
        kind=NoticeKind.refund_paid_in_part,
        reason=NoticeReason.refund_by_authority,
        amount=Money(15_000_00, "KZT"),
        out_of=Money(40_000_00, "KZT"),
        measure="M16",
        happened_at=LATER,
    ),
    "refund_paid_in_part_agreed": replace(
        TAXI_DRIVER,
        kind=NoticeKind.refund_paid_in_part,
        reason=NoticeReason.refund_agreed,
        amount=Money(15_000_00, "KZT"),
        out_of=Money(40_000_00, "KZT"),
        measure="M16",
        happened_at=LATER,
    ),
    "hold_dropped_in_part": replace(
        TAXI_DRIVER,
        kind=NoticeKind.hold_dropped_in_part,
        reason=NoticeReason.core_dropped_part,
        amount=Money(15_000_00, "KZT"),
        out_of=Money(40_000_00, "KZT"),
        usable=Money(587_000_00, "KZT"),
        happened_at=LATER,
    ),
    "refund_paid_to_victim": replace(
        HELD_BY_INVESTIGATOR,
        kind=NoticeKind.refund_paid,
        audience=Audience.victim,
        reason=NoticeReason.refund_decided,
        measure="M16",
        usable=None,
        happened_at=LATER,
    ),
    "payment_paused": replace(
        TAXI_DRIVER,
        kind=NoticeKind.payment_paused,
        audience=Audience.payer,
        amount=Money(150_000_00, "KZT"),
        usable=Money(462_000_00, "KZT"),
        legal_basis=(PAUSE_NORM,),
        measure="M4a",
        reason=NoticeReason.payment_signs_of_fraud,
        confirm_by=None,
        at_end=AtEnd.payment_made,
    ),
    "victim_update": replace(
        HELD_BY_INVESTIGATOR,
        kind=NoticeKind.victim_update,
        audience=Audience.victim,
        reason=NoticeReason.victim_money_held,
        out_of=Money(150_000_00, "KZT"),
        usable=None,
    ),
    "victim_update_by_own_bank": replace(
        TAXI_DRIVER,
        kind=NoticeKind.victim_update,
        audience=Audience.victim,
        reason=NoticeReason.victim_money_held,
        out_of=Money(150_000_00, "KZT"),
        usable=None,
        confirm_by=None,
        happened_at=LATER,
    ),
    "victim_update_over": replace(
        TAXI_DRIVER,
        kind=NoticeKind.victim_update,
        audience=Audience.victim,
        reason=NoticeReason.victim_hold_ended,
        out_of=Money(150_000_00, "KZT"),
        usable=None,
        confirm_by=None,
        happened_at=LATER,
    ),
    "victim_hold_ends_soon": replace(
        TAXI_DRIVER,
        kind=NoticeKind.victim_update,
        audience=Audience.victim,
        reason=NoticeReason.victim_hold_ends_soon,
        measure="M5",
        legal_basis=(CPC_161,),
        out_of=Money(150_000_00, "KZT"),
        usable=None,
        confirm_by=None,
        happened_at=LATER,
        remedies=(TO_THE_PROSECUTOR, TO_THE_COURT),
        is_demonstration=False,
    ),
    "refund_paid_to_victim_by_own_bank": replace(
        TAXI_DRIVER,
        kind=NoticeKind.refund_paid,
        audience=Audience.victim,
        reason=NoticeReason.refund_agreed,
        measure="M16",
        usable=None,
        confirm_by=None,
        happened_at=LATER,
    ),
}
"""Every kind of notice, by the name of its golden file."""
