"""``tarazy up``: the whole demonstration on this machine, and the story on its stage."""

import fcntl
import os
import shutil
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.console import Console
from rich.status import Status

from tarazy.adapters.catalogue import load_catalogue
from tarazy.adapters.packs import load_pack, pack_ids
from tarazy.adapters.postgres.fault import ServerFault
from tarazy.adapters.postgres.installation import default_data_home
from tarazy.adapters.postgres.server import DATABASE_URL_VARIABLE
from tarazy.edge.cli.refusal import refuse
from tarazy.texts.catalogue import Language

if TYPE_CHECKING:
    from tarazy.edge.demonstration.network import DemonstrationNetwork
    from tarazy.edge.stage.story import Story
    from tarazy.edge.stage.telling import Teller

FAILED: Final = 1
PORT: Final = 8080
HOME_NAME: Final = "demonstration"
MARK: Final = "network.json"
"""A folder with this file is a home that `tarazy up` has made; no other folder is ever emptied."""


def up(
    home: Annotated[
        Path | None, typer.Option("--home", metavar="DIR", help="Where databases and keys are kept.")
    ] = None,
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Where the first page answers.")] = PORT,
    headless: Annotated[bool, typer.Option("--headless", help="No web page.")] = False,
    story: Annotated[bool, typer.Option("--story", help="Play the story to its end.")] = False,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Begin anew: everything in the home is removed first.")
    ] = False,
    pack: Annotated[str, typer.Option("--pack", help="A demonstration pack.")] = "kz-demo",
    language: Annotated[Language, typer.Option("--language", help="The language of what is printed.")] = Language.en,
) -> None:
    """Start an exchange and six demonstration banks, with nothing else installed, and show the story.

    With --headless --story: play the story, print what came of it, and end; exit status 0 only if all books balance to
    the unit, 1 if they do not or something failed, 2 if the command was wrong.
    """
    _check_pack(pack)
    if not headless:
        _check_port(port)
    place = home or default_data_home() / HOME_NAME
    _check_home(place)
    console = Console()
    try:
        with _interrupted_by_sigterm(), _running(place, pack, console, is_fresh=fresh, is_named=bool(home)) as network:
            if not headless:
                _show(network, port, language, console, is_playing=story)
            elif story:
                raise typer.Exit(_play(network, language, console))
            else:
                console.print("every program answers; Ctrl-C ends them")
                threading.Event().wait()
    except KeyboardInterrupt:
        console.print("ended")
    except _faults() as fault:
        typer.echo(f"tarazy up: {fault}", err=True)
        raise typer.Exit(FAILED) from fault


@contextmanager
def _running(
    home: Path, pack: str, console: Console, *, is_fresh: bool, is_named: bool
) -> Iterator["DemonstrationNetwork"]:
    """Start everything; end all of it, and only it, whatever happens.

    A home that nobody named holds nothing but invented people: if another version made it, it is begun anew.
    """
    if is_fresh:
        _empty(home)
    try:
        network = _started(home, pack, console)
    except OtherVersion as fault:
        if is_named:
            raise
        console.print(f"{fault.reason}: begun anew", soft_wrap=True, highlight=False)
        _empty(home)
        network = _started(home, pack, console)
    try:
        yield network
    finally:
        with console.status("ending every program"):
            network.stop()


class OtherVersion(ServerFault):
    """A home that another version of Tarazy has made."""

    def __init__(self, home: Path, fault: Exception) -> None:
        self.reason = f"the data in {home} are of another version of Tarazy"
        super().__init__(f"{self.reason} ({fault}); begin anew with `tarazy up --fresh`, or name another --home")


def _started(home: Path, pack: str, console: Console) -> "DemonstrationNetwork":
    """Return a network in which every program answers, or end what was started. Raises OtherVersion, ServerFault."""
    from tarazy.adapters.postgres.migrations import MigrationFault
    from tarazy.edge.demonstration.network import DemonstrationNetwork

    network = DemonstrationNetwork(home, pack=pack)
    with console.status("starting") as status:
        try:
            network.start(lambda text: _progress(status, text))
        except BaseException as fault:
            network.stop()
            if isinstance(fault, MigrationFault):
                raise OtherVersion(home, fault) from fault
            raise
    return network


