"""The command `tarazy law`: what it prints, and how it says no."""

import json
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from tarazy.adapters.packs import pack_files, pack_ids
from tarazy.edge.cli.law import app

REQUESTS = yaml.safe_load((Path(__file__).parent / "tables" / "requests.yaml").read_text(encoding="utf-8"))
AT = ["--at", "2026-11-22T10:00:00+05:00"]


def run(*arguments: str, text: str = "") -> Result:
    return CliRunner().invoke(app, list(arguments), input=text)


@pytest.fixture
def hold(tmp_path: Path) -> str:
    path = tmp_path / "hold.yaml"
    path.write_text(yaml.safe_dump(REQUESTS["hold"], allow_unicode=True), encoding="utf-8")
    return str(path)


def test_a_lawful_request_shows_nine_ticks_and_what_follows(hold: str) -> None:
    result = run("assess", hold, *AT)
    assert result.exit_code == 0
    assert [line[:4] for line in result.stdout.splitlines() if line.startswith(("✓", "✗"))] == [
        f"✓ T{n}" for n in range(1, 10)
    ]
    assert "Verdict: Permitted" in result.stdout
    assert "Cap: KZT\N{NO-BREAK SPACE}200,000.00" in result.stdout
    assert "End: 2 December 2026, 10:00" in result.stdout
    assert "Criminal Procedure Code 161(9)" in result.stdout
    assert "No lawyer has signed this pack yet" in result.stdout


def test_the_whole_account_is_refused_with_the_article_and_the_allowed_sum(hold: str) -> None:
    result = run("assess", hold, *AT, "--set", "whole_account=yes", "--language", "ru")
    assert result.exit_code == 1
    assert "✗ T7 Соразмерность: Удержать весь счёт нельзя" in result.stdout
    assert "УПК РК, часть 12 статьи 163" in result.stdout
    assert "УПК РК, часть 5 статьи 161" in result.stdout
    assert "Запросить только допустимую сумму: 200\N{NO-BREAK SPACE}000,00\N{NO-BREAK SPACE}₸. [M5]" in result.stdout
    assert "Вывод: Отказано" in result.stdout
    assert "Конец срока" not in result.stdout


def test_a_norm_that_was_not_checked_says_so(hold: str) -> None:
    result = run("assess", hold, "--at", "2026-06-30T23:50:00+05:00")
    assert "Constitution 26(3) (not checked against a source)" in result.stdout


def test_the_answer_for_programs_has_the_same_in_it(hold: str) -> None:
    answer = json.loads(run("assess", hold, *AT, "--format", "json", "--set", "amount_minor=20000001").stdout)
    assert answer["verdict"] == "refused"
    assert [test["passed"] for test in answer["tests"]] == [True] * 6 + [False] + [True] * 2
    assert answer["tests"][6]["code"] == "law.T7.above_traced"
    assert answer["cap_minor"] == 20_000_000
    assert answer["expires_at"] is None
    assert answer["lawful_instead"][0]["amount_minor"] == 20_000_000


def test_a_demonstration_says_so_in_every_form() -> None:
    text = yaml.safe_dump(REQUESTS["pause_credited"], allow_unicode=True)
    table = run("assess", "-", *AT, "--pack", "kz-demo", "--language", "kk", text=text)
    assert table.exit_code == 0
    assert "Демонстрация, заң емес" in table.stdout
    document = json.loads(run("assess", "-", *AT, "--pack", "kz-demo", "--format", "json", text=text).stdout)
    assert document["is_demonstration"] is True
    assert "Demonstration, not law" in run("readiness", *AT, "--pack", "kz-demo").stdout


def test_a_pack_for_comparison_says_so_and_law_does_not() -> None:
    assert "For comparison only: no program takes a measure" in run("readiness", *AT, "--pack", "uk").stdout
    assert "For comparison" not in run("readiness", *AT).stdout


