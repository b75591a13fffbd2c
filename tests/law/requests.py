"""The lawful requests of the tables, for tests that change them."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from tarazy.law.assessment import Request
from tarazy.law.node import Node
from tarazy.law.request_file import parse_request
from tarazy.values.instant import Instant

NOW = Instant.parse("2026-11-22T10:00:00+05:00")
_PLAIN = yaml.safe_load((Path(__file__).parent / "tables" / "requests.yaml").read_text(encoding="utf-8"))
LAWFUL = {name: parse_request(Node("requests.yaml", name, plain)) for name, plain in _PLAIN.items()}
KZ_LAWFUL = {name: request for name, request in LAWFUL.items() if not name.startswith("xx_")}


def lawful(name: str, **changes: Any) -> Request:
    return replace(LAWFUL[name], **changes)
