"""What every message's body has in common: its form, and the figures and texts that it may carry."""

from typing import Annotated

import msgspec

from tarazy.protocol.wire import to_json
from tarazy.values.money import MINOR_MAX

Amount = Annotated[int, msgspec.Meta(gt=0, le=MINOR_MAX)]
Offset = Annotated[int, msgspec.Meta(ge=0, le=MINOR_MAX)]
Currency = Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$")]
ShortText = Annotated[str, msgspec.Meta(max_length=120)]


class Body(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"):
    """The common form: frozen, named fields, and an unknown field is a fault."""


def listed(values: tuple[str, ...]) -> str:
    """Return a list as one text, so that no two lists read alike."""
    return to_json(values).decode()
