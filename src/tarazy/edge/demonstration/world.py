"""Six invented banks and the invented people of the story. Nobody and nothing here exists."""

from dataclasses import dataclass
from typing import Final

from tarazy.agent.profile import BankProfile, OfficerProfile
from tarazy.texts.catalogue import Wording
from tarazy.values.ids import AccountId, OfficerId, ParticipantId

CURRENCY: Final = "KZT"
TENGE: Final = 100
"""Minor units (tiyn) in one tenge."""
POLICE: Final = ParticipantId("police")
PROSECUTORS: Final = ParticipantId("prosecutors")
COURT: Final = ParticipantId("court")
REGULATOR: Final = ParticipantId("regulator")
INVESTIGATOR: Final = OfficerId("investigator-1")
PROSECUTOR: Final = OfficerId("prosecutor-1")
JUDGE: Final = OfficerId("judge-1")
INVESTIGATING_JUDGE: Final = OfficerId("investigating_judge-1")
OFFICIALS: Final = {
    POLICE: (INVESTIGATOR, OfficerId("investigator-2"), OfficerId("investigator-3")),
    PROSECUTORS: (PROSECUTOR,),
    COURT: (JUDGE, INVESTIGATING_JUDGE, OfficerId("regional_judge-1")),
    REGULATOR: (OfficerId("supervisor-1"),),
}
"""The authorities that sit at the exchange's console, and their officers; two investigators read what is on
paper, and neither is who asked."""
KIND_OF: Final = {POLICE: "police", PROSECUTORS: "prosecutor", COURT: "court", REGULATOR: "supervisor"}
AUTHORITY_NAMES: Final = {  # as all three languages of the pages can show them: a participant has one name
    POLICE: "Полиция (демо)",
    PROSECUTORS: "Прокуратура (демо)",
    COURT: "Сот — суд (демо)",
    REGULATOR: "Реттеуші — регулятор (демо)",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """An invented holder and their account."""

    account_id: AccountId
    name: str
    language: str
    phone: str
    opening_minor: int
    kind: str = "personal"
    limit_minor: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bank:
    """An invented bank, its officers, and whoever banks there."""

    participant_id: ParticipantId
    profile: BankProfile
    people: tuple[Person, ...]


def _bank(key: str, name: Wording, street: Wording, officer: str, second: str, people: tuple[Person, ...]) -> Bank:
    roles = (
        Wording(
            kk="төлем қауіпсіздігі бөлімінің талдаушысы",
            ru="аналитик отдела безопасности платежей",
            en="analyst of the payment safety department",
        ),
        Wording(
            kk="төлем қауіпсіздігі бөлімінің басшысы",
            ru="руководитель отдела безопасности платежей",
            en="head of the payment safety department",
        ),
    )
    officers = tuple(
        OfficerProfile(officer_id=OfficerId(f"officer-{number}"), name=who, role=role, signs_mandates=role is roles[-1])
        for number, (who, role) in enumerate(zip((officer, second), roles, strict=True), start=1)
    )
    profile = BankProfile(name=name, phone="+7 700 000 00 00", branch=street, officers=officers)
    return Bank(participant_id=ParticipantId(f"bank-{key}"), profile=profile, people=people)


def _person(key: str, name: str, tenge: int, language: str = "ru", kind: str = "personal") -> Person:
    return Person(
        account_id=AccountId(key),
        name=name,
        language=language,
        phone="+7 700 000 00 01",
        opening_minor=tenge * TENGE,
        kind=kind,
    )


def _same(text: str) -> Wording:
    return Wording(kk=text, ru=text, en=text)


BANKS: Final[tuple[Bank, ...]] = (
    _bank(
        "alatau",
        Wording(kk="Алатау Банк", ru="Алатау Банк", en="Alatau Bank"),
        Wording(kk="Алматы, Абай даңғылы, 10", ru="Алматы, проспект Абая, 10", en="Almaty, Abay Avenue 10"),
        "Айгерім Сапарова",
        "Нұрлан Есенов",
        (
            _person("a-aigul", "Айгүл Серікова", 1_250_000, "kk"),
            _person("a-marat", "Марат Ибраев", 410_000),
            _person("a-lyudmila", "Людмила Ким", 396_000),
            _person("a-fund", "Зейнетақы қоры (ойдан шығарылған)", 5_000_000, "kk", "business"),
        ),
    ),
    _bank(
        "balkash",
        Wording(kk="Балқаш Банк", ru="Балхаш Банк", en="Balkash Bank"),
        Wording(
            kk="Қарағанды, Бұқар жырау даңғылы, 5",
            ru="Караганда, проспект Бухар-Жырау, 5",
            en="Karaganda, Bukhar Zhyrau Avenue 5",
        ),
        "Сергей Пак",
        "Динара Оспанова",
        (
            _person("b-timur", "Тимур Абенов", 30_000),
            _person("b-olga", "Ольга Вебер", 220_000),
        ),
    ),
    _bank(
        "saryarqa",
        Wording(kk="Сарыарқа Банк", ru="Сарыарка Банк", en="Saryarqa Bank"),
        Wording(
            kk="Астана, Мәңгілік Ел даңғылы, 3", ru="Астана, проспект Мәңгілік Ел, 3", en="Astana, Mangilik El Avenue 3"
        ),
        "Асель Нурпеисова",
        "Виктор Тен",
        (
            _person("s-ruslan", "Руслан Юсупов", 12_000),
            _person("s-gulnar", "Гүлнар Ахметова", 340_000, "kk"),
        ),
    ),
    _bank(
        "ertis",
        Wording(kk="Ертіс Банк", ru="Иртыш Банк", en="Ertis Bank"),
        Wording(kk="Павлодар, Толстой көшесі, 8", ru="Павлодар, улица Толстого, 8", en="Pavlodar, Tolstoy Street 8"),
        "Ержан Қасымов",
        "Анна Ли",
        (
            _person("e-daniyar", "Данияр Төлегенов", 572_000, "kk"),
            _person("e-firm", "Ертіс Такси ЖШС (ойдан шығарылған)", 2_400_000, "ru", "business"),
        ),
    ),
    _bank(
        "tobyl",
        Wording(kk="Тобыл Банк", ru="Тобол Банк", en="Tobyl Bank"),
        Wording(
            kk="Қостанай, Әл-Фараби даңғылы, 12",
            ru="Костанай, проспект Аль-Фараби, 12",
            en="Kostanay, Al-Farabi Avenue 12",
        ),
        "Жанна Мусина",
        "Алексей Цой",
        (
            _person("t-arman", "Арман Жүнісов", 55_000),
            _person("t-saule", "Сәуле Бекова", 5_000, "kk"),
        ),
    ),
    _bank(
        "karatau",
        Wording(kk="Қаратау Банк", ru="Каратау Банк", en="Karatau Bank"),
        Wording(kk="Тараз, Төле би даңғылы, 21", ru="Тараз, проспект Толе би, 21", en="Taraz, Tole Bi Avenue 21"),
        "Мадина Сулейменова",
        "Игорь Ан",
        (
            _person("k-viktor", "Виктор Лим", 8_000),
            _person("k-bolat", "Болат Қайратов", 265_000, "kk"),
        ),
    ),
)
"""The banks, in the order in which they are shown."""
