"""Static files: those that are shipped and no others, found by name in a list and never by path.

An address carries a piece of the file's hash, so that a browser may keep the file for good and a new one is never
mistaken for an old.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from hashlib import sha256
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Final, NamedTuple

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.status_codes import HTTP_404_NOT_FOUND

from tarazy.edge.pages.security import STATIC_HEADERS

MEDIA_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}
VERSION_DIGITS: Final = 12
KEEP: Final = "public, max-age=31536000, immutable"


class StaticFile(NamedTuple):
    """A shipped file: its bytes, what they are, and which version."""

    content: bytes
    media_type: str
    version: str


@cache
def static_files() -> Mapping[str, StaticFile]:
    """Return all shipped files by their path below ``static/``, read once."""
    return dict(_read(resources.files("tarazy.edge") / "static", ""))


def static_path(name: str) -> str:
    """Return the path of a static file with its version. Raises KeyError for a file that is not shipped."""
    return f"/static/{name}?v={static_files()[name].version}"


def static_routes() -> list[HTTPRouteHandler]:
    """Return the endpoint of the static files."""

    @get("/static/{name:path}", sync_to_thread=False, include_in_schema=False)
    def static_file(name: str) -> Response[bytes]:
        """Serve one shipped file."""
        file = static_files().get(name.lstrip("/"))
        if file is None:
            return Response(b"", status_code=HTTP_404_NOT_FOUND, media_type="text/plain", headers=STATIC_HEADERS)
        return Response(file.content, media_type=file.media_type, headers={**STATIC_HEADERS, "Cache-Control": KEEP})

    return [static_file]


def _read(folder: Traversable, prefix: str) -> Iterator[tuple[str, StaticFile]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _read(entry, f"{prefix}{entry.name}/")
            continue
        media_type = next((kind for end, kind in MEDIA_TYPES.items() if entry.name.endswith(end)), None)
        if media_type is not None:
            content = entry.read_bytes()
            version = sha256(content).hexdigest()[:VERSION_DIGITS]
            yield f"{prefix}{entry.name}", StaticFile(content, media_type, version)