def _progress(status: Status, text: str) -> None:
    """Show what is being done; where nobody watches a terminal, as lines."""
    if status.console.is_terminal:
        status.update(text)
    else:
        status.console.print(text)


def _play(network: "DemonstrationNetwork", language: Language, console: Console) -> int:
    """Play what is left of the story, print each step's facts and the table; return the exit status."""
    from tarazy.edge.stage.books import balance
    from tarazy.edge.stage.scene import Scene
    from tarazy.edge.stage.story import Story, count
    from tarazy.edge.stage.table import story_table

    story = Story(Scene(network))
    teller = _teller(network, language)
    while story.next_step is not None:
        _print_step(story, teller, console)
    console.print(story_table(story.record, teller))
    findings = count(network)
    for one in findings:
        for what in one.differences:
            console.print(teller.t("story.fact.differs", check=one.check, what=what), highlight=False)
    does_balance = balance(findings)
    code = "balances" if does_balance else "balances_not"
    console.print(teller.t(f"story.fact.{code}"), style="bold")
    return 0 if does_balance else FAILED


def _print_step(story: "Story", teller: "Teller", console: Console) -> None:
    step = story.next_step
    assert step is not None
    title = teller.t(step.title_code)
    with console.status(title):
        played = story.play_next()
    console.print(title, style="bold")
    for sentence in teller.sentences(played.facts):
        console.print(f"  {sentence}", highlight=False, soft_wrap=True, markup=False)


def _show(
    network: "DemonstrationNetwork", port: int, language: Language, console: Console, *, is_playing: bool
) -> None:
    from tarazy.edge.stage.server import serve_stage

    def say(url: str) -> None:
        console.print(f"{_teller(network, language).t('story.title')}: [bold]{url}[/bold]  (Ctrl-C)")

    serve_stage(network, port, say, is_playing=is_playing)


def _teller(network: "DemonstrationNetwork", language: Language) -> "Teller":
    from tarazy.edge.stage.telling import Teller

    return Teller(load_catalogue(), language, load_pack(network.pack_id).data.calendar.zone)


def _check_pack(name: str) -> None:
    if name not in pack_ids():
        refuse(f"--pack: no pack {name!r}; a demonstration runs on kz-demo")
    if not load_pack(name).is_demonstration:
        refuse(
            f"--pack: {name} is law, and a demonstration's people are invented and its clock can be moved: "
            "choose kz-demo; for a real network start each program with tarazy serve"
        )


def _check_home(home: Path) -> None:
    """Refuse what cannot be a folder of one's own before anything is started."""
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        refuse(f"--home: {home} cannot be a folder here ({fault.strerror}); choose another place")


def _check_port(port: int) -> None:
    from tarazy.edge.demonstration.processes import is_port_free

    if not is_port_free(port):
        refuse(f"--port: somebody listens on {port} already; choose another, for example --port {port + 1}")


def _empty(home: Path) -> None:
    """Remove a home that `tarazy up` has made. Any other folder with something in it is left alone."""
    if os.environ.get(DATABASE_URL_VARIABLE):
        refuse(f"--fresh: the databases are on the server of {DATABASE_URL_VARIABLE}; drop them there, nobody else may")
    if any(home.iterdir()) and not (home / MARK).exists():
        refuse(f"--fresh: {home} is not a home that tarazy up has made; choose another, or remove it yourself")
    if _is_running(home):
        refuse(f"--fresh: a demonstration runs on {home}; end that one first, or name another --home")
    shutil.rmtree(home)


def _is_running(home: Path) -> bool:
    """Whether a process has the database of this home: the lock that every server's owner keeps."""
    try:
        with (home / "postgres.lock").open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


@contextmanager
def _interrupted_by_sigterm() -> Iterator[None]:
    """End as after Ctrl-C when somebody asks the process to end.

    Not by way of SIGINT: a shell lets what it starts in the background ignore that.
    """
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _faults() -> tuple[type[Exception], ...]:
    from tarazy.edge.demonstration.processes import ProcessFault
    from tarazy.edge.stage.scene import StoryFault
    from tarazy.edge.stage.visitor import PageRefused

    return ServerFault, ProcessFault, StoryFault, PageRefused
