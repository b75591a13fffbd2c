"""The written form of a receipt: one JSON object, its fields, and a check of each part. `receipt` says what it means.

A Merkle proof and a signature fail only as a whole. So that a damaged receipt can say *which* part was damaged, it
carries ``checks``: eight hexadecimal digits of a hash of each part. They prove nothing, since a forger can write them
too. The check of the personal part is taken over its salt as well, and both vanish with it, so nothing that a receipt
keeps helps to guess an erased part.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from tarazy.log.refusal import Malformed

RECEIPT_FORMAT = "tarazy.receipt/v1"
RECEIPT_CHARACTERS_MAX = 1024 * 1024
CHECK_DIGITS = 8
_SHOWN_MAX = 80
_HEAD = ("checkpoint.origin", "checkpoint.size", "checkpoint.root", "checkpoint blank line")
"""The first lines of a signed checkpoint; below them stand the signatures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """The fields of the JSON text, each of its kind and none of them understood yet.

    ``personal`` is the salt and the content of the personal part. ``checks`` are as read; writing makes them anew.
    """

    leaf_type: str
    at: str
    participant_id: str
    norm_ids: list[str]
    personal_commitment: str
    index: int
    proof: list[str]
    checkpoint: str
    personal: tuple[str, str] | None
    checks: dict[str, str]

    def parts(self) -> dict[str, str]:
        """Return the text of each part by its name, in the order in which a reader meets them."""
        parts = {
            "leaf.type": self.leaf_type,
            "leaf.at": self.at,
            "leaf.participant_id": self.participant_id,
            "leaf.norm_ids": json.dumps(self.norm_ids),
            "leaf.personal_commitment": self.personal_commitment,
            "index": str(self.index),
        }
        parts |= {f"proof element {number}": element for number, element in enumerate(self.proof, start=1)}
        parts |= dict(_checkpoint_parts(self.checkpoint))
        if self.personal is not None:
            salt, content = self.personal
            parts |= {"personal.salt": salt, "personal.content": f"{salt} {content}"}
        return parts

    def written(self) -> str:
        """Return the JSON text, with the checks of its parts."""
        leaf = {
            "type": self.leaf_type,
            "at": self.at,
            "participant_id": self.participant_id,
            "norm_ids": self.norm_ids,
            "personal_commitment": self.personal_commitment,
        }
        personal = None if self.personal is None else dict(zip(("salt", "content"), self.personal, strict=True))
        fields = {
            "format": RECEIPT_FORMAT,
            "leaf": leaf,
            "index": self.index,
            "proof": self.proof,
            "checkpoint": self.checkpoint,
            "personal": personal,
            "checks": {name: _check(name, part) for name, part in self.parts().items()},
        }
        return json.dumps(fields, ensure_ascii=False, indent=1) + "\n"

    def damaged(self) -> list[str]:
        """Return the names of the parts whose checks do not agree, in order."""
        return [name for name, part in self.parts().items() if self.checks.get(name) != _check(name, part)]


class _Fields:
    """One JSON object with exactly the expected fields; each is taken out by its kind."""

    def __init__(self, value: object, place: str, names: Iterable[str]) -> None:
        self._place = f"{place}." if place else ""
        if not isinstance(value, dict):
            raise Malformed(place or "receipt", "expected an object")
        self._values = value
        for name in names:
            if name not in value:
                raise Malformed(f"{self._place}{name}", "is missing")
        for name in value.keys() - set(names):
            raise Malformed(f"{self._place}{_shown(name)}", "is not a field of a receipt")

    def value(self, name: str) -> object:
        return self._values[name]

    def text(self, name: str) -> str:
        value = self._values[name]
        if not isinstance(value, str):
            raise Malformed(f"{self._place}{name}", "expected a text")
        return value

    def whole(self, name: str) -> int:
        value = self._values[name]
        if not isinstance(value, int) or isinstance(value, bool):
            raise Malformed(f"{self._place}{name}", "expected a whole number")
        return value

    def texts(self, name: str) -> list[str]:
        value = self._values[name]
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise Malformed(f"{self._place}{name}", "expected a list of texts")
        return list(value)


def read_document(text: str) -> Document:
    """Read the JSON text of a receipt. Raises `Malformed` naming the field, or the line and column."""
    if len(text) > RECEIPT_CHARACTERS_MAX:
        raise Malformed("receipt", f"longer than {RECEIPT_CHARACTERS_MAX} characters")
    try:
        value = json.loads(text, object_pairs_hook=_without_repeats, parse_constant=_refuse_constant)
    except Malformed:
        raise
    except json.JSONDecodeError as fault:
        raise Malformed(f"line {fault.lineno}, column {fault.colno}", f"not JSON: {fault.msg}") from fault
    except (ValueError, RecursionError) as fault:  # a number of thousands of digits, a pit of brackets
        raise Malformed("receipt", "not JSON that anybody would write") from fault
    fields = _Fields(value, "", ("format", "leaf", "index", "proof", "checkpoint", "personal", "checks"))
    if fields.text("format") != RECEIPT_FORMAT:
        raise Malformed("format", f"expected {RECEIPT_FORMAT}")
    leaf = _Fields(fields.value("leaf"), "leaf", ("type", "at", "participant_id", "norm_ids", "personal_commitment"))
    personal = None
    if fields.value("personal") is not None:
        part = _Fields(fields.value("personal"), "personal", ("salt", "content"))
        personal = (part.text("salt"), part.text("content"))
    return Document(
        leaf_type=leaf.text("type"),
        at=leaf.text("at"),
        participant_id=leaf.text("participant_id"),
        norm_ids=leaf.texts("norm_ids"),
        personal_commitment=leaf.text("personal_commitment"),
        index=fields.whole("index"),
        proof=fields.texts("proof"),
        checkpoint=fields.text("checkpoint"),
        personal=personal,
        checks=_read_checks(fields.value("checks")),
    )


def _read_checks(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        raise Malformed("checks", "expected an object")
    for name, check in value.items():
        if not isinstance(check, str):
            raise Malformed(f"checks.{_shown(name)}", "expected a text")
    return dict(value)


def _checkpoint_parts(checkpoint: str) -> Iterable[tuple[str, str]]:
    """Return the lines of the checkpoint, named as people would: three of the head, a blank one, the signatures."""
    for number, line in enumerate(checkpoint.removesuffix("\n").split("\n")):
        yield _HEAD[number] if number < len(_HEAD) else f"checkpoint signature {number - len(_HEAD) + 1}", line


def _check(name: str, part: str) -> str:
    return sha256(f"tarazy.receipt.check {name}\n{part}".encode("utf-8", "surrogatepass")).hexdigest()[:CHECK_DIGITS]


def _without_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise Malformed("receipt", "a field appears twice")
    return fields


def _refuse_constant(name: str) -> object:
    raise Malformed("receipt", f"{name} is not JSON")


def _shown(name: str) -> str:
    """Return a stranger's field name so that it can be printed: what it may do to a terminal is its own affair."""
    return name if name.isprintable() and len(name) <= _SHOWN_MAX else ascii(name[:_SHOWN_MAX])
