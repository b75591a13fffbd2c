"""A browser as far as the story needs one: keeps a program's cookies, reads its forms' token, sends forms."""

from typing import Final
from urllib.parse import urlencode

import urllib3

from tarazy.edge.pages.forms import TOKEN_COOKIE, TOKEN_FIELD

HTTP_OK: Final = 200
HTTP_SEE_OTHER: Final = 303
ANSWER_SECONDS_MAX: Final = 20.0
FORM_TYPE: Final = "application/x-www-form-urlencoded"


class PageRefused(Exception):
    """A page or a form was not answered as a page of the program answers when all is well."""


class Visitor:
    """One person at one program's pages."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._pool = urllib3.PoolManager(retries=False, timeout=ANSWER_SECONDS_MAX)
        self._cookies: dict[str, str] = {}

    def get(self, path: str) -> str:
        """Return a page. Raises PageRefused."""
        answer = self._ask("GET", path, None)
        if answer.status != HTTP_OK:
            raise PageRefused(f"GET {path}: status {answer.status}")
        return answer.data.decode()

    def send(self, path: str, fields: list[tuple[str, str]]) -> str:
        """Send a form, and return where the program leads afterwards. Raises PageRefused where it leads nowhere."""
        if TOKEN_COOKIE not in self._cookies:
            raise PageRefused(f"POST {path}: no page of the program was opened before")
        body = urlencode([*fields, (TOKEN_FIELD, self._cookies[TOKEN_COOKIE])])
        answer = self._ask("POST", path, body)
        if answer.status != HTTP_SEE_OTHER:
            raise PageRefused(f"POST {path}: status {answer.status}")
        return answer.headers.get("location", "")

    def fill(self, path: str, fields: list[tuple[str, str]]) -> str:
        """Send a form that is answered with a page, and return the page. Raises PageRefused."""
        if TOKEN_COOKIE not in self._cookies:
            raise PageRefused(f"POST {path}: no page of the program was opened before")
        answer = self._ask("POST", path, urlencode([*fields, (TOKEN_FIELD, self._cookies[TOKEN_COOKIE])]))
        if answer.status != HTTP_OK:
            raise PageRefused(f"POST {path}: status {answer.status}")
        return answer.data.decode()

    def _ask(self, method: str, path: str, body: str | None) -> urllib3.BaseHTTPResponse:
        headers = {"Accept-Language": "kk"}
        if self._cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        if body is not None:
            headers["Content-Type"] = FORM_TYPE
        try:
            answer = self._pool.request(method, f"{self._url}{path}", body=body, headers=headers, redirect=False)
        except urllib3.exceptions.HTTPError as fault:
            raise PageRefused(f"{method} {path}: {type(fault).__name__}") from fault
        for cookie in answer.headers.getlist("set-cookie"):
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name.strip()] = value.strip()
        return answer
