"""XML from outside, read so that no text in it can reach the network, the disk, or more memory than its size allows.

Size, encoding, document types and the number of tags are judged on the bytes, before a parser sees them; the parser
then runs without network, document types, entities and its large-input mode. What comes back is a ``Node``: an element
that knows its path, so that each fault names its place, and that refuses a second value where one is expected.
"""

import re
from typing import Final, NamedTuple

from lxml import etree

from tarazy.agent.feed.fault import FeedFault

MESSAGE_BYTES_MAX: Final = 8 * 1024 * 1024
"""Some thousands of ordinary transactions; a clearing sends larger sets as several messages."""
MARKUP_MAX: Final = 700_000
"""Tags and attributes in one message. Without it, 8 MiB of empty tags would grow to hundreds of MiB of nodes."""
TEXT_MAX: Final = 140
"""No value that is read here is longer in any version of the messages."""

XmlElement = etree._Element  # noqa: SLF001 lxml has no public name for the type of its elements

_DECLARATION = re.compile(r"<\?xml[^>]*?\?>")
_ENCODING = re.compile(r"""\sencoding\s*=\s*["']([A-Za-z0-9._-]*)["']""")
_SPACE: Final = " \t\r\n"


class Node(NamedTuple):
    """An element, its namespace, and the path that a fault shows. Elements of other namespaces are not seen."""

    element: XmlElement
    namespace: str
    path: str

    @property
    def text(self) -> str:
        """The element's text without the white space around it; empty where elements stand instead of a value."""
        return "" if len(self.element) else (self.element.text or "").strip(_SPACE)

    def all(self, tag: str) -> list["Node"]:
        """Return the children called ``tag``, numbered from 1 in their paths."""
        found = self.element.findall(f"{{{self.namespace}}}{tag}")
        return [Node(child, self.namespace, f"{self.path}/{tag}[{i}]") for i, child in enumerate(found, 1)]

    def at(self, steps: str) -> "Node | None":
        """Follow ``steps`` (``PmtId/UETR``) down; None if a step is missing, a fault if one is there twice."""
        node = self
        for tag in steps.split("/"):
            found = node.element.findall(f"{{{self.namespace}}}{tag}")
            if len(found) > 1:
                raise FeedFault(place=node.path, field=tag, expected="this element once; send it a single time")
            if not found:
                return None
            node = Node(found[0], self.namespace, f"{node.path}/{tag}")
        return node

    def needed(self, steps: str, expected: str) -> "Node":
        """Follow ``steps`` down to an element that is there and has content, or raise the fault that asks for it."""
        node = self.at(steps)
        if node is None or not (node.text or len(node.element)):
            raise FeedFault(place=self.path, field=steps, expected=f"{expected}; it is missing")
        return node

    def value(self, steps: str) -> str | None:
        """Return the text at ``steps``, or None where the element is missing or empty."""
        node = self.at(steps)
        if node is None or not node.text:
            return None
        if len(node.text) > TEXT_MAX:
            raise node.fault(f"at most {TEXT_MAX} characters")
        return node.text

    def fault(self, expected: str) -> FeedFault:
        """Return a fault of this element itself."""
        above, _, name = self.path.rpartition("/")
        return FeedFault(place=above or "/", field=name, expected=expected)


def read_root(data: bytes) -> XmlElement:
    """Parse ``data`` and return its root element, or raise a ``FeedFault``."""
    parser = etree.XMLParser(
        encoding="utf-8",
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        resolve_entities=False,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(_judged(data), parser)
    except etree.XMLSyntaxError as error:
        # The parser's own words repeat what it read, which can be a name: only the line is passed on.
        raise FeedFault(
            place=f"line {error.lineno or 1}", field="XML", expected="one well-formed document, not nested deeply"
        ) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise _document_type()
    return root


def _judged(data: bytes) -> bytes:
    """Return the document in UTF-8 without byte order mark and declaration, if it may be given to a parser at all."""
    if len(data) > MESSAGE_BYTES_MAX:
        raise FeedFault(
            place="document", field="size", expected=f"at most {MESSAGE_BYTES_MAX} bytes; split the message"
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FeedFault(place=f"line {line}", field="encoding", expected="UTF-8 throughout") from None
    text = _without_declaration(text)
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise _document_type()
    if text.count("<") + text.count("=") > MARKUP_MAX:
        raise FeedFault(
            place="document", field="size", expected=f"at most {MARKUP_MAX} tags and attributes; split the message"
        )
    return text.encode()


def _without_declaration(text: str) -> str:
    declaration = _DECLARATION.match(text)
    if declaration is None:
        return text
    encoding = _ENCODING.search(declaration[0])
    if encoding is not None and encoding[1].lower() not in {"utf-8", "utf8"}:
        raise FeedFault(place="line 1", field="encoding", expected="UTF-8, declared as it is written")
    # Line numbers in faults stay those of the file.
    return "\n" * declaration[0].count("\n") + text[declaration.end() :]


def _document_type() -> FeedFault:
    return FeedFault(
        place="document", field="DOCTYPE", expected="a document without DOCTYPE and entities; remove the declaration"
    )
