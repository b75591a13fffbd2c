"""Migrations: in order, once, each whole or not at all, never changed afterwards."""

import threading
from pathlib import Path

import psycopg
import pytest

from tarazy.adapters.postgres.migrations import Migration, MigrationFault, apply, migrations_in

FIRST = Migration(1, "first", "CREATE TABLE scales (pan text); INSERT INTO scales VALUES ('left');")
SECOND = Migration(2, "second", "INSERT INTO scales VALUES ('right'); -- 100 % and {braces} are text")


def column(url: str, statement: str) -> list[object]:
    with psycopg.connect(url) as connection:
        return [row[0] for row in connection.execute(statement.encode())]


def write(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).write_text("SELECT 1;")
    return folder


def test_files_are_read_in_order_of_their_numbers(tmp_path: Path) -> None:
    found = migrations_in(write(tmp_path, "0002_second.sql", "0001_first.sql"))
    assert [migration.name for migration in found] == ["0001_first.sql", "0002_second.sql"]


@pytest.mark.parametrize(
    ("names", "fault"),
    [
        (["0001_a.sql", "0003_c.sql"], "0003_c.sql: number 0002 is missing"),
        (["0002_b.sql"], "0002_b.sql: number 0001 is missing"),
        (["0001_a.sql", "0001_b.sql"], "0001_b.sql: the number 0001 is used twice"),
        (["0001_a.sql", "notes.txt"], "notes.txt: expected a name like"),
        (["1_a.sql"], "1_a.sql: expected a name like"),
    ],
)
def test_folder_out_of_order_is_refused(tmp_path: Path, names: list[str], fault: str) -> None:
    with pytest.raises(MigrationFault, match=fault):
        migrations_in(write(tmp_path, *names))


def test_folder_that_is_missing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MigrationFault, match="is not a folder"):
        migrations_in(tmp_path / "elsewhere")


@pytest.mark.postgres_versions
def test_each_migration_is_applied_once_and_remembered(database_url: str) -> None:
    assert apply(database_url, [FIRST]) == ["0001_first.sql"]
    assert apply(database_url, [FIRST, SECOND]) == ["0002_second.sql"]
    assert apply(database_url, [FIRST, SECOND]) == []
    assert column(database_url, "SELECT pan FROM scales ORDER BY pan") == ["left", "right"]
    assert column(database_url, "SELECT sha256 FROM schema_migrations ORDER BY number") == [FIRST.sha256, SECOND.sha256]
    assert column(database_url, "SELECT count(applied_at) FROM schema_migrations") == [2]


def test_migration_that_fails_leaves_nothing_and_those_before_it_stay(database_url: str) -> None:
    failing = Migration(2, "failing", "INSERT INTO scales VALUES ('lost');\n\nINSERT INTO nowhere VALUES (1);")
    with pytest.raises(MigrationFault, match=r"0002_failing.sql, line 3: relation \"nowhere\" does not exist"):
        apply(database_url, [FIRST, failing])
    assert column(database_url, "SELECT pan FROM scales") == ["left"]
    assert apply(database_url, [FIRST, SECOND]) == ["0002_second.sql"]


def test_migration_changed_after_it_was_applied_is_refused(database_url: str) -> None:
    apply(database_url, [FIRST])
    with pytest.raises(MigrationFault, match=r"0001_first\.sql is not what was applied as 0001"):
        apply(database_url, [FIRST._replace(text=FIRST.text + " "), SECOND])
    assert column(database_url, "SELECT pan FROM scales") == ["left"]


def test_database_of_a_newer_version_is_refused(database_url: str) -> None:
    apply(database_url, [FIRST, SECOND])
    with pytest.raises(MigrationFault, match=r"0002 \(second\), which this program does not know"):
        apply(database_url, [FIRST])


def test_database_that_lacks_a_number_is_refused(database_url: str) -> None:
    apply(database_url, [FIRST, SECOND])
    with psycopg.connect(database_url) as connection:
        connection.execute("DELETE FROM schema_migrations WHERE number = 1")
    with pytest.raises(MigrationFault, match=r"has migration 0002 \(second\) but not 0001"):
        apply(database_url, [FIRST, SECOND])


@pytest.mark.parametrize("end", ["COMMIT", "ROLLBACK"])
def test_migration_may_not_end_its_transaction(database_url: str, end: str) -> None:
    with pytest.raises(MigrationFault, match="must not end its transaction"):
        apply(database_url, [FIRST._replace(text=f"{FIRST.text}{end};")])
    assert column(database_url, "SELECT count(*) FROM pg_tables WHERE tablename = 'schema_migrations'") == [1]


def test_programs_that_start_together_apply_each_migration_once(database_url: str) -> None:
    applied: list[str] = []
    threads = [threading.Thread(target=lambda: applied.extend(apply(database_url, [FIRST, SECOND]))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(applied) == ["0001_first.sql", "0002_second.sql"]
    assert column(database_url, "SELECT pan FROM scales ORDER BY pan") == ["left", "right"]
