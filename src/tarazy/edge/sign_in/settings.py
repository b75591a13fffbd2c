"""What a program is told about signing in: what browsers call it, whose passkeys it takes, which providers it asks."""

import os
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Final, Self
from urllib.parse import urlsplit

from tarazy.adapters.clock import Clock, SystemClock
from tarazy.adapters.oidc import OidcClient, Provider
from tarazy.adapters.sessions import Entropy
from tarazy.edge.config import Config, ConfigFault, OidcProvider

LOCAL_DOMAIN: Final = "localhost"
"""The one name without TLS at which a browser makes passkeys; an IP address is never one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInSettings:
    """How people sign in at one program. Without an origin there are no passkeys but a demonstration's on localhost.

    ``wall`` shows the time of the world, by which providers date their tokens: a demonstration's clock can be moved.
    """

    public_origin: str | None = None
    rp_id: str | None = None
    providers: tuple[OidcClient, ...] = ()
    entropy: Entropy = os.urandom
    wall: Clock = field(default_factory=SystemClock)

    def __deepcopy__(self, _: dict[int, object]) -> Self:
        """Return itself: the framework copies what pages are bound to."""
        return self

    @property
    def is_tls(self) -> bool:
        """Whether browsers come by TLS, so that cookies can insist on it."""
        return (self.public_origin or "").startswith("https://")

    @property
    def session_cookie(self) -> str:
        """The name of the session's cookie. ``__Host-`` would want the path ``/``, and programs share an address."""
        return "__Secure-session" if self.is_tls else "session"

    def provider(self, name: str) -> OidcClient | None:
        """Return a provider by its name in addresses."""
        return next((one for one in self.providers if one.provider.name == name), None)


def sign_in_settings(config: Config) -> SignInSettings:
    """Return what a configuration says. Raises ConfigFault where browsers or providers could not work with it."""
    origin = config.public_origin
    if config.oidc and origin is None:
        raise ConfigFault("oidc: needs public_origin, the address that providers send the browser back to")
    if config.rp_id is not None and origin is None:
        raise ConfigFault("rp_id: needs public_origin, the address of the pages that the passkeys belong to")
    names = [one.name for one in config.oidc]
    if len(set(names)) != len(names):
        raise ConfigFault("oidc: two providers have the same name")
    return SignInSettings(
        public_origin=origin,
        rp_id=None if origin is None else _rp_id(origin, config.rp_id),
        providers=tuple(_client(one) for one in config.oidc),
    )


def _rp_id(origin: str, named: str | None) -> str | None:
    """Return the domain that passkeys belong to: the one named, or the origin's host unless that is an address."""
    host = urlsplit(origin).hostname or ""
    if named is None:
        return None if _is_address(host) else host
    if _is_address(named):
        raise ConfigFault(f"rp_id: {named} is an IP address; browsers make passkeys for domains only")
    if host != named and not host.endswith(f".{named}"):
        raise ConfigFault(f"rp_id: public_origin {origin} is not within {named}")
    return named


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _client(configured: OidcProvider) -> OidcClient:
    secret = None
    if configured.client_secret_file is not None:
        try:
            secret = Path(configured.client_secret_file).read_text(encoding="utf-8").strip()
        except OSError as fault:
            raise ConfigFault(f"oidc {configured.name}: client_secret_file: {fault.strerror}") from None
    try:
        return OidcClient(Provider(configured.name, configured.label, configured.issuer, configured.client_id, secret))
    except ValueError as fault:
        raise ConfigFault(str(fault)) from None
