"""The lists of ``docs/protocol.md``, made from the code: every kind of message with its fields, every 'no'."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final, get_args

import msgspec

from tarazy.agent.handlers import AGENT_HANDLERS
from tarazy.app.exchange import EXCHANGE_HANDLERS
from tarazy.domain.rejection import Rejection
from tarazy.protocol.bodies import AnyBody
from tarazy.protocol.message import Batch, BatchResult, Envelope, Refusal, Result, kind_of_type
from tarazy.protocol.statement import Act, Statement

GUIDE: Final = Path(__file__).parents[3] / "docs" / "protocol.md"
BEGIN: Final = "<!-- from the code: {name} -->"
END: Final = "<!-- end -->"
BODIES: Final[tuple[type, ...]] = get_args(AnyBody)
ENVELOPE: Final = (Batch, Envelope, Result, BatchResult)


def lists() -> dict[str, str]:
    """Return every list of the guide by its name."""
    inner = _inner(BODIES)
    return {
        "envelope": _structs(ENVELOPE),
        "statement": _fields(Statement) + "\nActs: " + _codes(Act) + ".\n",
        "to the exchange": _bodies(EXCHANGE_HANDLERS),
        "to an agent": _bodies(AGENT_HANDLERS),
        "parts": _structs(inner),
        "refusals": _codes(Refusal) + ".\n",
        "rejections": _codes(Rejection) + ".\n",
    }


def written(text: str) -> str:
    """Return the guide with its lists as the code has them now."""
    for name, made in lists().items():
        begin = BEGIN.format(name=name)
        head, mark, rest = text.partition(f"{begin}\n")
        assert mark, f"the guide has no place for {name!r}"
        _, mark, tail = rest.partition(END)
        assert mark, f"the list {name!r} has no end"
        text = f"{head}{begin}\n\n{made}\n{END}{tail}"
    return text


def _bodies(handlers: Iterable[str]) -> str:
    of_kind = {kind_of_type(body): body for body in BODIES}
    return "\n".join(f"### `{kind}`\n\n{_doc(of_kind[kind])}\n\n{_fields(of_kind[kind])}" for kind in handlers)


def _structs(structs: Iterable[type]) -> str:
    return "\n".join(f"### {struct.__name__}\n\n{_doc(struct)}\n\n{_fields(struct)}" for struct in structs)


def _doc(struct: type) -> str:
    lines = (struct.__doc__ or "").replace("``", "`").splitlines()
    return "\n".join(line.strip() for line in lines).strip()


def _fields(struct: type) -> str:
    info = msgspec.inspect.type_info(struct)
    assert isinstance(info, msgspec.inspect.StructType)
    rows = [
        f"| `{one.encode_name}` | {_form(one.type)}{'' if one.required else ', may be left out'} |"
        for one in info.fields
    ]
    return "\n".join(["| field | form |", "|---|---|", *rows]) + "\n"


def _inner(structs: Iterable[type]) -> list[type]:
    """Return the types that stand inside others, each once, in the order in which they are met."""
    met: dict[type, None] = {}
    for struct in structs:
        info = msgspec.inspect.type_info(struct)
        assert isinstance(info, msgspec.inspect.StructType)
        for one in info.fields:
            for found in _structs_in(one.type):
                met.setdefault(found, None)
                met.update(dict.fromkeys(_inner([found])))
    return list(met)


def _structs_in(info: msgspec.inspect.Type) -> list[type]:
    match info:
        case msgspec.inspect.StructType():
            return [info.cls]
        case msgspec.inspect.UnionType():
            return [found for part in info.types for found in _structs_in(part)]
        case msgspec.inspect.VarTupleType():
            return _structs_in(info.item_type)
        case _:
            return []


def _form(info: msgspec.inspect.Type) -> str:
    """Return what a field is on the wire, with its limits."""
    match info:
        case msgspec.inspect.Metadata():
            return _form(info.type)
        case msgspec.inspect.UnionType():
            return _union(info)
        case msgspec.inspect.VarTupleType():
            return f"list of {_form(info.item_type)}{_length(info.min_length, info.max_length, 'items')}"
        case msgspec.inspect.TupleType():
            return f"list of {len(info.item_types)}: {', '.join(_form(part) for part in info.item_types)}"
        case msgspec.inspect.StrType():
            pattern = f", `{info.pattern}`" if info.pattern else ""
            return f"text{_length(info.min_length, info.max_length, 'characters')}{pattern}"
        case msgspec.inspect.IntType():
            low = info.ge if info.ge is not None else (None if info.gt is None else info.gt + 1)
            return "whole number" + (f" from {low}" if low is not None else "") + (f" to {info.le}" if info.le else "")
        case msgspec.inspect.StructType():
            return f"{info.cls.__name__}"
        case msgspec.inspect.EnumType():
            return f"a code ({info.cls.__name__})"
        case msgspec.inspect.CustomType():
            return "time"
        case msgspec.inspect.NoneType():
            return "null"
        case _:
            return {"BoolType": "true or false", "DateType": "day"}[type(info).__name__]


def _union(info: msgspec.inspect.UnionType) -> str:
    if all(isinstance(part, msgspec.inspect.StructType) and part.tag for part in info.types):
        return "one of the bodies below"
    return " or ".join(_form(part) for part in info.types)


def _length(least: int | None, most: int | None, unit: str) -> str:
    if least and most:
        return f", {least} to {most} {unit}"
    return f", at most {most} {unit}" if most else ""


def _codes(codes: Iterable[str]) -> str:
    return ", ".join(f"`{code}`" for code in codes)
