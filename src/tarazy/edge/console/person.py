"""Who sits at the console, as its pages speak of them."""

from tarazy.edge.sign_in.officials import (
    ROLE_COOKIE,
    Person,
    Role,
    Signatory,
    person_of,
    person_signed_in,
    role_from,
)

__all__ = ["ROLE_COOKIE", "Person", "Role", "Signatory", "person_of", "person_signed_in", "role_from"]
