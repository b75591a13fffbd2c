"""Forms that people send: read strictly, and only from a page of this program.

A form carries the token that its page set as a cookie. Another site can make a browser send a form, but can neither
read nor set that cookie; what the browser itself says of the sender (Sec-Fetch-Site) must fit as well.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from litestar import Request
from litestar.datastructures import State

from tarazy.app.store import TextNotKept

TOKEN_COOKIE: Final = "form_token"  # noqa: S105 - the cookie's name
TOKEN_FIELD: Final = "form_token"  # noqa: S105 - the field's name
TOKEN_BYTES: Final = 24
FORM_BYTES_MAX: Final = 64 * 1024
FIELDS_MAX: Final = 200
OWN_PAGES: Final = frozenset({None, "same-origin", "none"})

PageRequest = Request[object, object, State]


class FormRefused(Exception):
    """A form that did not come from a page of this program."""


class FormTooLarge(Exception):
    """A form of more bytes or fields than are read."""


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a form, each with its values in order."""

    fields: Mapping[str, tuple[str, ...]]

    def text(self, name: str) -> str:
        """Return the first value of a field without spaces around it; empty where it was not sent."""
        return next(iter(self.fields.get(name, ())), "").strip()

    def all(self, name: str) -> tuple[str, ...]:
        """Return every value of a field."""
        return self.fields.get(name, ())

    def is_ticked(self, name: str) -> bool:
        """Say whether a box was ticked."""
        return bool(self.text(name))


def token_of(request: PageRequest) -> str | None:
    """Return the token that the browser keeps, None if it has none of ours."""
    token = request.cookies.get(TOKEN_COOKIE, "")
    return token if len(token) == 2 * TOKEN_BYTES and token.isalnum() else None


def new_token() -> str:
    """Return a token that nobody can guess."""
    return secrets.token_hex(TOKEN_BYTES)


def read_query(request: PageRequest) -> Form:
    """Read the fields of an address. They change nothing, so that no token is needed.

    Raises FormTooLarge and TextNotKept.
    """
    return _fields(request.url.query or "")


def read_form(request: PageRequest, body: bytes) -> Form:
    """Read a form that was sent from a page of this program.

    Raises FormRefused for any other, FormTooLarge, and TextNotKept.
    """
    if len(body) > FORM_BYTES_MAX:
        raise FormTooLarge(f"at most {FORM_BYTES_MAX} bytes are read")
    form = _fields(body.decode("utf-8", errors="replace"))
    token = token_of(request)
    if token is None or not secrets.compare_digest(token.encode(), form.text(TOKEN_FIELD).encode()):
        raise FormRefused("the form carries another token than the browser")
    if request.headers.get("sec-fetch-site") not in OWN_PAGES:
        raise FormRefused("the form was sent from another site")
    return form


def require_text(text: str) -> None:
    """Raise TextNotKept for a text with a NUL character: nobody types one, and no database keeps it."""
    if "\0" in text:
        raise TextNotKept("a text from outside holds a NUL character")


def _fields(text: str) -> Form:
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=FIELDS_MAX)
    except ValueError as fault:
        raise FormTooLarge(f"at most {FIELDS_MAX} fields are read") from fault
    fields: dict[str, tuple[str, ...]] = {}
    for name, value in pairs:
        require_text(name)
        require_text(value)
        fields[name] = (*fields.get(name, ()), value)
    return Form(fields)
