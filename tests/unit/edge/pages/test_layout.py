"""The shared layout: languages, headers, forms and static files, as a browser meets them."""

import re
from collections.abc import Iterator
from hashlib import sha256
from importlib.resources import files

import pytest
from litestar import Litestar, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.testing import TestClient

from tarazy.adapters.catalogue import load_catalogue
from tarazy.adapters.packs import load_pack
from tarazy.edge.pages.forms import TOKEN_COOKIE, FormRefused, PageRequest, read_form
from tarazy.edge.pages.language import language_of
from tarazy.edge.pages.security import CONTENT_POLICY
from tarazy.edge.pages.site import NavigationLink, Site, site_of
from tarazy.edge.pages.static import static_files, static_routes
from tarazy.texts.catalogue import Language, Wording
from tarazy.values.instant import Instant

NOW = Instant.parse("2026-11-22T10:00:00+05:00")
ODD = "</title><script>alert(1)</script>"


class StandingClock:
    def now(self) -> Instant:
        return NOW


def site(base_path: str = "", pack: str = "kz-demo") -> Site:
    return site_of(
        "tarazy.edge.pages",
        title=Wording(kk="сынақ", ru="проба", en="trial"),
        navigation=[NavigationLink("pages.to_start", "/")],
        catalogue=load_catalogue(),
        pack=load_pack(pack),
        clock=StandingClock(),
        base_path=base_path,
    )


def routes(shown: Site) -> list[HTTPRouteHandler]:
    @get("/", sync_to_thread=False)
    def page(request: PageRequest) -> Response[str]:
        return shown.page(request, "message.html", title=ODD, text="t")

    @post("/act", sync_to_thread=False)
    def act(request: PageRequest, body: bytes) -> Response[str]:
        try:
            form = read_form(request, body)
        except FormRefused:
            return shown.message(request, "pages.refused_form", status=403)
        return shown.redirect(f"/{form.text('where')}")

    return [page, act, *static_routes()]


@pytest.fixture
def browser() -> Iterator[TestClient[Litestar]]:
    with TestClient(Litestar(routes(site("/at/here"))), base_url="http://testserver.local") as client:
        yield client


@pytest.fixture
def at_root() -> Iterator[TestClient[Litestar]]:
    with TestClient(Litestar(routes(site())), base_url="http://testserver.local") as client:
        yield client


def test_sites_of_one_package_share_their_templates_and_nothing_else(
    browser: TestClient[Litestar], at_root: TestClient[Litestar]
) -> None:
    assert site("/at/here").environment is site().environment
    assert 'href="/at/here/' in browser.get("/").text
    assert 'href="/at/here/' not in at_root.get("/").text


def test_every_page_refuses_what_is_not_ours(browser: TestClient[Litestar]) -> None:
    answer = browser.get("/")
    assert answer.headers["content-security-policy"] == CONTENT_POLICY
    assert "unsafe" not in CONTENT_POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=", answer.text)


def test_what_is_printed_is_escaped(browser: TestClient[Litestar]) -> None:
    assert ODD not in browser.get("/").text


def test_every_address_stands_under_the_prefix(browser: TestClient[Litestar]) -> None:
    addresses = re.findall(r'(?:href|src|action|hx-get)="([^"]*)"', browser.get("/").text)
    assert addresses
    assert all(address.startswith(("/at/here/", "#")) for address in addresses)


def test_a_demonstration_says_so_and_law_does_not() -> None:
    for pack, is_said in (("kz-demo", True), ("kz", False)):
        with TestClient(Litestar(routes(site(pack=pack)))) as client:
            assert ("Демонстрация, не закон" in client.get("/?lang=ru").text) is is_said


@pytest.mark.parametrize(
    ("asked", "remembered", "accepted", "language"),
    [
        ("en", "ru", "kk", "en"),
        ("xx", "ru", "kk", "ru"),
        (None, None, "de, ru;q=0.5, en-GB;q=0.8", "en"),
        (None, None, "de;q=x, fr", "kk"),
        (None, None, "", "kk"),
    ],
)
def test_the_language_is_asked_for_or_remembered_or_the_browsers(
    asked: str | None, remembered: str | None, accepted: str, language: str
) -> None:
    assert language_of(asked, remembered, accepted) is Language(language)


def test_a_language_that_was_asked_for_is_remembered(at_root: TestClient[Litestar]) -> None:
    at_root.get("/?lang=en&q=1")
    text = at_root.get("/?q=1").text
    assert '<html lang="en"' in text
    assert "/?q=1&amp;lang=ru" in text


def test_a_form_is_taken_from_our_own_page_only(at_root: TestClient[Litestar]) -> None:
    at_root.get("/")
    token = at_root.cookies[TOKEN_COOKIE]
    sent = {"form_token": token, "where": "there"}
    taken = at_root.post("/act", data=sent, follow_redirects=False)
    assert (taken.status_code, taken.headers["location"]) == (303, "/there")
    assert at_root.post("/act", data={**sent, "form_token": "0" * 48}).status_code == 403
    assert at_root.post("/act", data={"where": "there"}).status_code == 403
    assert at_root.post("/act", data=sent, headers={"sec-fetch-site": "cross-site"}).status_code == 403


def test_static_files_are_those_that_are_shipped(browser: TestClient[Litestar]) -> None:
    for name, file in static_files().items():
        answer = browser.get(f"/static/{name}")
        assert answer.content == file.content
        assert "immutable" in answer.headers["cache-control"]
    for name in ("../config.py", "..%2fconfig.py", "vendor/d3/README.md", "none.js"):
        assert browser.get(f"/static/{name}").status_code == 404


def test_vendored_htmx_is_what_its_readme_names() -> None:
    folder = files("tarazy.edge") / "static/vendor/htmx"
    readme = (folder / "README.md").read_text("utf-8")
    ((name, expected),) = re.findall(r"^\| (\S+\.js) \|.*\| ([0-9a-f]{64}) \|$", readme, re.MULTILINE)
    assert sha256((folder / name).read_bytes()).hexdigest() == expected
