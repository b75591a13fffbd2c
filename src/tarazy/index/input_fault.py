"""What is wrong with a file or an option, in one line: where it stands, what was expected, what was found."""

FOUND_LENGTH_MAX = 60
"""Enough to recognise the value; a whole line of a broken file would hide the message."""


class InputFault(ValueError):
    """Input that cannot be taken as it is. Its text is one line that a person can act on; nothing is guessed instead.

    ``file``, ``line`` (counted from 1, the header included) and ``field`` say where; each may be missing.
    """

    def __init__(
        self, expected: str, *, file: str = "", line: int | None = None, field: str = "", found: str | None = None
    ) -> None:
        places = [printable(file), "" if line is None else f"line {line}", printable(field)]
        where = ", ".join(place for place in places if place)
        tail = "" if found is None else f", found {shown(found)}"
        super().__init__(f"{where}: expected {expected}{tail}")


def shown(text: str) -> str:
    """Return ``text`` quoted, shortened and free of line ends and control characters, for use in a message."""
    return repr(text if len(text) <= FOUND_LENGTH_MAX else f"{text[:FOUND_LENGTH_MAX]}…")


def printable(text: str) -> str:
    """Return ``text`` as it is where every character can be shown in one line, else quoted and escaped."""
    return text if text.isprintable() else repr(text)
