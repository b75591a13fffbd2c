"""The protocol reference says what the code says."""

from tarazy.agent.handlers import AGENT_HANDLERS
from tarazy.app.exchange import EXCHANGE_HANDLERS
from tarazy.protocol.message import kind_of_type
from tests.unit.protocol.guide import BODIES, GUIDE, written

REMEDY = "write it anew: python -m tests.unit.protocol.write_guide"


def test_every_list_of_the_reference_is_that_of_the_code() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    assert text == written(text), REMEDY


def test_every_kind_of_message_goes_one_way() -> None:
    kinds = [kind_of_type(body) for body in BODIES]
    assert kinds
    assert sorted(kinds) == sorted([*EXCHANGE_HANDLERS, *AGENT_HANDLERS])
