"""What carries messages between programs: one request in flight for each lane, delays, losses, doubles, and cuts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from tarazy.agent.core_port import CoreAway
from tarazy.agent.entries import EntryFault
from tarazy.app.messages import Outgoing
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.protocol.message import Result
from tarazy.simulation.agenda import Agenda
from tarazy.simulation.faults import Dice
from tarazy.simulation.options import Options
from tarazy.simulation.programs import Network
from tarazy.values.ids import ParticipantId
from tarazy.values.instant import Instant

ANSWER_AWAITED_SECONDS = 30
"""A program waits so long for a peer's answer before it sends again."""
STRAY_SECONDS_MAX = 3600


@dataclass(slots=True)
class Lane:
    """From one program to another."""

    sender: ParticipantId
    recipient: ParticipantId
    in_flight: int = 0
    """The number of the request that is in flight, 0 if none is."""
    is_due: bool = False
    cut_until: Instant | None = None


class Carrier:
    """Carries what waits in the outboxes."""

    def __init__(
        self,
        network: Network,
        agenda: Agenda,
        options: Options,
        dice: Dice,
        random: Random,
        after_asking: Callable[[ParticipantId, Sequence[EntryFault]], None],
    ) -> None:
        """``after_asking`` is called when an agent has asked its core before replying to the exchange."""
        self._network, self._agenda, self._options = network, agenda, options
        self._dice, self._random = dice, random
        self._after_asking = after_asking
        self._requests = 0
        self._is_mended = False
        self.lanes = {
            (sender, recipient): Lane(sender, recipient)
            for bank in network.banks
            for sender, recipient in ((bank, EXCHANGE_ID), (EXCHANGE_ID, bank))
        }

    def due(self, sender: ParticipantId, recipient: ParticipantId, seconds: float = 0) -> None:
        """Let a lane look soon whether something waits."""
        lane = self.lanes.get((sender, recipient))
        if lane is not None and not lane.is_due and not lane.in_flight and not self._is_gone(lane):
            lane.is_due = True
            self._agenda.after(seconds, f"{sender}>{recipient} send", lambda: self._send(lane))

    def cut(self, bank: ParticipantId, seconds: float) -> None:
        """Let nothing through between a bank and the exchange for a while."""
        until = self._agenda.now.plus(timedelta(seconds=seconds))
        for lane in self.lanes.values():
            if bank in {lane.sender, lane.recipient}:
                lane.cut_until = until

    def mend(self) -> None:
        """Let everything through from now on."""
        self._is_mended = True
        for lane in self.lanes.values():
            lane.cut_until = None

    def _send(self, lane: Lane) -> str | None:
        lane.is_due = False
        sender = self._network.program(lane.sender)
        if lane.in_flight or self._is_gone(lane) or not sender.is_up(self._agenda.now):
            return None
        sent = sender.peer.waiting_for(lane.recipient)
        if not sent:
            return None
        self._requests += 1
        lane.in_flight = number = self._requests
        self._agenda.after(
            ANSWER_AWAITED_SECONDS, f"{lane.sender}>{lane.recipient} late", lambda: self._late(lane, number)
        )
        if self._dice.falls(self._options.lost_requests):
            return f"lost {len(sent)}"
        self._agenda.after(
            self._delay(), f"{lane.sender}>{lane.recipient} take", lambda: self._take(lane, sent, number)
        )
        if self._dice.falls(self._options.doubled_requests):
            stray = self._random.uniform(0, STRAY_SECONDS_MAX)
            self._agenda.after(stray, f"{lane.sender}>{lane.recipient} stray", lambda: self._take(lane, sent, 0))
        return f"sent {len(sent)}"

    def _take(self, lane: Lane, sent: list[Outgoing], number: int) -> str | None:
        """Let the batch in at its recipient. A stray copy (number 0) is let in as well; nobody awaits its answer."""
        recipient = self._network.program(lane.recipient)
        if self._is_cut(lane) or not recipient.is_up(self._agenda.now):
            return "not reached"
        results = self._let_in(lane.recipient, [message.text for message in sent])
        told = " ".join(
            f"{message.kind}:{result.refusal or result.status}" for message, result in zip(sent, results, strict=True)
        )
        if number == 0:
            return f"stray {told}"
        if self._dice.falls(self._options.lost_replies):
            return f"reply lost {told}"
        self._agenda.after(
            self._delay(), f"{lane.sender}>{lane.recipient} settle", lambda: self._settle(lane, sent, results, number)
        )
        return told

    def _let_in(self, name: ParticipantId, texts: list[str]) -> Sequence[Result]:
        """Let messages in; an agent whose core is quick just now asks it before it replies."""
        bank, program = self._network.banks.get(name), self._network.program(name)
        now = program.clock.now()
        if bank is None or self._random.random() < 0.5:  # noqa: PLR2004 -- either way of working
            return program.peer.receive(texts, now)
        results, decided = bank.agent.receive(texts, now)
        if not decided.commands:
            return results
        try:
            newer, done = bank.agent.ask_before_replying(results, decided, now)
        except CoreAway:
            return results
        self._after_asking(name, done.faults)
        return newer

    def _settle(self, lane: Lane, sent: list[Outgoing], results: Sequence[Result], number: int) -> str | None:
        sender = self._network.program(lane.sender)
        if lane.in_flight != number or self._is_cut(lane) or not sender.is_up(self._agenda.now):
            return None
        lane.in_flight = 0
        try:
            sender.peer.settle(sent, results, sender.clock.now())
        finally:
            self.due(lane.sender, lane.recipient)
        return f"settled {len(sent)}"

    def _late(self, lane: Lane, number: int) -> str | None:
        if lane.in_flight != number:
            return None
        lane.in_flight = 0
        self.due(lane.sender, lane.recipient, self._random.uniform(0, ANSWER_AWAITED_SECONDS))
        return "no answer"

    def _is_cut(self, lane: Lane) -> bool:
        return self._is_gone(lane) or (lane.cut_until is not None and self._agenda.now < lane.cut_until)

    def _is_gone(self, lane: Lane) -> bool:
        return not self._network.gone.isdisjoint((lane.sender, lane.recipient))

    def _delay(self) -> float:
        """Return a delay. One longer than the sender waits is as good as a lost answer."""
        return 0.1 if self._is_mended else self._random.expovariate(1 / self._options.delay)
