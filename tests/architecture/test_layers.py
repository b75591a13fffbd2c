"""The direction of imports, and what the inner layers may not touch, held by tests."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "tarazy"
PURE = ("values", "texts", "log", "law", "protocol", "domain", "index")
BANNED_MODULES = {
    "asyncio", "socket", "subprocess", "threading", "random", "secrets", "time", "os", "urllib", "http", "psycopg",
    "pathlib", "tempfile", "logging",
}  # fmt: skip
BANNED_CALLS = {"now", "utcnow", "today", "open", "print", "input", "uuid4", "uuid1", "urandom", "sleep"}
LINES_MAX = 500
FUNCTION_LINES_MAX = 70
NAMED_AFTER_NOTHING = {"utils.py", "helpers.py", "common.py", "misc.py"}


def source_files(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (SOURCE / folder).rglob("*.py"))


def imported_modules(tree: ast.AST) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


def called_names(tree: ast.AST) -> set[str]:
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name):
                names.add(node.func.id)
            elif isinstance(node.func, ast.Attribute):
                names.add(node.func.attr)
    return names


def test_imports_point_down_only() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run([str(linter)], cwd=SOURCE.parents[1], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("path", source_files(*PURE), ids=lambda path: str(path.relative_to(SOURCE)))
def test_from_the_domain_down_nothing_meets_the_world(path: Path) -> None:
    tree = ast.parse(path.read_text())
    assert imported_modules(tree) & BANNED_MODULES == set()
    assert called_names(tree) & BANNED_CALLS == set()


@pytest.mark.parametrize("path", source_files("app", "agent"), ids=lambda path: str(path.relative_to(SOURCE)))
def test_use_cases_read_no_clock_and_draw_no_chance(path: Path) -> None:
    tree = ast.parse(path.read_text())
    assert imported_modules(tree) & {"random", "secrets", "time", "asyncio", "threading", "psycopg"} == set()
    assert called_names(tree) & {"utcnow", "today", "urandom", "uuid4", "sleep"} == set()


def test_only_the_clock_adapter_reads_the_clock() -> None:
    readers = [
        str(path.relative_to(SOURCE))
        for path in source_files(".")
        if "datetime.now(" in path.read_text() or "utcnow(" in path.read_text()
    ]
    assert readers == ["adapters/clock.py"]


def test_files_and_functions_stay_small() -> None:
    long_files, long_functions = [], []
    for path in source_files("."):
        text = path.read_text()
        if text.count("\n") > LINES_MAX:
            long_files.append(str(path.relative_to(SOURCE)))
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > FUNCTION_LINES_MAX:
                    long_functions.append(f"{path.relative_to(SOURCE)}:{node.name} {length}")
    assert long_files == []
    assert long_functions == []


def test_rows_are_changed_in_one_way() -> None:
    """The function of dataclasses does not take structs, and the rows of tables are structs."""
    guilty = [path.name for path in source_files(".") if _imports_replace_of_dataclasses(path)]
    assert guilty == ["replacing.py"]


def _imports_replace_of_dataclasses(path: Path) -> bool:
    imports = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ImportFrom)]
    return any(node.module == "dataclasses" and "replace" in {one.name for one in node.names} for node in imports)


def test_no_file_is_named_after_nothing() -> None:
    assert [path for path in source_files(".") if path.name in NAMED_AFTER_NOTHING] == []


def test_money_is_never_divided_with_a_remainder_lost() -> None:
    """No true division below the edge: amounts are whole, and ratios belong to pictures."""
    guilty = []
    for path in source_files(*PURE, "app", "agent"):
        guilty += [
            f"{path.relative_to(SOURCE)}:{node.lineno}"
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)
        ]
    assert guilty == []
