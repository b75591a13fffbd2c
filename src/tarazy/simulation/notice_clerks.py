"""The loop of each agent that tells people: what has become due is rendered and served a little later."""

from functools import cache, partial
from hashlib import sha256
from typing import Final

from tarazy.adapters.catalogue import load_catalogue
from tarazy.adapters.memory import MemoryStore
from tarazy.agent.deferring import KEPT_DEFERRALS
from tarazy.agent.notices import NoticeOffice, serve_due_notices
from tarazy.agent.profile import BankProfile, OfficerProfile
from tarazy.agent.records import FOLLOWS, HOLDS, Holder
from tarazy.agent.report_news import REPORT_NEWS
from tarazy.agent.trace_notices import IS_DUE
from tarazy.app.store import Condition
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.simulation.programs import OFFICER
from tarazy.simulation.world import World
from tarazy.texts.catalogue import Catalogue, Language, Wording
from tarazy.values.ids import AccountId, DeferralId, OfficerId, ParticipantId

UNINVOLVED: Final = "U. Ninvolved"
"""An officer of every bank who decides nothing, and whom no notice names."""
DOWN_SECONDS: Final = 300
catalogue: Final = cache(load_catalogue)
UNNAMED_EVERY: Final = 5
"""Of so many accounts there is one whose holder the agent was not told of: their notices wait at the branch."""


class NoticeClerks:
    """Lets agents serve what is due."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._scheduled: set[ParticipantId] = set()
        self._awaited: set[DeferralId] = set()
        self.offices = {name: office_of(name, catalogue()) for name in world.network.banks}

    def look(self, name: ParticipantId) -> None:
        """Let a bank's notices be served soon if any is due."""
        disc = self._world.network.banks[name].program.disc
        self._wait_for_deferrals(name, disc)
        if name in self._scheduled or not is_anything_due(disc):
            return
        self._scheduled.add(name)
        delay = 1 if self._world.is_healed else self._world.random.expovariate(1 / self._world.options.notice_delay)
        self._world.agenda.after(delay, f"{name} notices", partial(self._serve, name))

    def _wait_for_deferrals(self, name: ParticipantId, disc: MemoryStore) -> None:
        """Let what was put off be served soon after its time is over."""
        clock = self._world.network.banks[name].program.clock
        for deferral in disc.run(lambda tx: tx.find(KEPT_DEFERRALS)):
            if deferral.deferral_id not in self._awaited:
                self._awaited.add(deferral.deferral_id)
                over = clock.until(deferral.until)
                self._world.agenda.at(over, f"{name} deferral", partial(self._is_over, name, deferral.deferral_id))

    def _is_over(self, name: ParticipantId, deferral_id: DeferralId) -> str | None:
        """Serve when a deferral has ended; a program that is down looks again."""
        if not self._world.network.program(name).is_up(self._world.now):
            again = partial(self._is_over, name, deferral_id)
            self._world.agenda.after(DOWN_SECONDS, f"{name} deferral", again)
            return None
        return self._serve(name)

    def _serve(self, name: ParticipantId) -> str | None:
        """Take one step; a program that is down takes it when it has started again."""
        self._scheduled.discard(name)
        program = self._world.network.program(name)
        if not program.is_up(self._world.now):
            return None
        setting = program.peer.setting_at(program.clock.now())
        office = self.offices[name]
        return f"served {program.store.run(lambda tx: serve_due_notices(tx, office, EXCHANGE_ID, setting))}"


def is_anything_due(disc: MemoryStore) -> bool:
    """Return whether a holder, or somebody who was deceived, is still to be told something."""
    return disc.run(
        lambda tx: bool(
            tx.find(HOLDS, Condition("notice_due", "not_null"), limit=1)
            or tx.find(FOLLOWS, *IS_DUE, limit=1)
            or tx.find(REPORT_NEWS, Condition("is_due", "=", True), limit=1)
        )
    )


def holder_of(account_id: AccountId, number: int) -> Holder | None:
    """Return an invented holder in one of the languages; None for one whom the bank has not told the agent of."""
    if number % UNNAMED_EVERY == 0:
        return None
    language = tuple(Language)[number % len(Language)]
    return Holder(
        account_id=account_id,
        name=f"Holder {number}",
        language=language,
        phone="+7 700 000 00 01",
        is_demonstration=True,
    )


def office_of(name: ParticipantId, texts: Catalogue) -> NoticeOffice:
    """Return the office of an invented bank."""
    uninvolved = OfficerProfile(officer_id=OfficerId("officer-0"), name=UNINVOLVED, role=_same("analyst"))
    officer = OfficerProfile(officer_id=OFFICER, name="A. Officer", role=_same("analyst"))
    officers = (uninvolved, officer)
    bank = BankProfile(name=_same(name), phone="+7 700 000 00 00", branch=_same("Abay 10"), officers=officers)
    return NoticeOffice(bank, texts, sha256(f"notice codes of {name}".encode()).digest())


def _same(text: str) -> Wording:
    return Wording(kk=text, ru=text, en=text)
