"""Entering who may sign in, at the machine that runs a program: without this nobody is anybody there.

``python -m tarazy.edge.sign_in.enter CONFIG invite officer PARTICIPANT PERSON`` prints the code of an invitation;
``… subject officer PARTICIPANT PERSON ISSUER SUBJECT`` enters who a provider's subject is. Instead of ``officer`` it
may be ``citizen``, with the account as the person.
"""

import os
import sys
from pathlib import Path
from typing import Final

from tarazy.adapters.oidc import enter_subject
from tarazy.adapters.packs import load_pack
from tarazy.adapters.passkeys import invite
from tarazy.adapters.postgres.store import PostgresStore
from tarazy.adapters.sessions import Person
from tarazy.app.access import Who
from tarazy.edge.config import ConfigFault, read_config
from tarazy.edge.exchange_program import clock_of
from tarazy.values.ids import ParticipantId

KINDS: Final = {"officer": Who.officer, "citizen": Who.citizen}


def main(arguments: list[str]) -> int:
    """Carry out one entry; return the exit code."""
    match arguments:
        case [file, "invite", kind, participant_id, person_id] if kind in KINDS:
            issuer = subject = ""
        case [file, "subject", kind, participant_id, person_id, issuer, subject] if kind in KINDS:
            pass
        case _:
            sys.stderr.write(f"{__doc__}\n")
            return 2
    try:
        config = read_config(Path(file))
    except ConfigFault as fault:
        sys.stderr.write(f"{fault}\n")
        return 2
    person = Person(kind=KINDS[kind], participant_id=ParticipantId(participant_id), person_id=person_id)
    now = clock_of(config, load_pack(config.pack)).now()
    store = PostgresStore(config.database_url, connections_max=1)
    try:
        if subject:
            store.run(lambda tx: enter_subject(tx, issuer, subject, person, now))
        else:
            sys.stdout.write(f"{store.run(lambda tx: invite(tx, person, now, os.urandom))}\n")
    finally:
        store.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
