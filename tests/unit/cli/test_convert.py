"""`tarazy convert amlsim`: exact decimals, stable banks, openings raised by the least that is needed."""

from pathlib import Path

import pytest

from tests.unit.cli.command import is_refused, tarazy

NODES = "nodeid,isFraud,init_balance,fraudStep\r\n7,0,10.5,-1\r\n8,1,0.00,3\r\n9,0,3,-1\r\n"
TRANSACTIONS = "sourceNodeId,targetNodeId,value,time\r\n7,8,4.35,1\r\n8,9,5,1\r\n8,8,0.29,2\r\n9,7,1.1,10\r\n"


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    (tmp_path / "nodes.csv").write_text(NODES)
    (tmp_path / "transactions.csv").write_text(TRANSACTIONS)
    return [str(tmp_path / "nodes.csv"), str(tmp_path / "transactions.csv"), "--out", str(tmp_path / "out")]


def test_decimals_become_minor_units_and_openings_the_least_that_is_enough(files: list[str]) -> None:
    ran = tarazy("convert", "amlsim", *files)
    assert ran.code == 0
    # 8 has 4.35, pays 5.00 (0.65 short), then moves 0.29 that it has not to itself: 0.94 short at the worst
    assert "openings raised: 1 of 3, by 94 KZT minor units in all" in ran.out
    assert (Path(files[3]) / "accounts.csv").read_text() == (
        "account_id,participant_id,opening_minor,currency,kind\n"
        "7,bank-3,1050,KZT,personal\n"
        "8,bank-4,94,KZT,personal\n"
        "9,bank-1,300,KZT,personal\n"
    )
    assert (Path(files[3]) / "transfers.csv").read_text() == (
        "transfer_id,booked_at,payer_account,payee_account,amount_minor,currency\n"
        "t1,1,7,8,435,KZT\nt2,1,8,9,500,KZT\nt3,2,8,8,29,KZT\nt4,10,9,7,110,KZT\n"
    )


def test_what_was_converted_can_be_traced_in_the_currency_that_was_asked(files: list[str]) -> None:
    assert tarazy("convert", "amlsim", *files, "--currency", "EUR").code == 0
    out = Path(files[3])
    ran = tarazy("trace", str(out / "transfers.csv"), "--accounts", str(out / "accounts.csv"), "--start", "t1")
    assert "= stolen 435 (EUR minor units)" in ran.out


def test_files_that_are_there_are_replaced_only_when_asked(files: list[str]) -> None:
    assert tarazy("convert", "amlsim", *files).code == 0
    assert is_refused(tarazy("convert", "amlsim", *files), "accounts.csv", "--overwrite")
    assert tarazy("convert", "amlsim", *files, "--overwrite").code == 0
    assert sorted(path.name for path in Path(files[3]).iterdir()) == ["accounts.csv", "transfers.csv"]


@pytest.mark.parametrize(
    ("file", "old", "new", "parts"),
    [
        ("nodes", "10.5", "10.555", ["line 2", "init_balance"]),
        ("nodes", "10.5", "-1", ["line 2", "init_balance"]),
        ("nodes", "10.5", "1e3", ["line 2", "init_balance"]),
        ("nodes", "8,1", "7,1", ["line 3", "nodeid"]),
        ("nodes", "fraudStep", "step", ["line 1", "header"]),
        ("transactions", "4.35", "0.00", ["line 2", "value"]),
        ("transactions", "4.35", ".35", ["line 2", "value"]),
        ("transactions", "4.35", "nan", ["line 2", "value"]),
        ("transactions", "7,8", "6,8", ["line 2", "sourceNodeId"]),
        ("transactions", "9,7", "9,6", ["line 5", "targetNodeId"]),
        ("transactions", "1.1,10", "1.1,1", ["line 5", "time"]),
        ("transactions", "1.1,10", "1.1,x", ["line 5", "time"]),
    ],
)
def test_a_bad_row_is_refused_and_nothing_is_written(
    files: list[str], file: str, old: str, new: str, parts: list[str]
) -> None:
    path = Path(files[0] if file == "nodes" else files[1])
    path.write_text(path.read_text().replace(old, new, 1))
    assert is_refused(tarazy("convert", "amlsim", *files), path.name, *parts)
    assert not Path(files[3]).exists()


def test_a_place_that_cannot_be_written_and_a_bad_currency_are_refused(files: list[str]) -> None:
    Path(files[3]).write_text("a file where a folder should be")
    assert is_refused(tarazy("convert", "amlsim", *files), files[3])
    assert is_refused(tarazy("convert", "amlsim", *files, "--currency", "tenge"), "--currency", "tenge")
