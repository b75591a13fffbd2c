"""A site: what all pages of one program share, and how a page, a piece of a page or a redirect is answered.

Templates stand in ``templates/`` of the package that owns the pages; they extend ``layout.html`` and may import
``parts.html``. Everything that they print is escaped; every sentence comes from the catalogue; a name that is not given
is a fault and not an empty place. Every address is written with ``url(…)`` or ``static(…)``, so that the program can
stand under a prefix behind a proxy.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from litestar import MediaType, Response
from litestar.datastructures import Cookie
from litestar.status_codes import HTTP_200_OK, HTTP_204_NO_CONTENT, HTTP_303_SEE_OTHER
from markupsafe import Markup

from tarazy.adapters.clock import Clock
from tarazy.edge.pages.forms import TOKEN_COOKIE, TOKEN_FIELD, PageRequest, new_token, token_of
from tarazy.edge.pages.language import (
    LANGUAGE_COOKIE,
    LANGUAGE_DAYS,
    LANGUAGE_FIELD,
    LANGUAGE_NAMES,
    in_language,
    language_of,
)
from tarazy.edge.pages.reader import Reader
from tarazy.edge.pages.security import PAGE_HEADERS
from tarazy.edge.pages.static import static_path
from tarazy.law.ground import Pack
from tarazy.texts.catalogue import Catalogue, Wording

PAGES: Final = "tarazy.edge.pages"
"""The package whose templates all pages extend."""
SECONDS_PER_DAY: Final = 86_400
NOW_HEADER: Final = "X-Tarazy-Now"
"""The program's time, by which the clocks on a page are set: a demonstration's clock is not the browser's."""


class NavigationLink(NamedTuple):
    """A place in the main navigation: the code of its name, and its path."""

    code: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One program's pages. Made by `site_of`."""

    title: Wording
    navigation: tuple[NavigationLink, ...]
    catalogue: Catalogue
    pack: Pack
    clock: Clock
    base_path: str
    environment: Environment

    def reader(self, request: PageRequest) -> Reader:
        """Return who reads: the language that was asked for, in the address or before."""
        language = language_of(
            request.query_params.get(LANGUAGE_FIELD),
            request.cookies.get(LANGUAGE_COOKIE),
            request.headers.get("accept-language", ""),
        )
        return Reader(language, self.catalogue, self.pack.data.calendar.zone, self.clock.now())

    def url(self, path: str) -> str:
        """Return the address of a path of this program, as the browser must write it."""
        assert path.startswith("/")
        return f"{self.base_path}{path}"

    def place_of(self, path: str) -> NavigationLink | None:
        """Return the place of the navigation that a path belongs to: of several the one that says most."""
        above = [link for link in self.navigation if link.path != "/" and f"{path}/".startswith(f"{link.path}/")]
        return max(above, key=lambda link: len(link.path), default=None)

    def page(
        self,
        request: PageRequest,
        template: str,
        /,
        *,
        status: int = HTTP_200_OK,
        cookies: Sequence[Cookie] = (),
        **facts: object,
    ) -> Response[str]:
        """Answer with a page, or with a piece of one for htmx: whatever ``template`` makes.

        ``facts`` are the names that the template may use beside those that every template has: ``reader``, ``t`` and
        ``n`` (texts), ``url``, ``static``, ``site``, ``here``, ``languages``, ``form_token`` (the field of a form).
        """
        reader = self.reader(request)
        token = token_of(request)
        kept = token or new_token()
        text = self._render(request, reader, template, kept, facts)
        own = [] if token else [self.cookie(TOKEN_COOKIE, kept)]
        if request.query_params.get(LANGUAGE_FIELD) == reader.language:
            own.append(self.cookie(LANGUAGE_COOKIE, reader.language, days=LANGUAGE_DAYS))
        return Response(
            text,
            status_code=status,
            media_type=MediaType.HTML,
            headers={**PAGE_HEADERS, "Content-Language": reader.language, NOW_HEADER: reader.now.text()},
            cookies=[*own, *cookies],
        )

    def unchanged(self) -> Response[str]:
        """Answer a page that asks again that nothing is new."""
        headers = {**PAGE_HEADERS, NOW_HEADER: self.clock.now().text()}
        return Response("", status_code=HTTP_204_NO_CONTENT, headers=headers)

    def redirect(self, path: str, *, cookies: Sequence[Cookie] = ()) -> Response[str]:
        """Send the browser to a path of this program, to be asked for with GET."""
        headers = {**PAGE_HEADERS, "Location": self.url(path)}
        return Response("", status_code=HTTP_303_SEE_OTHER, media_type=MediaType.HTML, headers=headers, cookies=cookies)

    def message(self, request: PageRequest, code: str, /, *, status: int, **values: str | int) -> Response[str]:
        """Answer with a page that says one thing: ``code.title`` and ``code.text`` of the catalogue."""
        reader = self.reader(request)
        title, text = reader.t(f"{code}.title", **values), reader.t(f"{code}.text", **values)
        return self.page(request, "message.html", status=status, title=title, text=text)

    def cookie(self, name: str, value: str, *, days: int | None = None) -> Cookie:
        """Return a cookie that only this program's own pages send, and no script reads."""
        return Cookie(
            key=name,
            value=value,
            path=f"{self.base_path}/",
            max_age=None if days is None else days * SECONDS_PER_DAY,
            httponly=True,
            samesite="strict",
        )

    def _render(self, request: PageRequest, reader: Reader, template: str, token: str, facts: dict[str, object]) -> str:
        path, query = request.url.path, request.url.query or ""
        field = Markup('<input type="hidden" name="{}" value="{}">').format(TOKEN_FIELD, token)
        return self.environment.get_template(template).render(
            reader=reader,
            t=reader.t,
            n=reader.n,
            url=self.url,
            static=lambda name: self.url(static_path(name)),
            site=self,
            here=path,
            languages=[
                (language, name, self.url(in_language(path, query, language)))
                for language, name in LANGUAGE_NAMES.items()
            ],
            form_token=field,
            **facts,
        )


@cache
def templates_of(*packages: str) -> Environment:
    """Return the templates of packages, and those of all pages, the first that has one by its name.

    They stay as they are while a program runs, so each is compiled once, however many sites are made of them.
    """
    return Environment(
        loader=ChoiceLoader([PackageLoader(name) for name in dict.fromkeys((*packages, PAGES))]),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def site_of(
    package: str,
    *,
    title: Wording,
    navigation: Iterable[NavigationLink],
    catalogue: Catalogue,
    pack: Pack,
    clock: Clock,
    base_path: str,
    extended: Iterable[str] = (),
) -> Site:
    """Return the site whose templates stand in ``templates/`` of ``package`` and may extend those of others."""
    return Site(
        title=title,
        navigation=tuple(navigation),
        catalogue=catalogue,
        pack=pack,
        clock=clock,
        base_path=base_path.rstrip("/"),
        environment=templates_of(package, *extended),
    )
