"""The same words in another case are found out, whatever figures stand in them; other reasons are not."""

import pytest

from tarazy.domain.reasons import are_alike, fingerprint

ONE = "The sum can only be kept for the payer where it lies now, because two payments to other banks were entered."


@pytest.mark.parametrize(
    "other",
    [
        ONE,
        ONE.upper(),
        f"{ONE} 4711",
        ONE.replace("two", "2").replace("2 payments", "two payments"),
        f"  {ONE.replace(' ', '  ')}",
    ],
)
def test_the_same_words_are_alike(other: str) -> None:
    assert are_alike(fingerprint(ONE), fingerprint(other))


@pytest.mark.parametrize(
    "other",
    [
        "The holder has withdrawn cash twice since the morning and told the bank that she will close the account.",
        "Қаражат қазір осы шотта тұр, иесі оны таңертеңнен бері екі рет қолма-қол алды.",
        "",
        "The sum can only be kept",
    ],
)
def test_other_reasons_are_not(other: str) -> None:
    assert not are_alike(fingerprint(ONE), fingerprint(other))
