"""Doors of a running bank that are in use without a break: a core that sends a batch, an officer who signs a report.

Both say the same again and again, so whatever happens meanwhile, it is to be taken once.
"""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Final

import msgspec
import psycopg
import urllib3

from tarazy.adapters.keys import SigningKey
from tarazy.agent.records import ACCOUNTS, CREDITS, LOCAL_REPORTS
from tarazy.app.store import Condition
from tarazy.edge.config import read_config, write_json
from tarazy.edge.demonstration.network import DemonstrationNetwork
from tarazy.edge.stage.plot import Transfer
from tarazy.edge.stage.scene import FACTS, OFFENCE, Scene, typed
from tarazy.edge.stage.visitor import PageRefused
from tarazy.protocol import jws
from tarazy.values.ids import ParticipantId
from tests.unit.edge.bank_core import batch, credit, opened

CORE_KEY: Final = SigningKey(b"a core beside a demonstration".ljust(32, b"."))
ACCOUNT: Final = "beside-the-story"
"""An account that only this core knows: the story's books do not count it."""
ENTRIES: Final = 30
REASONS: Final = "The payer was called back, and the officer signs while the database goes away."


def give_core_key(network: DemonstrationNetwork, bank: ParticipantId) -> None:
    """Let a bank's agent take entries that are signed with the core's key; it is started anew for that."""
    file = network.home / f"{bank}.json"
    write_json(file, msgspec.structs.replace(read_config(file), core_key=CORE_KEY.public.hex()))
    program = network.programs[bank]
    program.stop()
    program.start()
    program.wait_until_up()


def each_report_a_month_after_the_last(network: DemonstrationNetwork, bank: ParticipantId) -> None:
    """Let a bank count its reports as if each lay a month after the last: repeated ones would hold nothing."""
    with psycopg.connect(network.database_url(bank), autocommit=True) as connection:
        connection.execute(
            "CREATE FUNCTION a_month_ago() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN NEW.signed_at := NEW.signed_at - interval '40 days'; RETURN NEW; END $$"
        )
        connection.execute(
            "CREATE TRIGGER a_month_ago BEFORE INSERT ON local_reports FOR EACH ROW EXECUTE FUNCTION a_month_ago()"
        )


def kill_database(network: DemonstrationNetwork) -> None:
    """End the demonstration's database server as a power cut would: it has to recover when it is started again."""
    pid = int((network.home / "postgres" / "postmaster.pid").read_text().split()[0])
    assert Path(f"/proc/{pid}/comm").read_text().startswith("postgres")
    os.kill(pid, signal.SIGKILL)


class Door:
    """Somebody who does the same again and again until told to stop; counts what was answered and what was refused."""

    def __init__(self) -> None:
        self.answered = 0
        self.refused = 0
        self._is_over = Event()

    def stop(self) -> None:
        """Let the round that is under way be the last."""
        self._is_over.set()

    def go_on(self) -> None:
        """Do it until stopped."""
        while not self._is_over.is_set():
            if self.once():
                self.answered += 1
            else:
                self.refused += 1

    def once(self) -> bool:
        """Do it; return whether it was taken. Any 'no' but that the database is away fails the test."""
        raise NotImplementedError


@contextmanager
def stopped(*doors: Door) -> Iterator[None]:
    """See to it that nobody goes on after the block, however it ends."""
    try:
        yield
    finally:
        for door in doors:
            door.stop()


class CoreSends(Door):
    """A core that sends one signed batch of entries."""

    def __init__(self, network: DemonstrationNetwork, bank: ParticipantId) -> None:
        super().__init__()
        self._network, self._bank = network, bank
        self._account = f"{ACCOUNT}-{len(network.stores[bank].run(lambda tx: tx.find(ACCOUNTS)))}"
        entries = [credit(number + 1, account_id=self._account) for number in range(ENTRIES)]
        payload = batch(f"batch-{self._account}", [opened(self._account)], entries)
        self._signed = jws.sign(payload, f"{bank}#core", CORE_KEY.signer()).encode()
        self._pool = urllib3.PoolManager(retries=False)
        self._answers: set[bytes] = set()

    def once(self) -> bool:
        """Send the batch."""
        url = f"{self._network.url(self._bank)}/v1/entries"
        answer = self._pool.request("POST", url, body=self._signed, headers={"Content-Type": "application/jose"})
        if answer.status == 503:
            problem = msgspec.json.decode(answer.data)
            assert problem["type"] == "urn:tarazy:problem:store_away", problem
            assert "Nothing was taken. Send the same again" in problem["detail"]
            return False
        assert answer.status == 200, answer.data
        self._answers.add(answer.data)
        return True

    def insist_taken_once(self) -> None:
        """Insist that every entry was booked once, and that each time the same was answered."""
        mine = Condition("account_id", "=", self._account)
        credits_ = self._network.stores[self._bank].run(lambda tx: tx.find(CREDITS, mine))
        assert len(credits_) == ENTRIES
        (answer,) = self._answers
        assert msgspec.json.decode(answer)["taken"] == ENTRIES


class DeskSigns(Door):
    """An officer who signs one report at the desk."""

    def __init__(self, scene: Scene, theft: Transfer) -> None:
        super().__init__()
        self._scene, self._theft = scene, theft
        self._visitor = scene.desk(theft.payer_bank)
        self._led_to: set[str] = set()

    def once(self) -> bool:
        """Send the form."""
        fields = [("claim", typed(self._theft.amount_minor)), ("offence", OFFENCE), ("reasons", REASONS)]
        fields += [("fact", fact) for fact in FACTS]
        try:
            self._led_to.add(self._visitor.send(f"/desk/payments/{self._theft.ref}/report", fields))
        except PageRefused as no:
            if not str(no).endswith("status 503"):
                raise
            return False
        return True

    def insist_signed_once(self) -> None:
        """Insist that the officer was always led to the same report, which is there."""
        (place,) = self._led_to
        report_id = place.partition("?")[0].rpartition("/")[2]
        found = self._scene.at(self._theft.payer_bank, lambda tx, _: tx.get(LOCAL_REPORTS, report_id))
        assert found is not None
        assert found.transfer_ref == self._theft.ref
