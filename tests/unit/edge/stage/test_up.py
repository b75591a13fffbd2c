"""What `tarazy up` refuses before it starts anything: one line, exit status 2, nothing touched."""

import socket
from pathlib import Path

import pytest

from tests.unit.cli.command import is_refused, tarazy


def refused(*arguments: str) -> str:
    ran = tarazy("up", *arguments)
    assert is_refused(ran)
    return ran.err


def test_law_is_refused_since_a_demonstration_moves_the_clock(tmp_path: Path) -> None:
    assert "kz is law" in refused("--pack", "kz", "--home", str(tmp_path / "home"))
    assert not (tmp_path / "home").exists()


def test_unknown_pack_is_refused() -> None:
    assert "no pack 'zz'" in refused("--pack", "zz")


def test_port_that_is_taken_is_refused_before_anything_starts(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert f"somebody listens on {port}" in refused("--port", str(port), "--home", str(tmp_path / "home"))
    assert not (tmp_path / "home").exists()


def test_fresh_never_empties_a_folder_that_is_not_a_home(tmp_path: Path) -> None:
    (tmp_path / "letters.txt").write_text("dear")
    assert "not a home" in refused("--fresh", "--headless", "--home", str(tmp_path))
    assert (tmp_path / "letters.txt").exists()


def test_fresh_leaves_databases_of_somebody_elses_server_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TARAZY_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    assert "drop them there" in refused("--fresh", "--headless", "--home", str(tmp_path))
