"""Forms that no page of ours sends: too large, of too many fields, and with characters that no text has."""

import asyncio
import tracemalloc
from functools import cache
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tarazy.adapters.catalogue import load_catalogue
from tarazy.edge.pages.forms import FIELDS_MAX, FORM_BYTES_MAX, TOKEN_COOKIE
from tarazy.edge.pages.security import CONTENT_POLICY
from tarazy.texts.catalogue import Language
from tests.story import StoreFor
from tests.story_people import OFFICER
from tests.story_reading import everything_but_refusals
from tests.unit.edge.console.world import world_of
from tests.unit.edge.desk.bank_story import OWN_REASONS, BankStory

KIBIBYTE = 1024
MEBIBYTE = 1024 * KIBIBYTE
SIZES = (70 * KIBIBYTE, 11 * MEBIBYTE, 100 * MEBIBYTE)
TOKEN = "0" * 48


@cache
def bank() -> Litestar:
    return BankStory().opened().app("bank-a")


@cache
def exchange() -> Litestar:
    return world_of().app()


FORMS = [
    (bank, "/desk/sign-in"),
    (bank, "/desk/payments/t1/report"),
    (bank, "/app/sign-in"),
    (bank, "/app/pay/card"),
    (exchange, "/console/role"),
    (exchange, "/console/cases/case_1/joins"),
]


class Sent:
    """One form sent to an application, whose bytes are made as they are asked for."""

    def __init__(self, app: Litestar, path: str, size: int, language: str, *, is_announced: bool) -> None:
        self._app = app
        self._size = size
        self._headers = {
            "content-type": "application/x-www-form-urlencoded",
            "accept-language": language,
            "cookie": f"{TOKEN_COOKIE}={TOKEN}; officer={OFFICER}; account=aigul",
            **({"content-length": str(size)} if is_announced else {}),
        }
        self._path = path
        self.handed_over = 0
        self.status = 0
        self.headers: dict[str, str] = {}
        self.text = ""
        tracemalloc.start()
        try:
            asyncio.run(self._run())
            self.peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    async def _run(self) -> None:
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "POST",
            "scheme": "http",
            "path": self._path,
            "raw_path": self._path.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": [(name.encode(), value.encode()) for name, value in self._headers.items()],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 2),
        }
        await self._app(scope, self._receive, self._send)  # type: ignore[arg-type]

    async def _receive(self) -> dict[str, Any]:
        chunk = b"a" * min(64 * KIBIBYTE, self._size - self.handed_over)
        self.handed_over += len(chunk)
        return {"type": "http.request", "body": chunk, "more_body": self.handed_over < self._size}

    async def _send(self, event: Any) -> None:
        self.status = event.get("status", self.status)
        self.headers |= {name.decode(): value.decode() for name, value in event.get("headers", ())}
        self.text += event.get("body", b"").decode()


def check_too_large(status: int, headers: Any, text: str, language: Language) -> None:
    """Examine that this is a page in the reader's language that says what was the limit and what to do."""
    values = {"kilobytes": FORM_BYTES_MAX // KIBIBYTE, "fields": FIELDS_MAX}
    assert status == 413
    assert headers["content-type"].startswith("text/html")
    assert headers["content-language"] == language.value
    assert headers["content-security-policy"] == CONTENT_POLICY
    assert load_catalogue().text("pages.too_large.title", language) in text
    assert load_catalogue().text("pages.too_large.text", language, **values) in text


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("program", "path"), FORMS)
@pytest.mark.parametrize("is_announced", [True, False])
def test_a_form_that_is_too_large_is_not_taken_in(program: Any, path: str, size: int, is_announced: bool) -> None:
    for language in Language:
        sent = Sent(program(), path, size, language.value, is_announced=is_announced)
        check_too_large(sent.status, sent.headers, sent.text, language)
        assert sent.handed_over <= FORM_BYTES_MAX + 64 * KIBIBYTE
        assert sent.peak < 8 * MEBIBYTE


