"""``tarazy conformance``: try a bank's own core against everything that its agent relies on."""

import os
import sys
from pathlib import Path
from typing import Annotated, cast

import typer

from tarazy.agent.conformance.bench import CoreBench
from tarazy.agent.conformance.suite import Report, promises_for, try_core
from tarazy.edge.cli.refusal import refuse
from tarazy.edge.core_choice import NameFault, named_function

NOT_KEPT = 1


def conformance(
    bench: Annotated[
        str,
        typer.Argument(
            metavar="MODULE:FUNCTION",
            help="A function of yours that returns a bench: your port, and a hand on your test system.",
        ),
    ],
) -> None:
    """Try a core in a test system, promise by promise, and report in words. Never against real accounts.

    Exit status: 0 every promise is kept; 1 some are not; 2 there is nothing to try.
    """
    found = _bench(bench)
    run_id = os.urandom(8).hex()
    findings, of = [], len(promises_for(found))
    for finding in try_core(found, run_id):
        findings.append(finding)
        _show_progress(len(findings), of)
    report = Report(tuple(findings))
    typer.echo(report.text())
    if not report.is_kept:
        raise typer.Exit(NOT_KEPT)


def _show_progress(done: int, of: int) -> None:
    if sys.stderr.isatty():
        typer.echo(f"\r{done} of {of}", nl=done == of, err=True)


def _bench(place: str) -> CoreBench:
    module_name, mark, function_name = place.partition(":")
    if not mark or not module_name or not function_name:
        refuse("expected MODULE:FUNCTION, such as mybank.bench:open_bench")
    sys.path.insert(0, str(Path.cwd()))
    try:
        function = named_function(place)
    except NameFault as fault:
        refuse(str(fault))
    finally:
        sys.path.pop(0)
    try:
        found = function()
    except Exception as fault:  # noqa: BLE001 -- a bank's own code may raise anything; it is told in one line
        refuse(f"{place}: raised {type(fault).__name__}: {fault}")
    missing = [name for name in vars(CoreBench) if not name.startswith("_") and not hasattr(found, name)]
    if missing:
        refuse(f"{place}: expected a bench; it has no {', '.join(missing)}")
    return cast("CoreBench", found)
