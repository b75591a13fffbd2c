"""Running the command line in the test's own process: exit code, stdout, stderr."""

from typing import NamedTuple

from typer.testing import CliRunner

from tarazy.edge.cli.main import app


class Ran(NamedTuple):
    code: int
    out: str
    err: str


def tarazy(*arguments: str) -> Ran:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments], prog_name="tarazy")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Ran(result.exit_code, result.stdout, result.stderr)


def is_refused(ran: Ran, *parts: str) -> bool:
    """Return whether it ended with code 2, nothing on stdout and one line on stderr that has all ``parts``."""
    assert ran.out == ""
    assert ran.err.endswith("\n")
    assert ran.err.count("\n") == 1, ran.err
    assert all(part in ran.err for part in parts), ran.err
    return ran.code == 2
