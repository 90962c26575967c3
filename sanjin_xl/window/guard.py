"""Who may ask the page for what: only a browser on this computer that was given the key, and only from our own pages.

A page of a stranger in another tab can send requests here, and a name of its own can be made to lead to 127.0.0.1 (DNS
rebinding). So the name that was asked for must be ours exactly, the cookie must be there, and what changes anything
must come from a page of ours.
"""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

HOST = "127.0.0.1"
MISDIRECTED, FORBIDDEN = 421, 403

HEADERS: Mapping[str, str] = MappingProxyType({
    # Nothing is fetched from anywhere else, and no page of another's may show one of ours in a frame.
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    # Not "no-referrer": a browser then says "null" for the origin of our own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is known of a request before anybody looks at what it wants; None for a header that it does not have.

    `site`: by Sec-Fetch-Site, whose page has asked; older browsers do not tell.
    """

    method: str
    host: str | None
    origin: str | None
    cookie: str | None
    site: str | None = None


@dataclass(slots=True, kw_only=True)
class Guard:
    """The secrets of one running window on a port.

    `nonce` lies in a file that only this user may read: who knows it gets a key. A key opens the window once and
    becomes a cookie.
    """

    port: int
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    _secret: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    _keys: set[str] = field(default_factory=set)

    @property
    def cookie_name(self) -> str:
        """Its own for every port, for cookies know nothing of ports: two windows would take each other's away."""
        return f"sanjin-{self.port}"

    @property
    def origin(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def cookie(self) -> str:
        return self._secret

    def new_key(self) -> str:
        """A key for one visit without a cookie."""
        key = secrets.token_urlsafe(32)
        self._keys.add(key)
        return key

    def take_key(self, key: str) -> bool:
        """Whether this is a key that has not been used; it is from now on."""
        known = next((one for one in self._keys if _same(one, key)), None)
        self._keys.discard(known or "")
        return known is not None

    def knows_nonce(self, nonce: str | None) -> bool:
        return _same(self.nonce, nonce)

    def is_ours(self, request: Request) -> bool:
        """Whether a request asks for this window by its own name."""
        return request.host == f"{HOST}:{self.port}"

    def refusal(self, request: Request) -> int | None:
        """The status a request is refused with, None for one that is answered."""
        if not self.is_ours(request):
            return MISDIRECTED
        if not _same(self._secret, request.cookie):
            return FORBIDDEN
        if request.method not in ("GET", "HEAD") and request.origin != self.origin:
            return FORBIDDEN
        # Another port of this computer gets our cookie as well: a browser takes it for the same site.
        if request.site not in (None, "none", "same-origin"):
            return FORBIDDEN
        return None


def is_key(text: str) -> bool:
    """Whether a text may be a key: 32 bytes in the letters of an address."""
    return re.fullmatch(r"[A-Za-z0-9_-]{43}", text) is not None


def _same(secret: str, given: str | None) -> bool:
    return given is not None and secrets.compare_digest(secret.encode(), given.encode("utf-8", "replace"))
