"""The embedded server on a real disk: private, durable, alone with its data directory, gone when its launcher is."""

import os
import select
import shutil
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from tarazy.adapters.postgres.embedded import EmbeddedServer, buffers_mb
from tarazy.adapters.postgres.fault import ServerFault
from tarazy.adapters.postgres.installation import Installation, default_data_home, wheel_installation
from tarazy.adapters.postgres.postmaster import await_end_of_predecessor, shorten_log
from tarazy.adapters.postgres.socket_folder import SOCKET_PATH_BYTES_MAX
from tests.postgres import temporary_folder

pytestmark = pytest.mark.postgres
as_root_only = pytest.mark.skipif(os.geteuid() != 0, reason="what root does differently")

LAUNCHER = """
import sys
from pathlib import Path
from tarazy.adapters.postgres.embedded import EmbeddedServer, buffers_mb
server = EmbeddedServer(Path(sys.argv[1]))
server.start()
print(server.pid, flush=True)
sys.stdin.read()
"""


@pytest.fixture(scope="module")
def kept_server() -> Iterator[EmbeddedServer]:
    with temporary_folder() as folder, EmbeddedServer(folder / "postgresql") as server:
        server.create_database("scales", "weigher")
        yield server


@pytest.fixture
def server(kept_server: EmbeddedServer) -> EmbeddedServer:
    kept_server.start()
    return kept_server


