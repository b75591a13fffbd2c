"""The tables of sign-in, the same in both programs."""

from typing import Final

from tarazy.adapters.oidc import ATTEMPTS, SUBJECTS
from tarazy.adapters.passkeys import CHALLENGES, INVITATIONS, PASSKEYS
from tarazy.adapters.sessions import SESSIONS

SIGN_IN_TABLES: Final = (SESSIONS, PASSKEYS, CHALLENGES, INVITATIONS, ATTEMPTS, SUBJECTS)
