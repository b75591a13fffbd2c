"""The core that a configuration names: found, called and looked at before the agent starts, or refused in words."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from tarazy.adapters.memory import MemoryStore
from tarazy.agent.core_port import CoreAsk, CoreVerb
from tarazy.bootstrap import reference_core
from tarazy.edge.config import Config, ConfigFault, read_config
from tarazy.edge.core_choice import core_of
from tarazy.edge.serve import application
from tarazy.values.ids import AccountId, HoldId, ParticipantId
from tests.story_people import START
from tests.unit.edge.own_core import OwnCore

BANK = ParticipantId("bank-a")
PLACE = "tests.unit.edge.own_core"
PLAIN = {
    "participant_id": BANK,
    "database_url": "postgresql://of-the-bank",
    "keyring_file": "none.keys.json",
    "network_file": "none.json",
    "pack": "kz-demo",
    "host": "127.0.0.1",
    "port": 0,
}


def config_in(folder: Path, **more: str) -> Config:
    file = folder / "agent.json"
    file.write_text(json.dumps({**PLAIN, **more}))
    return read_config(file)


def test_without_a_word_it_is_the_reference_core(tmp_path: Path) -> None:
    reference = reference_core(MemoryStore(), BANK)
    assert core_of(config_in(tmp_path), reference) is reference
    assert core_of(config_in(tmp_path, core="reference"), reference) is reference


def test_a_banks_own_core_is_given_the_configuration_and_does_what_the_agent_asks(tmp_path: Path) -> None:
    core = core_of(config_in(tmp_path, core=f"{PLACE}:open_core"), reference_core(MemoryStore(), BANK))
    assert isinstance(core, OwnCore)
    assert core.database_url == "postgresql://of-the-bank"
    reserve = CoreAsk(
        command_id="cc-1",
        verb=CoreVerb.reserve,
        hold_id=HoldId("hd-1"),
        account_id=AccountId("timur"),
        amount_minor=500,
        expires_at=START.plus(timedelta(hours=2)),
        pay_to=None,
    )
    assert [taken.amount_minor for taken in core.ask([reserve], START)] == [300]
    assert [account.account_id for account in core.feed(0, 10).opened] == ["timur"]


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("no_such_bank.core:open_core", ("core: no_such_bank.core: cannot be imported", "install the package")),
        (f"{PLACE}:nothing", ("expected a function", "install the package")),
        (f"{PLACE}:NOT_A_FUNCTION", ("expected a function",)),
        (f"{PLACE}:without_feed", ("WithoutFeed, without feed(after, limit)", "tarazy conformance")),
        (f"{PLACE}:forgets_the_limit", ("without feed(after, limit)",)),
        (f"{PLACE}:waits", ("without feed(after, limit)",)),
        (f"{PLACE}:cannot_open", ("raised ConnectionRefusedError: core.alatau.example: nobody answers",)),
    ],
)
def test_a_core_that_cannot_serve_is_refused_with_the_remedy(tmp_path: Path, name: str, parts: tuple[str, ...]) -> None:
    with pytest.raises(ConfigFault) as refused:
        core_of(config_in(tmp_path, core=name), reference_core(MemoryStore(), BANK))
    assert [part for part in parts if part not in str(refused.value)] == []


@pytest.mark.parametrize("name", ["", "mine", "mine:", ":open", "mine.core:open()", "../mine:open"])
def test_a_name_that_is_none_is_refused_with_its_file_and_place(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigFault, match=r"agent\.json: .*core"):
        config_in(tmp_path, core=name)


def test_whatever_a_program_cannot_start_with_names_its_configuration_file(tmp_path: Path) -> None:
    config_in(tmp_path)
    with pytest.raises(ConfigFault, match=r"agent\.json: none\.json: cannot be read"):
        application("agent", [tmp_path / "agent.json"])
    with pytest.raises(ConfigFault, match=r"^program: expected one of exchange, agent, cores"):
        application("agents", [tmp_path / "agent.json"])