def test_readiness_names_the_question_and_who_signs() -> None:
    result = run("readiness", *AT)
    assert result.exit_code == 0
    assert "✓ M5 — an investigator's hold on the traced sum: works" in result.stdout
    assert "… M4b — a bank's own pause of credited money: waits for an answer" in result.stdout
    assert "№ 2: From which day" in result.stdout
    assert "Who must sign: the legal officer of the exchange's operator" in result.stdout
    rows = json.loads(run("readiness", *AT, "--format", "json").stdout)
    assert {row["measure"]: row["state"] for row in rows}["M2t"] == "blocked"


def test_check_reads_every_pack_and_a_folder_of_ones_own(tmp_path: Path) -> None:
    assert [line.split()[1] for line in run("check").stdout.splitlines()] == list(pack_ids())
    for name, text in pack_files("xx").items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert run("check", str(tmp_path)).exit_code == 0
    (tmp_path / "norms.yaml").write_text("norms: 5", encoding="utf-8")
    result = run("check", str(tmp_path))
    assert result.exit_code == 2
    assert "norms.yaml: norms: expected a list, found 5" in result.stderr


def test_show_prints_a_norm_through_time_and_a_rule_field_by_field() -> None:
    result = run("show", "kz-const-property")
    assert "kz-const-1995-26-3  1995-09-05 … 2026-06-30" in result.stdout
    assert "kz-const-2026-29-3  2026-07-01 …" in result.stdout
    rule = run("show", "M4b", "--pack", "kz-demo").stdout
    assert "duration: asked yes, first 24 h, extension 48 h, extensions 1, total 72 h, new_fact yes" in rule
    assert "Confirmed by: Fictional legal officer B. Demo" in rule
    assert "measures/M16-court.yaml" in run("show").stdout


BAD = {
    "nothing asked": (["assess"], "expected a request"),
    "no such file": (["assess", "/nowhere.yaml"], "/nowhere.yaml: expected a file in UTF-8"),
    "a naive time": (["assess", "-", "--at", "2026-11-22T10:00:00"], "--at: expected a moment with an offset"),
    "no YAML": (["assess", "-"], "stdin: expected YAML"),
    "an unknown measure": (
        ["assess", "--set", "measure=M99"],
        "the request: expected the fields 'actor_role', 'currency'",
    ),
    "a setting without a value": (["assess", "--set", "measure"], "--set: expected FIELD=VALUE"),
    "an unknown pack": (
        ["readiness", "--pack", "zz"],
        "unknown pack 'zz' (known: au, br, de, eu, in, kz, kz-demo, uk, xx)",
    ),
    "an unknown item": (["show", "kz-nothing"], "no norm and no measure 'kz-nothing'"),
}


@pytest.mark.parametrize(("arguments", "told"), BAD.values(), ids=BAD.keys())
def test_bad_input_is_told_in_one_line(arguments: list[str], told: str) -> None:
    result = run(*arguments, text="a: [")
    assert result.exit_code == 2
    assert told in result.stderr
    assert result.stderr.count("\n") == 1
    assert result.stdout == ""


FIELDS = {
    "protected_minor=-1": "protected_minor: expected a whole number from 0, found -1",
    "whole_account=maybe": "whole_account: expected yes or no, found 'maybe'",
    "duration=two days": "duration: expected a span such as",
    "duration=5 working days": "duration: expected a span in hours or times 24 hours",
    "amount_minor=1.5": "amount_minor: expected a whole number from 0, found 1.5",
    "facts=[{kind: rumour, code: x}]": "facts[0].kind: expected one of fact, allegation",
    "colour=red": "unknown field 'colour'",
    "measure=m5": "measure: expected one of M1, M2",
}


@pytest.mark.parametrize(("setting", "told"), FIELDS.items())
def test_a_field_at_fault_is_named(setting: str, told: str, hold: str) -> None:
    result = run("assess", hold, "--set", setting)
    assert result.exit_code == 2
    assert told in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize("field", ["protected_minor", "whole_account", "features_used", "extends", "extensions_used"])
def test_what_would_let_a_request_pass_by_being_left_out_must_be_said(field: str) -> None:
    plain = {key: value for key, value in REQUESTS["hold"].items() if key != field}
    result = run("assess", "-", text=yaml.safe_dump(plain))
    assert result.exit_code == 2
    assert f"expected the field '{field}'" in result.stderr
