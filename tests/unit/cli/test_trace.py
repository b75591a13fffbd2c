"""The contract of `tarazy trace`: what it prints, how it refuses, which files it reads."""

import gzip
import json
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Final

import pytest

from tests.unit.cli.command import is_refused, tarazy

ACCOUNTS = """account_id,participant_id,opening_minor,currency,kind
victim,bank-1,1000,KZT,personal
ann,bank-1,50,KZT,personal
bob,bank-2,0,KZT,business
shop,bank-2,,KZT,pooled
atm,bank-3,,KZT,cash_out
abroad,bank-3,,KZT,external
"""
TRANSFERS = """transfer_id,booked_at,payer_account,payee_account,amount_minor,currency
t0,2026-03-01T09:00:00+05:00,bob,shop,40,KZT
t1,2026-03-01T10:00:00+05:00,victim,ann,500,KZT
t2,2026-03-01T10:05:00+05:00,ann,bob,200,KZT
t3,2026-03-01T10:05:00+05:00,ann,atm,60,KZT
t4,2026-03-01T10:06:00+05:00,bob,shop,30,KZT
t5,2026-03-01T10:07:00+05:00,bob,ann,100,KZT
t6,2026-03-01T10:08:00+05:00,ann,abroad,15,KZT
"""


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    (tmp_path / "transfers.csv").write_text(TRANSFERS)
    (tmp_path / "accounts.csv").write_text(ACCOUNTS)
    return str(tmp_path / "transfers.csv"), str(tmp_path / "accounts.csv")


def test_json_is_one_object_with_its_keys_in_order(files: tuple[str, str]) -> None:
    ran = tarazy("trace", files[0], "--accounts", files[1], "--start", "t1", "--format", "json")
    assert (ran.code, ran.err) == (0, "")
    answer = json.loads(ran.out)
    lists = ("holdable", "exits", "stops", "pieces")
    assert [(name, value) for name, value in answer.items() if name not in lists] == [
        ("start", "t1"),
        ("method", "fifo/1"),
        ("as_of", "2026-03-01T10:08:00+05:00"),
        ("currency", "KZT"),
        ("stolen_minor", 500),
        ("untraced_minor", 0),
    ]
    assert list(answer)[5:] == ["holdable", "exits", "stops", "untraced_minor", "pieces"]


def test_json_of_a_small_story_to_the_unit(files: tuple[str, str]) -> None:
    # bob owes 40 (t0). Of ann's 200 to bob, the first 50 are her own: 40 repay bob's debt, 10 stay on his line.
    # bob pays the shop 30: those 10 clean ones and 20 stolen. Then 100 stolen ones back to ann; 30 stay with him.
    ran = tarazy("trace", files[0], "--accounts", files[1], "--start", "t1", "--format", "json")
    answer = json.loads(ran.out)
    assert answer["holdable"] == [
        {"account_id": "ann", "participant_id": "bank-1", "amount_minor": 375},
        {"account_id": "bob", "participant_id": "bank-2", "amount_minor": 30},
    ]
    assert answer["exits"] == [
        {"account_id": "abroad", "kind": "external", "amount_minor": 15},
        {"account_id": "atm", "kind": "cash_out", "amount_minor": 60},
    ]
    assert answer["stops"] == [{"account_id": "shop", "kind": "pooled", "amount_minor": 20}]
    assert answer["pieces"] == [
        {"depth": 0, "transfer_id": "t1", "from_minor": 0, "to_minor": 500, "account_id": "ann"},
        {"depth": 1, "transfer_id": "t2", "from_minor": 50, "to_minor": 200, "account_id": "bob"},
        {"depth": 1, "transfer_id": "t3", "from_minor": 0, "to_minor": 60, "account_id": "atm"},
        {"depth": 1, "transfer_id": "t6", "from_minor": 0, "to_minor": 15, "account_id": "abroad"},
        {"depth": 2, "transfer_id": "t4", "from_minor": 10, "to_minor": 30, "account_id": "shop"},
        {"depth": 2, "transfer_id": "t5", "from_minor": 0, "to_minor": 100, "account_id": "ann"},
    ]


