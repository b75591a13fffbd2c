"""The command ``tarazy``: one table of commands, each imported when it is called, so that help comes at once."""

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, NamedTuple, NoReturn

import typer
from typer.core import TyperGroup
from typer.main import get_command

from tarazy.edge.cli.refusal import REFUSED

if TYPE_CHECKING:
    from typer._click import Command, Context, HelpFormatter


class CommandPlace(NamedTuple):
    """Where a command lives: the function (or typer app) ``attribute`` of ``module``, and what it is for."""

    module: str
    attribute: str
    purpose: str


COMMANDS: Final = {
    "up": CommandPlace(
        "tarazy.edge.cli.up", "up", "Start the whole demonstration on this machine, and show the story."
    ),
    "trace": CommandPlace("tarazy.edge.cli.trace", "trace", "Follow a transfer through a file of transfers."),
    "verify": CommandPlace("tarazy.edge.cli.verify", "verify", "Check a receipt offline, or the log itself."),
    "witness": CommandPlace(
        "tarazy.edge.cli.witness", "witness", "Cosign the heads of a log, as a second party that it cannot deceive."
    ),
    "law": CommandPlace("tarazy.edge.cli.law", "app", "Ask the law gate; see, check and show packs."),
    "serve": CommandPlace("tarazy.edge.cli.serve", "serve", "Run one program of a network: an exchange or an agent."),
    "participant": CommandPlace(
        "tarazy.edge.cli.participant", "app", "Make an institution's keys; join, list and suspend."
    ),
    "simulate": CommandPlace("tarazy.edge.cli.simulate", "simulate", "Run the whole network from a seed, with faults."),
    "conformance": CommandPlace(
        "tarazy.edge.cli.conformance", "conformance", "Try a bank's own core against what the agent relies on."
    ),
    "convert": CommandPlace("tarazy.edge.cli.convert", "app", "Turn public data sets into files that trace reads."),
}
"""Every command of the program. A new one is one row here; nothing is imported until it is called."""


class CommandTable(TyperGroup):
    """The commands of ``COMMANDS``. What a command refuses to understand is told in one line, exit code 2."""

    def list_commands(self, ctx: "Context") -> list[str]:  # noqa: ARG002 - typer's signature
        """Return the names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: "Context", cmd_name: str) -> "Command | None":  # noqa: ARG002 - typer's signature
        """Import the command that is called, or return None where there is none of that name."""
        place = COMMANDS.get(cmd_name)
        if place is None:
            return None
        found = getattr(import_module(place.module), place.attribute)
        return get_command(found if isinstance(found, typer.Typer) else _app_of(cmd_name, found))

    def format_commands(self, ctx: "Context", formatter: "HelpFormatter") -> None:  # noqa: ARG002 - typer's signature
        """Write the list of commands from the table alone."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, place.purpose) for name, place in COMMANDS.items()])

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,  # noqa: ARG002 - typer's signature; this command line always stands alone
        windows_expand_args: bool = True,
        **extra: Any,  # noqa: ANN401 - typer's signature
    ) -> NoReturn:
        """Run and leave with the exit code; a wrong option or argument becomes one line on stderr."""
        try:
            code = super().main(args, prog_name, complete_var, False, windows_expand_args, **extra)
        except typer.TyperException as refused:
            reason = " ".join(refused.format_message().split())
            typer.echo(f"tarazy: {reason} (tarazy --help, tarazy COMMAND --help)", err=True)
            sys.exit(REFUSED)
        except typer.Abort:
            sys.exit(1)
        sys.exit(code if isinstance(code, int) else 0)


def _app_of(name: str, function: Any) -> typer.Typer:  # noqa: ANN401 - any function that typer can read
    single = typer.Typer(add_completion=False, rich_markup_mode=None)
    single.command(name)(function)
    return single


app = typer.Typer(
    cls=CommandTable, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False, no_args_is_help=False
)


@app.callback(invoke_without_command=True)
def tarazy(ctx: typer.Context) -> None:
    """Tarazy follows stolen money exactly, holds only what the law allows, and lets go by itself."""
    if ctx.invoked_subcommand is None:
        typer.echo(ctx.get_help())


def main() -> None:
    """Run the command line."""
    app()