def value_of(url: str, statement: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(statement.encode()).fetchone()
        return row[0] if row else None


def processes_of(pid: int) -> set[int]:
    """Return a process and its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return {pid, *map(int, children)}


def running_among(pids: set[int]) -> set[int]:
    return {pid for pid in pids if Path(f"/proc/{pid}").exists()}


def await_end(pid_handle: int) -> None:
    ended, _, _ = select.select([pid_handle], [], [], 30)
    os.close(pid_handle)
    assert ended


def test_owner_of_a_database_reaches_it_by_the_socket(server: EmbeddedServer) -> None:
    assert value_of(server.url("scales", "weigher"), "SELECT current_user") == "weigher"
    assert value_of(server.url("scales", "weigher"), "SELECT inet_server_addr()") is None


def test_server_keeps_what_it_commits_and_counts_in_utc(server: EmbeddedServer) -> None:
    with psycopg.connect(server.url("scales")) as connection:
        shown = {
            name: connection.execute(f"SHOW {name}".encode()).fetchone()
            for name in ("fsync", "data_checksums", "server_encoding", "timezone", "jit", "listen_addresses")
        }
    expected = ["on", "on", "UTF8", "UTC", "off", ""]
    assert [value and value[0] for value in shown.values()] == expected


def test_letters_of_all_languages_have_cases_and_sort_alike_everywhere(server: EmbeddedServer) -> None:
    assert value_of(server.url("scales", "weigher"), "SELECT lower('ӘҚША') = 'әқша' AND 'Z' < 'a'") is True


def test_no_network_port_is_open(server: EmbeddedServer) -> None:
    assert server.pid is not None
    links = [str(entry.readlink()) for entry in Path(f"/proc/{server.pid}/fd").iterdir()]
    sockets = {link.removeprefix("socket:[").removesuffix("]") for link in links if link.startswith("socket:")}
    tables = [Path("/proc/net/tcp"), Path("/proc/net/tcp6")]
    in_network = {line.split()[9] for table in tables if table.exists() for line in table.read_text().splitlines()[1:]}
    assert sockets
    assert sockets & in_network == set()


@pytest.mark.parametrize("password", ["wrong", ""])
def test_wrong_password_is_refused(server: EmbeddedServer, password: str) -> None:
    url = server.url("scales", "weigher")
    right = urlsplit(url).password
    assert right is not None
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(url.replace(right, password))


def test_owner_of_one_database_cannot_enter_another(server: EmbeddedServer) -> None:
    server.create_database("other", "stranger")
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(server.url("scales", "stranger"))


def test_database_that_exists_is_left_as_it_is(server: EmbeddedServer) -> None:
    server.create_database("twice", "weigher")
    with psycopg.connect(server.url("twice", "weigher")) as connection:
        connection.execute("CREATE TABLE kept (value integer)")
    server.create_database("twice", "weigher")
    assert value_of(server.url("twice", "weigher"), "SELECT count(*) FROM kept") == 0


@pytest.mark.parametrize("name", ["", "Big", "1st", "a-b", 'a"b', "x" * 64])
def test_strange_name_is_refused(server: EmbeddedServer, name: str) -> None:
    with pytest.raises(ServerFault, match="not a name"):
        server.create_database(name, "weigher")


def test_files_beside_the_data_directory_are_for_the_launcher_only(server: EmbeddedServer) -> None:
    for suffix in (".secret", ".log", ".lock"):
        found = server.data_dir.with_name(server.data_dir.name + suffix).stat()
        assert stat.S_IMODE(found.st_mode) == 0o600
        assert found.st_uid == os.geteuid()


def test_log_tells_of_errors_without_their_values(server: EmbeddedServer) -> None:
    with psycopg.connect(server.url("scales", "weigher")) as connection:
        connection.execute("CREATE TEMPORARY TABLE person (name text UNIQUE)")
        connection.execute("INSERT INTO person VALUES ('Aigerim')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO person VALUES ('Aigerim')")
    log = server.data_dir.with_name("postgresql.log").read_text()
    assert "duplicate key" in log
    assert "Aigerim" not in log


def test_log_has_a_limit(tmp_path: Path) -> None:
    log = tmp_path / "postgresql.log"
    log.write_text("x" * 11)
    shorten_log(log, 11)
    assert log.stat().st_size == 11
    shorten_log(log, 10)
    assert log.stat().st_size == 0
    older = (tmp_path / "postgresql.log.1").stat()
    assert older.st_size == 11
    assert stat.S_IMODE(older.st_mode) == 0o600


def test_starting_a_running_server_does_nothing(server: EmbeddedServer) -> None:
    pid = server.pid
    assert server.start() == server.start()
    assert server.pid == pid


def test_second_launcher_of_a_data_directory_is_told_who_has_it(server: EmbeddedServer) -> None:
    with pytest.raises(ServerFault, match=f"process {os.getpid()} already runs"):
        EmbeddedServer(server.data_dir).start()
    assert value_of(server.url("scales"), "SELECT 1") == 1


def test_killed_server_starts_again_with_what_it_had_committed(server: EmbeddedServer) -> None:
    with psycopg.connect(server.url("scales", "weigher")) as connection:
        connection.execute("CREATE TABLE weights AS SELECT 7 AS grams")
    idle = psycopg.connect(server.url("scales", "weigher"))
    pid = server.pid
    assert pid is not None
    handle = os.pidfd_open(pid)
    os.kill(pid, signal.SIGKILL)
    await_end(handle)
    assert server.pid is None
    server.start()
    idle.close()
    assert value_of(server.url("scales", "weigher"), "SELECT grams FROM weights") == 7


def test_stopping_leaves_no_process_and_no_socket(server: EmbeddedServer) -> None:
    address = server.start()
    assert server.pid is not None
    pids = processes_of(server.pid)
    held_open = psycopg.connect(server.url("scales"))
    server.stop()
    server.stop()
    held_open.close()
    assert len(pids) > 3
    assert running_among(pids) == set()
    assert not address.socket_folder.exists()
    with pytest.raises(ServerFault, match="not started"):
        server.url("scales")


def test_server_outlives_the_thread_that_asked_for_it(server: EmbeddedServer) -> None:
    server.stop()
    asking = threading.Thread(target=server.start)
    asking.start()
    asking.join()
    assert value_of(server.url("scales"), "SELECT 1") == 1
    assert server.pid is not None


def test_server_ends_when_its_launcher_is_killed(server: EmbeddedServer) -> None:
    server.stop()
    command = [sys.executable, "-c", LAUNCHER, str(server.data_dir)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as launcher:
        assert launcher.stdout is not None
        handle = os.pidfd_open(int(launcher.stdout.readline()))
        launcher.kill()
    server.start()  # also while the other one is still stopping
    await_end(handle)
    assert value_of(server.url("scales"), "SELECT 1") == 1


def test_lost_secret_is_replaced(server: EmbeddedServer) -> None:
    before = server.url("scales", "weigher")
    server.stop()
    server.data_dir.with_name("postgresql.secret").unlink()
    server.start()
    server.create_database("scales", "weigher")
    assert server.url("scales", "weigher") != before
    assert value_of(server.url("scales", "weigher"), "SELECT current_user") == "weigher"


def test_pid_file_that_names_another_program_is_cleared_away(tmp_path: Path) -> None:
    pid_file = tmp_path / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{tmp_path}\n")
    await_end_of_predecessor(tmp_path)
    assert not pid_file.exists()


@contextmanager
def stranger_called_postgres(folder: Path) -> Iterator[int]:
    """Yield the pid of a process whose command line is that of a server of ``folder``."""
    command = ["postgres", "-c", "echo; read line", "sh", "-D", str(folder)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, executable="/bin/sh", stdin=pipe, stdout=pipe) as stranger:
        assert stranger.stdout is not None
        stranger.stdout.readline()
        yield stranger.pid
        stranger.communicate(b"\n")


def test_server_that_somebody_else_started_is_named(tmp_path: Path) -> None:
    with stranger_called_postgres(tmp_path) as pid:
        (tmp_path / "postmaster.pid").write_text(f"{pid}\n{tmp_path}\n")
        with pytest.raises(ServerFault, match=f"kill -INT {pid}"):
            await_end_of_predecessor(tmp_path, polls_max=1)
    assert (tmp_path / "postmaster.pid").exists()


def test_pid_file_that_names_the_server_of_another_directory_is_cleared_away(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with stranger_called_postgres(tmp_path / "other") as pid:
        (tmp_path / "postmaster.pid").write_text(f"{pid}\n{tmp_path}\n")
        await_end_of_predecessor(tmp_path)
    assert not (tmp_path / "postmaster.pid").exists()


def test_data_directory_of_another_version_is_refused_with_the_remedy() -> None:
    with temporary_folder() as folder:
        data_dir = folder / "postgresql"
        data_dir.mkdir()
        (data_dir / "PG_VERSION").write_text("14\n")
        with pytest.raises(ServerFault, match=r"made by PostgreSQL 14.*pg_dumpall"):
            EmbeddedServer(data_dir).start()


def test_folder_with_something_else_in_it_is_refused() -> None:
    with temporary_folder() as folder:
        data_dir = folder / "photographs"
        data_dir.mkdir()
        (data_dir / "sea.jpg").touch()
        with pytest.raises(ServerFault, match="neither empty nor a PostgreSQL data directory"):
            EmbeddedServer(data_dir).start()
        assert [path.name for path in data_dir.iterdir()] == ["sea.jpg"]


def test_half_made_and_deeply_nested_data_directory_serves() -> None:
    told: list[str] = []
    with temporary_folder() as folder:
        data_dir = folder.joinpath(*["deep" * 20] * 4) / "postgresql"
        (data_dir.with_name("postgresql.making") / "base").mkdir(parents=True)
        server = EmbeddedServer(data_dir)
        try:
            address = server.start(told.append)
            socket_path = next(address.socket_folder.glob(".s.PGSQL.*[0-9]"))
            assert len(os.fsencode(data_dir)) > 2 * SOCKET_PATH_BYTES_MAX
            assert len(os.fsencode(socket_path)) <= SOCKET_PATH_BYTES_MAX
            assert stat.S_IMODE(address.socket_folder.stat().st_mode) == 0o700
            assert value_of(server.url("postgres"), "SELECT 1") == 1
        finally:
            server.stop()
        assert not data_dir.with_name("postgresql.making").exists()
    assert told == ["preparing the database for the first time", "starting the database"]


@as_root_only
def test_root_runs_the_server_under_an_unprivileged_account(server: EmbeddedServer) -> None:
    assert server.data_dir.stat().st_uid != 0
    assert Path(f"/proc/{server.pid}").stat().st_uid == server.data_dir.stat().st_uid
    assert default_data_home() == Path("/var/lib/tarazy")


@as_root_only
def test_programs_that_the_account_cannot_reach_are_copied_once(request: pytest.FixtureRequest) -> None:
    with temporary_folder() as folder:
        closed = folder / "closed"
        closed.mkdir(mode=0o700)
        wheel = wheel_installation()
        root = closed / "site-packages" / wheel.root.parent.name / wheel.root.name
        for part in ("bin", "lib", "share"):
            shutil.copytree(wheel.root / part, root / part)
        shutil.copytree(wheel.libraries, closed / "site-packages" / wheel.libraries.name)
        request.addfinalizer(partial(os.umask, os.umask(0o077)))  # what is made for the account is open to it even so
        for _ in range(2):
            with EmbeddedServer(folder / "home" / "postgresql", installation=Installation(root)) as server:
                assert (
                    os.fsencode(folder / "home" / "postgresql-18") in Path(f"/proc/{server.pid}/cmdline").read_bytes()
                )
                server.create_database("scales", "weigher")
                with psycopg.connect(server.url("scales", "weigher")) as connection:
                    connection.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
        assert len(list((folder / "home").glob("*postgresql-18*"))) == 1
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700


@as_root_only
def test_data_directory_that_the_account_cannot_reach_is_refused_with_the_remedy() -> None:
    with temporary_folder() as folder:
        (folder / "closed").mkdir(mode=0o700)
        with pytest.raises(ServerFault, match=f"cannot pass {folder}/closed .*below /var/lib/tarazy"):
            EmbeddedServer(folder / "closed" / "postgresql").start()
        assert list((folder / "closed").iterdir()) == []


@pytest.mark.parametrize(("memory_mb", "buffers"), [(512, 96), (1_600, 100), (8_192, 512), (65_536, 1_024)])
def test_pages_of_tables_get_a_modest_part_of_the_memory(memory_mb: int, buffers: int) -> None:
    assert buffers_mb(memory_mb) == buffers
