"""Strict reading of a pack's YAML: every fault names the file, the path inside it, and what was expected."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, TypeVar

import yaml

from tarazy.law.calendar import Window

Chosen = TypeVar("Chosen", bound=StrEnum)

Plain = None | bool | int | float | str | date | Sequence["Plain"] | Mapping[str, "Plain"]
"""What YAML can say, before it is given a meaning."""

SPANS: Final = "a span such as '48 h', '10 x 24 h', '30 days', '5 working days', '12 months' or '2 years'"

NONE: Final = "none"
"""How a pack says that something does not apply, in contrast to a value that is missing."""


class PackFault(ValueError):
    """A pack that cannot be used: it breaks the schema, contradicts itself, or leaves a gap."""


class _StrictLoader(yaml.SafeLoader):
    """YAML without doubled keys: of two values for one field none may win silently."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[object, object]:  # noqa: FBT001, FBT002 -- the library's own signature
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.MarkedYAMLError(problem=f"the key {key!r} stands twice", problem_mark=node.start_mark)
        return super().construct_mapping(node, deep=deep)


def load(file: str, text: str) -> "Node":
    """Parse one YAML file. Raises `PackFault` where it is no YAML or says a key twice."""
    try:
        return Node(file, "", yaml.load(text, Loader=_StrictLoader))  # noqa: S506 -- the loader is a SafeLoader
    except yaml.YAMLError as error:
        raise PackFault(f"{file}: expected YAML: {' '.join(str(error).split())}") from error


@dataclass(frozen=True, slots=True)
class Node:
    """A place in a pack: the file, the path, and the plain value that stands there."""

    file: str
    path: str
    value: Plain

    def fault(self, expected: str) -> PackFault:
        """Return the fault that something else stands here than ``expected``."""
        return PackFault(f"{self._place()}: expected {expected}, found {_shown(self.value)}")

    def _place(self) -> str:
        return f"{self.file}: {self.path}" if self.path else self.file

    def fields(self, required: Sequence[str], optional: Sequence[str] = ()) -> None:
        """Insist on a mapping with all of ``required``, some of ``optional`` and nothing else."""
        keys = self._mapping().keys()
        missing = [key for key in required if key not in keys]
        unknown = [str(key) for key in keys if key not in required and key not in optional]
        if missing:
            named = ", ".join(repr(key) for key in missing)
            raise PackFault(f"{self._place()}: expected the field{'s' if len(missing) > 1 else ''} {named}")
        if unknown:
            known = ", ".join([*required, *optional])
            raise PackFault(f"{self._place()}: unknown field {unknown[0]!r} (known: {known})")

    def get(self, key: str) -> "Node":
        """Return the field ``key``; its value is None where it is missing."""
        return Node(self.file, f"{self.path}.{key}" if self.path else key, self._mapping().get(key))

    def has(self, key: str) -> bool:
        """Tell whether there is a field ``key`` with a value."""
        return self._mapping().get(key) is not None

    def items(self) -> Iterator["Node"]:
        """Iterate over a list."""
        if not isinstance(self.value, list):
            raise self.fault("a list")
        return iter([Node(self.file, f"{self.path}[{i}]", value) for i, value in enumerate(self.value)])

    def text(self) -> str:
        """Read a text that is not empty."""
        if not isinstance(self.value, str) or not self.value.strip():
            raise self.fault("a text")
        return self.value

    def text_or_none(self) -> str | None:
        """Read a text, or nothing."""
        return None if self.value is None else self.text()

    def texts(self) -> tuple[str, ...]:
        """Read a list of texts; a missing list is an empty one."""
        return () if self.value is None else tuple(item.text() for item in self.items())

    def integer(self, low: int = 0) -> int:
        """Read a whole number of at least ``low``."""
        if not isinstance(self.value, int) or isinstance(self.value, bool) or self.value < low:
            raise self.fault(f"a whole number from {low}")
        return self.value

    def integer_or_none(self) -> int | None:
        """Read a whole number, or nothing."""
        return None if self.value is None else self.integer()

    def yes(self) -> bool:
        """Read yes or no."""
        if not isinstance(self.value, bool):
            raise self.fault("yes or no")
        return self.value

    def day(self) -> date:
        """Read a date."""
        if type(self.value) is not date:
            raise self.fault("a date such as 2026-07-01")
        return self.value

    def day_or_none(self) -> date | None:
        """Read a date, or nothing."""
        return None if self.value is None else self.day()

    def member(self, kind: type[Chosen]) -> Chosen:
        """Read one member of a closed list."""
        if isinstance(self.value, str) and self.value in kind.__members__:
            return kind[self.value]
        raise self.fault(f"one of {', '.join(kind.__members__)}")

    def members(self, kind: type[Chosen]) -> tuple[Chosen, ...]:
        """Read a list of members of a closed list."""
        return tuple(item.member(kind) for item in self.items())

    def window(self) -> Window:
        """Read a span of time."""
        try:
            return Window.parse(self.text())
        except ValueError as error:
            raise self.fault(SPANS) from error

    def window_or_none(self) -> Window | None:
        """Read a span of time, or nothing."""
        return None if self.value is None else self.window()

    def fixed_window_or_none(self) -> Window | None:
        """Read a span in hours or times 24 hours, or nothing: one whose length needs no calendar."""
        window = self.window_or_none()
        if window is not None and window.fixed is None:
            raise self.fault("a span in hours or times 24 hours")
        return window

    def _mapping(self) -> Mapping[str, Plain]:
        if not isinstance(self.value, dict):
            raise self.fault("a mapping")
        return self.value


def _shown(value: Plain) -> str:
    if value is None:
        return "nothing"
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."  # noqa: PLR2004 -- as much as fits a line
