"""All trials of a core, and a report in words that its bank can act on."""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from tarazy.agent.conformance.bench import CoreBench
from tarazy.agent.conformance.closing import CLOSING_PROMISES
from tarazy.agent.conformance.promises import (
    COMMAND_PROMISES,
    END_PROMISES,
    FEED_PROMISES,
    PAY_PROMISES,
    RESERVE_PROMISES,
)
from tarazy.agent.conformance.races import RACE_PROMISES
from tarazy.agent.conformance.trial import Broken, Trial
from tarazy.agent.core_port import CoreAway, can_close

PROMISES: Final[tuple[Callable[[Trial], None], ...]] = (
    *FEED_PROMISES,
    *RESERVE_PROMISES,
    *END_PROMISES,
    *COMMAND_PROMISES,
    *PAY_PROMISES,
    *RACE_PROMISES,
)
"""Every promise, in the order in which a bank would put its core right."""


def promises_for(bench: CoreBench) -> tuple[Callable[[Trial], None], ...]:
    """Return the promises of a core: those of all, and those about closed accounts where it says that it closes any."""
    return (*PROMISES, *CLOSING_PROMISES) if can_close(bench.port) else PROMISES


@dataclass(frozen=True, slots=True)
class Finding:
    """One promise, and what was found instead where the core does not keep it."""

    code: str
    promise: str
    broken: str | None


@dataclass(frozen=True, slots=True)
class Report:
    """What became of all trials."""

    findings: tuple[Finding, ...]

    @property
    def is_kept(self) -> bool:
        """Whether the core keeps every promise."""
        return all(finding.broken is None for finding in self.findings)

    @property
    def broken_codes(self) -> tuple[str, ...]:
        """The promises that are not kept."""
        return tuple(finding.code for finding in self.findings if finding.broken is not None)

    def text(self) -> str:
        """Return the report in words, one promise a paragraph."""
        lines = [line for finding in self.findings for line in _lines(finding)]
        broken = len(self.broken_codes)
        verdict = (
            f"The core keeps all {len(self.findings)} promises: an agent can rely on it."
            if self.is_kept
            else f"The core breaks {broken} of {len(self.findings)} promises: an agent must not be connected to it."
        )
        return "\n".join([*lines, "", verdict])


def try_core(bench: CoreBench, run_id: str) -> Iterator[Finding]:
    """Try every promise, one after another. ``run_id`` is new for each run: commands are taken once for ever."""
    for promise in promises_for(bench):
        code = promise.__name__
        text = (inspect.getdoc(promise) or code).replace("\n", " ")
        yield Finding(code, text, _found(promise, Trial(bench, f"{run_id}/{code}")))


def report_on(bench: CoreBench, run_id: str) -> Report:
    """Try every promise and report on all of them; a broken one does not stop the others."""
    return Report(tuple(try_core(bench, run_id)))


def _found(promise: Callable[[Trial], None], trial: Trial) -> str | None:
    try:
        promise(trial)
    except Broken as broken:
        return str(broken)
    except CoreAway:
        return "the core could not be reached"
    except Exception as fault:  # noqa: BLE001 -- a bank's own code may raise anything, and the other trials go on
        return f"the core raised {type(fault).__name__}: {fault}"
    return None


def _lines(finding: Finding) -> list[str]:
    mark = "kept  " if finding.broken is None else "BROKEN"
    lines = [f"{mark}  {finding.promise}"]
    return lines if finding.broken is None else [*lines, f"        {finding.code}: {finding.broken}"]
