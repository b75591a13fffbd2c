"""How the log says no: one family of exceptions, each naming the place and what is wrong with it."""


class Refused(ValueError):
    """Something offered as part of the log was not accepted. ``place`` says where, ``reason`` what is wrong there."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(f"{place}: {reason}")
        self.place = place
        self.reason = reason


class Malformed(Refused):
    """It cannot be read: it is not written as its format says."""


class Unverified(Refused):
    """It can be read, and the proof or the signature does not hold."""
