"""Diagnostics of a program: JSON lines on stderr that name places in the code and no person.

A failure is told by its kind and the places it passed through. Neither its words (a database quotes the row that it
refuses) nor what the functions held at that moment is written.
"""

import logging
import sys
import traceback
from typing import Final

import structlog
from structlog.typing import EventDict

FRAMES_MAX: Final = 12
"""The innermost places of a failure that are told."""


def write_diagnostics() -> None:
    """Let everything that this process has to say of itself go to stderr as JSON lines."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    structlog.configure(
        processors=[
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.add_log_level,
            _tell_places,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
    )


def _tell_places(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Put a failure's kind and places where a line of diagnostics came with the failure itself."""
    fault = event.pop("exc_info", None)
    if isinstance(fault, BaseException):
        places = traceback.extract_tb(fault.__traceback__)[-FRAMES_MAX:]
        event["fault"] = type(fault).__name__
        event["places"] = [f"{one.filename}:{one.lineno} {one.name}" for one in places]
    return event
