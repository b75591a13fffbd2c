"""Reads the packs that are shipped with the package."""

from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

import yaml

from tarazy.law.ground import Pack
from tarazy.law.node import PackFault
from tarazy.law.overlay import OVERLAY_FILE
from tarazy.law.parse import parse_pack


def pack_ids() -> tuple[str, ...]:
    """Return the ids of the packs that are shipped, sorted."""
    return tuple(sorted(folder.name for folder in _packs().iterdir() if folder.is_dir() and _is_pack(folder)))


@cache
def load_pack(pack_id: str) -> Pack:
    """Return a pack, read once. Raises `PackFault` for an id that is not shipped and for a pack that is at fault."""
    return parse_pack(pack_files(pack_id))


def pack_to_act_under(pack_id: str) -> Pack:
    """Return a pack under which a program may take measures. Raises `PackFault` for one to be read or tested only."""
    pack = load_pack(pack_id)
    if not pack.data.kind.may_drive:
        raise PackFault(f"{pack_id}: for {pack.data.kind}; no measure can be taken under it: choose kz or kz-demo")
    return pack


def pack_files(pack_id: str) -> dict[str, str]:
    """Return a pack's files as texts; for an overlay the files of its base, and the overlay beside them."""
    if pack_id not in pack_ids():
        raise PackFault(f"unknown pack {pack_id!r} (known: {', '.join(pack_ids())})")
    folder = _packs() / pack_id
    overlay = folder / OVERLAY_FILE
    if not overlay.is_file():
        return _texts(folder)
    text = overlay.read_text(encoding="utf-8")
    return {**pack_files(_base_of(pack_id, text)), OVERLAY_FILE: text}


def load_folder(folder: Path) -> Pack:
    """Return the pack in a folder of one's own; an overlay's base is one that is shipped. Raises `PackFault`."""
    if not _is_pack(folder):
        raise PackFault(f"{folder}: expected a folder with pack.yaml or {OVERLAY_FILE}")
    overlay = folder / OVERLAY_FILE
    if not overlay.is_file():
        return parse_pack(_texts(folder))
    text = overlay.read_text(encoding="utf-8")
    return parse_pack({**pack_files(_base_of(str(folder), text)), OVERLAY_FILE: text})


def _base_of(pack_id: str, overlay: str) -> str:
    plain = yaml.safe_load(overlay)
    base = plain.get("base") if isinstance(plain, dict) else None
    if not isinstance(base, str) or base == pack_id:
        raise PackFault(f"{pack_id}/{OVERLAY_FILE}: base: expected the id of another pack")
    return base


def _texts(folder: Traversable, prefix: str = "") -> dict[str, str]:
    texts: dict[str, str] = {}
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if entry.is_dir():
            texts |= _texts(entry, f"{prefix}{entry.name}/")
        elif entry.name.endswith(".yaml"):
            texts[f"{prefix}{entry.name}"] = entry.read_text(encoding="utf-8")
    return texts


def _is_pack(folder: Traversable) -> bool:
    return (folder / "pack.yaml").is_file() or (folder / OVERLAY_FILE).is_file()


def _packs() -> Traversable:
    return resources.files("tarazy.law") / "packs"
