"""Writes the lists of the protocol reference anew: ``python -m tests.unit.protocol.write_guide``."""

from tests.unit.protocol.guide import GUIDE, written

if __name__ == "__main__":
    GUIDE.write_text(written(GUIDE.read_text(encoding="utf-8")), encoding="utf-8")