def test_steps_are_numbers_in_json_and_as_of_is_what_was_asked(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(ACCOUNTS)
    (tmp_path / "t.csv").write_text(TRANSFERS.splitlines()[0] + "\nt1,3,victim,ann,5,KZT\nt2,9,ann,atm,51,KZT\n")
    asked = ["trace", str(tmp_path / "t.csv"), "--accounts", str(tmp_path / "a.csv"), "--start", "t1"]
    assert json.loads(tarazy(*asked, "--format", "json").out)["as_of"] == 9
    early = json.loads(tarazy(*asked, "--format", "json", "--as-of", "8").out)
    assert (early["as_of"], early["exits"]) == (8, [])


def test_the_table_has_every_account_its_kind_and_the_sum(files: tuple[str, str]) -> None:
    ran = tarazy("trace", files[0], "--accounts", files[1], "--start", "t1")
    assert ran.code == 0
    assert "holdable 405 + exits 75 + stops 20 + untraced 0 = stolen 500 (KZT minor units)" in ran.out
    for word in ("bank-1", "cash_out", "external", "pooled", "fifo/1", "[50, 200)"):
        assert word in ran.out


def test_zipped_files_give_the_same_answer(files: tuple[str, str], tmp_path: Path) -> None:
    zipped = []
    for name in files:
        zipped.append(f"{name}.gz")
        Path(zipped[-1]).write_bytes(gzip.compress(Path(name).read_bytes()))
    asked = ["--start", "t1", "--format", "json", "--amount", "77"]
    plain = tarazy("trace", files[0], "--accounts", files[1], *asked)
    assert tarazy("trace", zipped[0], "--accounts", zipped[1], *asked) == plain
    assert tarazy("trace", zipped[0], "--accounts", files[1], *asked) == plain


@pytest.mark.parametrize(
    ("options", "parts"),
    [
        (["--start", "t9"], ["transfers.csv", "--start", "t9"]),
        (["--start", "t1", "--amount", "0"], ["--amount", "from 1"]),
        (["--start", "t1", "--amount", "-5"], ["--amount", "-5"]),
        (["--start", "t1", "--amount", "5.5"], ["--amount", "5.5"]),
        (["--start", "t1", "--amount", "501"], ["transfers.csv, line 3", "--amount", "501"]),
        (["--start", "t1", "--as-of", "2026-03-01T09:59:59+05:00"], ["--as-of", "line 3"]),
        (["--start", "t1", "--as-of", "12"], ["--as-of", "ISO 8601"]),
        (["--start", "t1", "--as-of", "2026-03-01T10:00:00"], ["--as-of", "offset"]),
        (["--start", "t1", "--method", "pro_rata"], ["--method", "not there yet"]),
        (["--start", "t1", "--method", "lowest_balance"], ["--method", "not there yet"]),
        (["--start", "t1", "--method", "poison"], ["--method", "not there yet"]),
        (["--start", "t1", "--method", "lifo"], ["--method", "one of fifo"]),
        (["--start", "t1", "--format", "xml"], ["--format", "one of table, json, html"]),
        (["--start", "t1", "--pieces-max", "2"], ["tracing", "at most 2 pieces"]),
        (["--start", "t1", "--whatever"], ["--whatever"]),
        ([], ["--start"]),
    ],
)
def test_a_question_without_an_answer_is_refused_in_one_line(
    files: tuple[str, str], options: list[str], parts: list[str]
) -> None:
    assert is_refused(tarazy("trace", files[0], "--accounts", files[1], *options), *parts)


@pytest.mark.parametrize(
    ("old", "new", "parts"),
    [
        ("t5,2026", "t4,2026", ["line 7", "transfer_id", "'t4'"]),
        ("bob,ann,100", "bob,eve,100", ["line 7", "payee_account", "'eve'"]),
        ("bob,ann,100", "bob,ann,1e2", ["line 7", "amount_minor", "'1e2'"]),
        ("10:08:00+05:00", "10:08:00", ["line 8", "booked_at", "offset"]),
        ("10:08:00+05:00", "10:06:59+05:00", ["line 8", "booked_at", "before"]),
        ("15,KZT", "15,EUR", ["line 8", "currency", "'EUR'"]),
    ],
)
def test_a_bad_row_is_refused_even_after_as_of(files: tuple[str, str], old: str, new: str, parts: list[str]) -> None:
    Path(files[0]).write_text(TRANSFERS.replace(old, new))
    options = ["--start", "t1", "--as-of", "2026-03-01T10:00:00+05:00", "--format", "json"]
    assert is_refused(tarazy("trace", files[0], "--accounts", files[1], *options), files[0], *parts)


@pytest.mark.parametrize(
    ("name", "content", "parts"),
    [
        ("transfers.csv.gz", TRANSFERS.encode(), ["line 1", "gzip"]),
        ("transfers.csv.gz", gzip.compress(TRANSFERS.encode())[:-12], ["gzip"]),
        ("transfers.csv.gz", gzip.compress(TRANSFERS.encode()) + b"rubbish", ["gzip"]),
        ("transfers.csv.gz", b"", ["line 1", "header", "empty"]),
        ("transfers.csv", gzip.compress(TRANSFERS.encode()), ["line 1", "UTF-8", ".gz"]),
        ("transfers.csv", TRANSFERS.encode("utf-16"), ["line 1", "UTF-8"]),
        ("transfers.csv", b"", ["line 1", "header", "empty"]),
        ("transfers.csv", b"\x00" * 300_000, ["line 1", "header"]),
    ],
)
def test_a_file_of_another_kind_is_refused(
    files: tuple[str, str], tmp_path: Path, name: str, content: bytes, parts: list[str]
) -> None:
    path = tmp_path / "odd" / name
    path.parent.mkdir()
    path.write_bytes(content)
    assert is_refused(tarazy("trace", str(path), "--accounts", files[1], "--start", "t1"), name, *parts)


def test_a_missing_file_a_folder_and_swapped_files_are_refused(files: tuple[str, str], tmp_path: Path) -> None:
    for wrong in (str(tmp_path / "nowhere.csv"), str(tmp_path)):
        assert is_refused(tarazy("trace", wrong, "--accounts", files[1], "--start", "t1"), wrong)
        assert is_refused(tarazy("trace", files[0], "--accounts", wrong, "--start", "t1"), wrong)
    swapped = tarazy("trace", files[1], "--accounts", files[0], "--start", "t1")
    assert is_refused(swapped, "transfers.csv", "line 1", "header", "account_id,participant_id")


def test_an_account_that_writes_in_markup_is_printed_as_it_is(tmp_path: Path) -> None:
    odd = "[bold]<b>&:smile:"
    (tmp_path / "a.csv").write_text(ACCOUNTS + f"{odd},bank-3,0,KZT,personal\n")
    (tmp_path / "t.csv").write_text(TRANSFERS + f"t7,2026-03-02T00:00:00Z,victim,{odd},5,KZT\n")
    ran = tarazy("trace", str(tmp_path / "t.csv"), "--accounts", str(tmp_path / "a.csv"), "--start", "t7")
    assert odd in ran.out


def test_the_real_program_keeps_the_contract_and_help_comes_without_the_commands(files: tuple[str, str]) -> None:
    program = [sys.executable, "-c", "from tarazy.edge.cli.main import main; main()"]
    asked = [*program, "trace", files[0], "--accounts", files[1], "--start", "t1", "--format", "json"]
    done = subprocess.run(asked, capture_output=True, check=False, env={"LC_ALL": "C"})
    assert (done.returncode, done.stderr, json.loads(done.stdout)["stolen_minor"]) == (0, b"", 500)
    refused = subprocess.run([*asked, "--amount", "x"], capture_output=True, check=False)
    assert (refused.returncode, refused.stdout, refused.stderr.count(b"\n")) == (2, b"", 1)
    help_only = """
import sys
from tarazy.edge.cli.main import main
sys.argv = ["tarazy", "--help"]
try:
    main()
except SystemExit:
    print([name for name in sys.modules if name.startswith(("tarazy.index", "rich", "jinja2"))])
"""
    lean = subprocess.run([sys.executable, "-c", help_only], capture_output=True, check=True, text=True)
    assert "trace" in lean.stdout
    assert lean.stdout.splitlines()[-1] == "[]"


HUGE: Final = 100_000_000
MEGABYTES_MAX: Final = 40
XML: Final = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.008.001.08">\n'
)
MEASURED: Final = """
import resource, subprocess, sys
done = subprocess.run([sys.executable, "-c", "from tarazy.edge.cli.main import main; main()", *sys.argv[1:]])
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(peak // (1024 if sys.platform == "darwin" else 1))
raise SystemExit(done.returncode)
"""
"""A small program between: a child's peak is never told as less than its parent's, and this test's own is large."""


