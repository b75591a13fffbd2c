"""The guide for developers names folders, files and commands that exist, and leaves out no part of the package."""

import re
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[3]
GUIDE: Final = (ROOT / "docs" / "developer.md").read_text(encoding="utf-8")
PATH: Final = re.compile(r"`((?:src|tests|bench|docs)(?:/[\w./-]+)?)`")


def test_every_path_exists() -> None:
    paths = PATH.findall(GUIDE)
    assert paths
    for path in paths:
        assert (ROOT / path).exists(), path


def test_every_folder_is_explained() -> None:
    paths = set(PATH.findall(GUIDE))
    for parent in ("src/tarazy", "tests"):
        for folder in (ROOT / parent).iterdir():
            if folder.is_dir() and not folder.name.startswith("_"):
                assert f"{parent}/{folder.name}" in paths, folder.name


def test_every_target_of_make_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"^    make (\w+)", GUIDE, re.MULTILINE):
        assert f"\n{target}:" in makefile, target
