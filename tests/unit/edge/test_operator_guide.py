"""The guide for operators says what the programs do: its configuration is read, its statements run, its lines exist."""

import re
from pathlib import Path
from typing import Final

import msgspec
import psycopg
import pytest

import tarazy
from tarazy.adapters.postgres.migrations import migrate
from tarazy.edge.cli.main import COMMANDS
from tarazy.edge.config import Config, WitnessPlace
from tarazy.protocol.wire import from_json

DOCS: Final = Path(__file__).parents[3] / "docs"
GUIDE: Final = (DOCS / "operator.md").read_text(encoding="utf-8")
EDGE: Final = Path(tarazy.__file__).parent / "edge"
OF_A_DEMONSTRATION: Final = frozenset({"pages.py", "director.py"})


def block(language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)
    return str(found)


def test_the_configuration_of_the_guide_is_read() -> None:
    assert from_json(block("json"), Config).participant_id == "exchange"


def test_every_field_of_a_configuration_is_explained() -> None:
    for field in (*msgspec.structs.fields(Config), *msgspec.structs.fields(WitnessPlace)):
        assert f"`{field.name}`" in GUIDE or f'"{field.name}"' in GUIDE, field.name


def test_every_line_of_diagnostics_is_explained_and_exists() -> None:
    sources = [path for path in EDGE.rglob("*.py") if path.name not in OF_A_DEMONSTRATION]
    said = {
        event
        for path in sources
        for event in re.findall(r'diagnostics\.(?:info|warning|error)\(\s*"(\w+)"', path.read_text(encoding="utf-8"))
    }
    told = {
        name for row in re.findall(r"^\| (`\w+`(?:, `\w+`)*) \| ", GUIDE, re.MULTILINE) for name in row.split("`")[1::2]
    }
    fields = {field.name for field in msgspec.structs.fields(Config)}
    assert said == told - fields


def test_every_command_of_the_guides_exists() -> None:
    for guide in sorted(DOCS.glob("*.md")):
        for name in re.findall(r"(?:^    +|`)tarazy ([a-z]+)", guide.read_text(encoding="utf-8"), re.MULTILINE):
            assert name in COMMANDS, f"{guide.name}: tarazy {name}"


@pytest.mark.usefixtures("database_url")
def test_the_statements_of_the_guide_run_on_the_exchanges_tables(database_url: str) -> None:
    migrate(database_url, "exchange")
    with psycopg.connect(database_url) as connection:
        for statement in block("sql").split(";"):
            if statement.strip():
                connection.execute(statement.encode())
