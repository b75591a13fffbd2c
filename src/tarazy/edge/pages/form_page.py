"""A page with a form: opened; and, where the form is not carried out, shown again with what was typed and why.

Whoever carries a form out says where the reader goes on, or why not. The page itself is written once for both.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.status_codes import HTTP_200_OK, HTTP_422_UNPROCESSABLE_ENTITY

from tarazy.domain.rejection import Rejection
from tarazy.edge.pages.forms import Form, PageRequest, read_form, read_query


class Unread(NamedTuple):
    """Something in a form that cannot be read or is missing; ``code`` is the text that says what."""

    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What came with the request for a page, and what came of it.

    ``form`` is what was sent; where the page is only opened, what its address says.
    """

    form: Form
    rejection: Rejection | None = None
    unread: Unread | None = None
    status: int = HTTP_200_OK

    @property
    def is_refused(self) -> bool:
        """Whether a form was sent and not carried out."""
        return self.rejection is not None or self.unread is not None

    def typed(self, name: str) -> str:
        """Return what was typed into a field; an address types nothing for anybody."""
        return self.form.text(name) if self.is_refused else ""


Show = Callable[[PageRequest, str, Tried], Response[str]]
"""Answers with the page about what its address names."""
Send = Callable[[PageRequest, str, Form], Response[str] | Rejection | Unread]
"""Carries out what was entered about what the address names; a lawful 'no', or what is unread, changes nothing."""


def form_page(
    path: str, show: Show, send: Send, *, status_of: Callable[[Rejection], int], sent_to: str = ""
) -> list[HTTPRouteHandler]:
    """Return the endpoints of a page at ``path``, which names ``subject``; its form is sent to ``path + sent_to``."""

    @get(path, sync_to_thread=True)
    def opened(request: PageRequest, subject: str) -> Response[str]:
        """Show the page."""
        return show(request, subject, Tried(form=read_query(request)))

    @post(path + sent_to, sync_to_thread=True)
    def sent(request: PageRequest, subject: str, body: bytes) -> Response[str]:
        """Carry the form out, or show the page again."""
        form = read_form(request, body)
        outcome = send(request, subject, form)
        if isinstance(outcome, Rejection):
            return show(request, subject, Tried(form=form, rejection=outcome, status=status_of(outcome)))
        if isinstance(outcome, Unread):
            return show(request, subject, Tried(form=form, unread=outcome, status=HTTP_422_UNPROCESSABLE_ENTITY))
        return outcome

    return [opened, sent]
