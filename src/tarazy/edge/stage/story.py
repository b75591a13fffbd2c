"""The story: its steps in order, and the record of what has been played in this home.

A step can be played once, after those before it; a story can be played again only in a new home.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from tarazy.bootstrap import EXCHANGE_ID
from tarazy.edge.config import write_json
from tarazy.edge.demonstration.network import DemonstrationNetwork
from tarazy.edge.stage.books import Finding, balance, count_books
from tarazy.edge.stage.due_process import daniyar_appeals, investigator_carries_on, judge_decides
from tarazy.edge.stage.endings import arman_returns, court_refunds, receipt_is_verified
from tarazy.edge.stage.opening import aigul_reports, lyudmila_reports, money_flows, officers_confirm
from tarazy.edge.stage.rights import daniyar_buys_groceries, whole_account_is_refused
from tarazy.edge.stage.scene import Scene
from tarazy.edge.stage.telling import Fact, fact
from tarazy.edge.stage.trouble import exchange_dies, one_bank_is_away
from tarazy.protocol.wire import WireFault, from_json

Play = Callable[[Scene], tuple[Fact, ...]]


@dataclass(frozen=True, slots=True)
class StoryStep:
    """One step: its key, under which its texts stand in the catalogue, and what it does."""

    key: str
    play: Play

    @property
    def title_code(self) -> str:
        """The code of its title."""
        return f"story.step.{self.key}.title"

    @property
    def text_code(self) -> str:
        """The code of what it shows."""
        return f"story.step.{self.key}.text"


class PlayedStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A step that was played, and what came of it."""

    key: str
    facts: tuple[Fact, ...]


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What has been played in a home, in order."""

    played: tuple[PlayedStep, ...] = ()

    def facts(self, code: str) -> list[Fact]:
        """Return every fact ``story.fact.CODE…`` that was told, in order."""
        wanted = f"story.fact.{code}"
        return [
            one for step in self.played for one in step.facts if one.code == wanted or one.code.startswith(f"{wanted}.")
        ]


def books_are_counted(scene: Scene) -> tuple[Fact, ...]:
    """Count everything anew, from every program's tables."""
    findings = count(scene.network)
    told = [fact(f"books.{one.check}", compared=one.compared) for one in findings if one.balances]
    told += [fact("differs", check=one.check, what=what) for one in findings for what in one.differences]
    return (*told, fact("balances" if balance(findings) else "balances_not"))


STEPS: Final = (
    StoryStep("flow", money_flows),
    StoryStep("report", aigul_reports),
    StoryStep("second", lyudmila_reports),
    StoryStep("confirm", officers_confirm),
    StoryStep("daniyar", daniyar_buys_groceries),
    StoryStep("whole", whole_account_is_refused),
    StoryStep("away", one_bank_is_away),
    StoryStep("killed", exchange_dies),
    StoryStep("measure", investigator_carries_on),
    StoryStep("motion", judge_decides),
    StoryStep("appeal", daniyar_appeals),
    StoryStep("return", arman_returns),
    StoryStep("refund", court_refunds),
    StoryStep("proof", receipt_is_verified),
    StoryStep("books", books_are_counted),
)
"""The story from the first payment to the last unit."""


class Story:
    """The story of one home: what was played, and what comes next."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self._path = scene.network.home / "story.json"
        self.record = _read(self._path)

    @property
    def next_step(self) -> StoryStep | None:
        """The step that can be played now; None where the story has ended."""
        done = len(self.record.played)
        return STEPS[done] if done < len(STEPS) else None

    def play_next(self) -> PlayedStep:
        """Play the next step, and keep what came of it. Raises StoryFault; then nothing of it is kept."""
        step = self.next_step
        assert step is not None
        played = PlayedStep(step.key, step.play(self.scene))
        self.record = Record((*self.record.played, played))
        write_json(self._path, self.record)
        return played


def count(network: DemonstrationNetwork) -> list[Finding]:
    """Count the books of a running demonstration when nothing is under way."""
    urls = {str(bank.participant_id): network.database_url(bank.participant_id) for bank in network.banks}
    return count_books(network.database_url(EXCHANGE_ID), urls)


def _read(path: Path) -> Record:
    """Read what was played; a home without a record, or with one of another version, begins anew."""
    try:
        return from_json(path.read_bytes(), Record)
    except (FileNotFoundError, WireFault):
        return Record()
