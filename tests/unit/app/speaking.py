"""Speaking to the exchange by hand: messages taken from a bank's outbox, changed, and signed anew."""

import json
from collections.abc import Callable
from typing import Any

import msgspec

from tarazy.app.messages import OUTBOX
from tarazy.app.store import Condition
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.protocol import jws
from tarazy.protocol.bodies import AnyBody, ReportFiled
from tarazy.protocol.message import Envelope, Result, sealed_message
from tarazy.protocol.statement import Act
from tarazy.protocol.wire import from_json
from tarazy.values.ids import ParticipantId
from tests.story import Network
from tests.story_people import keyring


def waiting_report(network: Network) -> str:
    """File a report on ``t1`` and return its message as it waits at bank A."""
    network.file("t1")
    [message] = network.peer("bank-a").waiting_for(ParticipantId(EXCHANGE_ID))
    return message.text


def envelope_of(text: str) -> Envelope:
    return from_json(jws.read(text).payload, Envelope)


def signed(envelope: Envelope, bank: str = "bank-a") -> str:
    ring = keyring(bank)
    return sealed_message(envelope, ring.key_id, ring.signing.signer())


def signed_json(text: str, change: Callable[[dict[str, Any]], None]) -> str:
    """Return the message with its JSON changed, signed properly by bank A."""
    content = json.loads(jws.read(text).payload)
    change(content)
    ring = keyring("bank-a")
    return jws.sign(json.dumps(content).encode(), ring.key_id, ring.signing.signer())


def receive(network: Network, *texts: str) -> tuple[Result, ...]:
    return network.exchange.receive(texts, network.now)


def tell(network: Network, sender: str, body: AnyBody, message_id: str) -> Result:
    """Let a bank say something to the exchange at once, and return the result."""
    envelope = Envelope(
        message_id=message_id, sender=sender, recipient=EXCHANGE_ID, issued_at=network.clock(sender), body=body
    )
    [result] = receive(network, signed(envelope, sender))
    return result


def order_to(network: Network, bank: str) -> Envelope:
    """Return the last order that the exchange has sent to a bank."""
    orders = network.rows(
        EXCHANGE_ID,
        OUTBOX,
        Condition("kind", "=", "follow_order"),
        Condition("recipient", "=", bank),
        order=("serial",),
    )
    return envelope_of(orders[-1].text)


def reported(network: Network, bank: str = "bank-a", **changes: Any) -> Result:
    """File a report that differs from a good one on ``t1`` in some fields, signed as it should be."""
    good = envelope_of(waiting_report(network)).body
    assert isinstance(good, ReportFiled)
    return tell(network, bank, signed_anew(network, msgspec.structs.replace(good, **changes), bank), "message-1")


def signed_anew(network: Network, body: ReportFiled, bank: str = "bank-a") -> ReportFiled:
    """Put an officer's statement over all that a report says into it."""
    statement = network.statement(bank, Act.sign_report, body.report_id, body.terms())
    return msgspec.structs.replace(body, statement=statement)


def order(network: Network, bank: str, body: AnyBody, message_id: str) -> Result:
    """Let the exchange say something to a bank at once, and return the result."""
    envelope = Envelope(message_id=message_id, sender=EXCHANGE_ID, recipient=bank, issued_at=network.now, body=body)
    [result] = network.peer(bank).receive([signed(envelope, EXCHANGE_ID)], network.clock(bank))
    return result
