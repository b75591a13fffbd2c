"""``tarazy simulate``: the whole network in one thread from one seed, with faults, judged by independent checkers."""

from typing import Annotated, Final

import typer

from tarazy.simulation.run import SimulationResult, Verdict, run

SEEDS_MAX: Final = 1_000_000


def simulate(
    seed: Annotated[int, typer.Option(min=0, help="The first seed.")] = 1,
    seeds: Annotated[int, typer.Option(min=1, max=SEEDS_MAX, help="How many seeds, one after another.")] = 200,
    *,
    story: Annotated[bool, typer.Option("--story", help="Print every step of each run.")] = False,
) -> None:
    """Simulate an exchange and its banks with faults of every kind, one world for each seed.

    A run draws all its options from its seed, lives through hours of payments, thefts, reports, holds and refunds
    while messages are lost and programs die, then heals the network and demands progress. A seed that fails is told
    with the one command that runs it again.

    Exit status: 0 all passed; 10 the product crashed; 11 a promise was broken; 12 nothing went on any more.
    """
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    failed: list[SimulationResult] = []
    steps = 0
    console = Console(stderr=True)
    columns = (TextColumn("seeds"), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("", total=seeds)
        for one in range(seed, seed + seeds):
            result = run(one, typer.echo if story else None)
            steps += result.steps
            if result.verdict is not Verdict.passed:
                failed.append(result)
                _tell(result)
            progress.update(task, advance=1, description=f"{len(failed)} failed" if failed else "")
            if seeds == 1 and result.verdict is Verdict.passed:
                _tell(result)
    typer.echo(f"{seeds} seeds from {seed}: {seeds - len(failed)} passed, {len(failed)} failed, {steps} steps")
    raise typer.Exit(failed[0].verdict if failed else Verdict.passed)


def _tell(result: SimulationResult) -> None:
    typer.echo(f"seed {result.seed}: {result.verdict.name}: {result.told}")
    typer.echo(f"  options: {result.options.text()}")
    typer.echo(f"  {result.steps} steps, {result.crashes} programs died, trace {result.trace_hash[:16]}")
    if result.verdict is not Verdict.passed:
        typer.echo(f"  again: {result.command}")
