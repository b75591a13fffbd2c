"""Sums as people type them: read in one way, or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarazy.edge.pages.entered import read_sum, typed_sum
from tarazy.texts.catalogue import Language
from tarazy.texts.formats import money


@pytest.mark.parametrize(
    ("typed", "minor"),
    [
        ("40000", 4_000_000),
        ("40 000", 4_000_000),
        ("40\N{NO-BREAK SPACE}000,50", 4_000_050),
        ("40,000.50", 4_000_050),
        ("40,000", 4_000_000),
        ("40,5", 4_050),
        ("1,234", 123_400),
        ("0.01", 1),
    ],
)
def test_sums_are_read_as_they_are_written_here(typed: str, minor: int) -> None:
    assert read_sum(typed, "KZT") == minor


@pytest.mark.parametrize(
    "typed",
    ["", "0", "-5", "1e3", "4 00 0", "1.234567", "1.234.56", "1,234.567", "forty", "½", "1" * 30, "9" * 5000, "٤٠"],
)
def test_what_can_be_misread_is_not_read(typed: str) -> None:
    assert read_sum(typed, "KZT") is None


@given(st.integers(1, 10**14), st.sampled_from(list(Language)))
def test_what_a_page_prints_can_be_typed_back(minor: int, language: Language) -> None:
    printed = money(minor, "KZT", language).replace("KZT", "").replace("₸", "").strip()
    assert read_sum(printed, "KZT") == minor
    assert read_sum(typed_sum(minor, "KZT"), "KZT") == minor


@pytest.mark.parametrize(
    ("typed", "minor"), [("1.500", 1_500), ("1 234.500", 1_234_500), ("7", 7_000), ("1,234.5", None)]
)
def test_in_thousandths_three_digits_after_a_sign_are_no_group(typed: str, minor: int | None) -> None:
    assert read_sum(typed, "KWD") == minor
    assert read_sum(typed_sum(1_500, "KWD"), "KWD") == 1_500


def test_without_minor_units_a_sum_has_no_decimal_sign() -> None:
    assert read_sum("1.5", "JPY") is None
    assert read_sum("1.500", "JPY") == 1_500
