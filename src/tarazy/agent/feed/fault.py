"""What is wrong with a file of entries, and where: enough to repair it, and nothing about a person."""


class FeedFault(Exception):
    """A file cannot be read. Nothing of it is taken: the sender repairs the named place and sends it again.

    ``place`` is a line number or an element path, ``field`` the column or element, ``expected`` what belongs there.
    What stood there instead is never repeated, because it can be a name or an account number.
    """

    def __init__(self, *, place: str, field: str, expected: str) -> None:
        super().__init__(f"{place}: {field}: expected {expected}")
        self.place = place
        self.field = field
        self.expected = expected

    @classmethod
    def of_sentence(cls, place: str, sentence: str) -> "FeedFault":
        """Return the fault for a sentence of the form ``field: expected …``, as the entry rules write them."""
        field, separator, expected = sentence.partition(": expected ")
        assert separator
        return cls(place=place, field=field, expected=expected)