def browser_of(app: Litestar, language: str = "en") -> TestClient[Litestar]:
    """Return a browser that has the token of its forms, and is signed in wherever that is asked for."""
    client = TestClient(app, base_url="http://testserver.local")
    client.headers["accept-language"] = language
    for name, value in ((TOKEN_COOKIE, TOKEN), ("officer", OFFICER), ("account", "aigul"), ("console_role", "x")):
        client.cookies.set(name, value)
    return client


@pytest.mark.parametrize(("program", "path"), FORMS)
def test_a_form_of_too_many_fields_says_so(program: Any, path: str) -> None:
    form = {"form_token": TOKEN, **{f"field{number}": "x" for number in range(FIELDS_MAX)}}
    for language in Language:
        answer = browser_of(program(), language.value).post(path, data=form)
        check_too_large(answer.status_code, answer.headers, answer.text, language)


@pytest.mark.parametrize("path", ["/desk/inbox", "/app/pay", "/console/cases/case_1/joins"])
def test_an_address_of_too_many_fields_says_so(path: str) -> None:
    app = exchange() if path.startswith("/console") else bank()
    address = f"{path}?{'&'.join(f'field{number}=x' for number in range(FIELDS_MAX + 1))}"
    answer = browser_of(app).get(address)
    check_too_large(answer.status_code, answer.headers, answer.text, Language.en)


def check_unreadable(answer: Any) -> None:
    assert answer.status_code == 400, (answer.url, answer.status_code)
    assert answer.headers["content-type"].startswith("text/html")
    assert load_catalogue().text("pages.unreadable.text", Language.en) in answer.text


def test_a_nul_in_any_field_is_a_page_and_changes_nothing(store_for: StoreFor) -> None:
    story = BankStory(store_for).opened().fraud().reported()
    hold = story.hold_of("bank-c", "daniyar")
    forms = {
        "bank-a": [
            ("/desk/payments/t1/report", {"claim": "1", "offence": "kz-190", "reasons": f"{OWN_REASONS}\0"}),
            ("/desk/sign-in", {"officer_id": "\0"}),
            ("/app/sign-in", {"account_id": "\0"}),
            ("/app/deceived/t1", {"told": "not_my_payment", "contact": "call_other_number", "phone": "+7\0"}),
            ("/app/pay/transfer", {"to_bank": "bank-b", "to_account": "ti\0mur", "transfer_sum": "1", "step": "do"}),
            ("/app/pay/card", {"sh\0op": "fuel"}),
        ],
        "bank-c": [
            (f"/desk/holds/{hold.hold_id}/confirm", {"reasons": f"\0{OWN_REASONS}"}),
            (f"/desk/holds/{hold.hold_id}/release", {"reasons": f"{OWN_REASONS}\0"}),
            ("/desk/mandates/md_000000000000000000000000/sign", {"reasons": "\0"}),
        ],
    }
    for name, sent in forms.items():
        browser = browser_of(story.app(name))
        before = everything_but_refusals(story.network, name)
        for path, fields in sent:
            check_unreadable(browser.post(path, data={"form_token": TOKEN, **fields}))
        assert everything_but_refusals(story.network, name) == before


@pytest.mark.parametrize(
    "cookie", ["account=%00", "account=aigul%00; officer=x", "form_token=%00", "%00=x", "lang=%00"]
)
def test_a_nul_in_a_cookie_is_a_page(store_for: StoreFor, cookie: str) -> None:
    client = TestClient(BankStory(store_for).opened().app("bank-a"), base_url="http://testserver.local")
    for path in ("/app/home", "/desk/inbox"):
        answer = client.get(path, headers={"cookie": cookie, "accept-language": "en"})
        if "%00" in cookie.partition("=")[0]:  # a name is not decoded
            assert answer.status_code == 200
        else:
            check_unreadable(answer)
