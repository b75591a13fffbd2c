"""The guide for participants says what the programs do: its code signs, its tables name what exists."""

import json
import re
from pathlib import Path
from typing import Any, Final

import msgspec

from tarazy.adapters.memory import MemoryStore
from tarazy.agent.batch_form import BatchMedia, BatchTold
from tarazy.agent.batches import BatchAnswer
from tarazy.agent.feed.csv_entries import format_entries
from tarazy.protocol.wire import from_json
from tests.unit.edge.bank_core import CORE_KEY, ME, BankCore, batch, context_of, credit, opened

GUIDE: Final = (Path(__file__).parents[3] / "docs" / "participant.md").read_text(encoding="utf-8")
API: Final = Path(__file__).parents[3] / "src" / "tarazy" / "edge" / "entries_api.py"


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)


def test_the_code_of_the_guide_signs_what_the_agent_takes() -> None:
    (code,) = blocks("python")
    names: dict[str, Any] = {}
    exec(code, names)
    core = BankCore(context_of(MemoryStore()))
    secret = CORE_KEY.seed.hex()
    told = json.loads(batch("b-0001", [opened()], [credit(1)]))
    response = core.raw(names["sign"](told, secret, ME).encode(), "application/jose")
    assert response.json()["taken"] == 1
    body = format_entries([credit(2)]).encode()
    beside = names["beside"](body, "b-0002", secret, ME)
    assert core.raw(body, "text/csv", **{"Tarazy-Signature": beside}).json()["taken"] == 1


def test_the_documents_of_the_guide_are_of_the_form_that_is_read_and_written() -> None:
    sent, answer = blocks("json")
    assert from_json(sent, BatchTold).entries[0].entry_no == 1
    told = msgspec.json.decode(answer, type=BatchAnswer)
    assert json.loads(answer).keys() == {field.name for field in msgspec.structs.fields(told)}


def test_every_problem_and_form_stands_in_the_guide() -> None:
    codes = set(re.findall(r'problem\(\s*\d{3}, "([a-z_]+)"', API.read_text(encoding="utf-8")))
    assert len(codes) >= 7
    for word in {*codes, *BatchMedia, "batch_known_with_other_content"}:
        assert f"`{word}`" in GUIDE