def huge_line(path: Path) -> None:
    """Write a hundred megabytes without an end of line, packed where the name says so."""
    with path.open("wb") as plain:
        packed = (
            gzip.GzipFile(fileobj=plain, mode="wb", compresslevel=1) if path.suffix == ".gz" else nullcontext(plain)
        )
        with packed as file:
            for _ in range(HUGE // 1_000_000):
                file.write(b"t" * 1_000_000)


@pytest.mark.parametrize("role", ["transfers", "accounts"])
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("huge.csv", "line 1, header"),
        ("huge.csv.gz", "line 1, header"),
        ("document.csv", "line 1, header"),
        ("document.xml", "line 1, header"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_one_line_and_little_memory(
    files: tuple[str, str], tmp_path: Path, name: str, expected: str, role: str
) -> None:
    path = tmp_path / name
    if name.startswith("huge"):
        huge_line(path)
    else:
        path.write_bytes(XML + b"<CdtTrfTxInf/>\n" * 1_000 + b"</Document>\n")
    transfers, accounts = (str(path), files[1]) if role == "transfers" else (files[0], str(path))
    asked = [sys.executable, "-c", MEASURED, "trace", transfers, "--accounts", accounts, "--start", "t1"]
    done = subprocess.run(asked, capture_output=True, check=False, text=True)
    assert done.returncode == 2, done.stderr
    assert done.stderr.count("\n") == 1
    assert name in done.stderr
    assert expected in done.stderr
    assert len(done.stderr) < 1_000
    assert int(done.stdout) < MEGABYTES_MAX * 1_000
