import pytest

from tarazy.texts.links import links_in, without_links


@pytest.mark.parametrize(
    "text",
    [
        "https://bank.example",
        "open http now",
        "www bank",
        "bank.kz",
        "Bank.KZ/pay",
        "банк.қаз",
        "почта.рф",
        "help@bank",
        "10.0.0.1",
        "tg://resolve",
        "see bit.ly.",
    ],
)
def test_what_a_telephone_could_open_is_found(text: str) -> None:
    assert links_in(text)
    assert links_in(without_links(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "24.11.2026 09:40",
        "40 000,00 ₸",
        "г.Алматы, ул.Абая, 10",
        "п.9 ст.161",
        "K7QW2-9M4XT",
        "KZT 40,000.00.",
        "Конец.",
    ],
)
def test_dates_sums_and_addresses_are_no_links(text: str) -> None:
    assert links_in(text) == []
