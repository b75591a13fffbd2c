from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarazy.texts.catalogue import Language
from tarazy.texts.formats import NO_BREAK, day_brief, moment, moment_brief, money, span
from tarazy.values.instant import Instant
from tarazy.values.money import MINOR_MAX

ALMATY = ZoneInfo("Asia/Almaty")
NOON = Instant.parse("2026-11-24T12:05:00+05:00")


@pytest.mark.parametrize(
    ("minor", "currency", "kk", "ru", "en"),
    [
        (40_000_00, "KZT", "40 000,00 ₸", "40 000,00 ₸", "KZT 40,000.00"),
        (5, "KZT", "0,05 ₸", "0,05 ₸", "KZT 0.05"),
        (1_234_567_89, "USD", "1 234 567,89 $", "1 234 567,89 $", "USD 1,234,567.89"),
        (999_00, "EUR", "999,00 €", "999,00 €", "EUR 999.00"),
        (40_000, "JPY", "40 000 JPY", "40 000 JPY", "JPY 40,000"),
        (40_000, "KWD", "40,000 KWD", "40,000 KWD", "KWD 40.000"),
        (-1, "RUB", "−0,01 ₽", "−0,01 ₽", "RUB −0.01"),
        (2**62, "KZT", "46 116 860 184 273 879,04 ₸", "46 116 860 184 273 879,04 ₸", "KZT 46,116,860,184,273,879.04"),
    ],
)
def test_sums_are_written_as_people_of_the_language_write_them(
    minor: int, currency: str, kk: str, ru: str, en: str
) -> None:
    shown = [money(minor, currency, language).replace(NO_BREAK, " ") for language in Language]
    assert shown == [kk, ru, en]


@given(st.integers(min_value=-MINOR_MAX, max_value=MINOR_MAX), st.sampled_from(Language))
def test_every_minor_unit_is_printed(minor: int, language: Language) -> None:
    digits = "".join(letter for letter in money(minor, "KZT", language) if letter.isdigit())
    assert int(digits) == abs(minor)


def test_a_sum_never_breaks_over_two_lines() -> None:
    assert all(" " not in money(40_000_00, "KZT", language) for language in Language)


def test_a_day_is_written_as_people_of_the_language_write_it() -> None:
    told = [day_brief(date(2026, 7, 1), language) for language in (Language.kk, Language.ru, Language.en)]
    assert told == ["01.07.2026", "01.07.2026", "01 Jul 2026"]


def test_a_moment_names_its_zone() -> None:
    assert moment(NOON, Language.kk, ALMATY) == "2026 жылғы 24 қараша, 12:05 (Астана мен Алматы уақыты, UTC+5)"
    assert moment(NOON, Language.ru, ALMATY) == "24 ноября 2026 года, 12:05 (время Астаны и Алматы, UTC+5)"
    assert moment(NOON, Language.en, ALMATY) == "24 November 2026, 12:05 (Astana and Almaty time, UTC+5)"


def test_a_zone_without_a_name_is_its_offset_that_day() -> None:
    assert moment(NOON, Language.en, ZoneInfo("Asia/Kolkata")) == "24 November 2026, 12:35 (UTC+5:30)"
    assert moment_brief(NOON, Language.ru, ZoneInfo("America/New_York")) == "24.11.2026 02:05 (UTC−5)"
    assert moment_brief(NOON, Language.en, ZoneInfo("UTC")) == "24 Nov 2026 07:05 (UTC)"
    before_the_change = Instant.parse("2023-06-01T00:00:00+00:00")
    assert moment_brief(before_the_change, Language.kk, ALMATY) == "01.06.2023 06:00 (UTC+6)"


@pytest.mark.parametrize(
    ("minutes", "kk", "ru", "en"),
    [
        (0, "0 минут", "0 минут", "0 minutes"),
        (1, "1 минут", "1 минута", "1 minute"),
        (120, "2 сағат", "2 часа", "2 hours"),
        (24 * 60, "24 сағат", "24 часа", "24 hours"),
        (48 * 60, "48 сағат", "48 часов", "48 hours"),
        (72 * 60, "3 күн", "3 дня", "3 days"),
        (15 * 24 * 60 + 90, "15 күн 1 сағат 30 минут", "15 дней 1 час 30 минут", "15 days 1 hour 30 minutes"),
    ],
)
def test_spans_follow_the_plural_rules(minutes: int, kk: str, ru: str, en: str) -> None:
    shown = [span(timedelta(minutes=minutes), language).replace(NO_BREAK, " ") for language in Language]
    assert shown == [kk, ru, en]


def test_a_begun_minute_counts_and_a_negative_span_is_refused() -> None:
    assert span(timedelta(seconds=61), Language.en).replace(NO_BREAK, " ") == "2 minutes"
    with pytest.raises(ValueError, match="negative"):
        span(timedelta(seconds=-60), Language.en)
