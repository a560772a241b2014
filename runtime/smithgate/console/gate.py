"""Which HTTP request is the approver's own: token, cookie, host, origin, form token.

A page of another site can make a browser send requests here, and a name that it owns
can be pointed at 127.0.0.1; neither may get past. Cookies are shared by all ports of a
host, so the cookie is bound to a path that nobody else knows.
"""

import hashlib
import hmac
import secrets
from http.cookies import CookieError, SimpleCookie
from threading import Lock
from typing import Protocol

COOKIE = "smithgate"
TOKEN_BYTES = 32


class Headers(Protocol):
    """The headers of a request."""

    def get(self, name: str, default: str, /) -> str:
        """Return the first header of a name."""
        ...


class Gate:
    """The secrets of one console process."""

    def __init__(self, port: int) -> None:
        self.host = f"127.0.0.1:{port}"
        self.origin = f"http://{self.host}"
        self.base = f"/{secrets.token_urlsafe(TOKEN_BYTES)}"
        """Path below which everything lies."""
        self._lock = Lock()
        self._token: str | None = secrets.token_urlsafe(TOKEN_BYTES)
        self._session = secrets.token_urlsafe(TOKEN_BYTES)
        self._form_key = secrets.token_bytes(TOKEN_BYTES)

    @property
    def url(self) -> str:
        """The address that opens the console, once."""
        return f"{self.origin}{self.base}/enter?token={self._token or ''}"

    @property
    def cookie(self) -> str:
        """The value of the ``Set-Cookie`` header."""
        return f"{COOKIE}={self._session}; Path={self.base}; HttpOnly; SameSite=Strict"

    def is_host(self, headers: Headers) -> bool:
        """Say whether the browser thinks that it talks to us."""
        return headers.get("Host", "") == self.host

    def enters(self, token: str) -> bool:
        """Say whether a token opens the console; it does so once."""
        with self._lock:
            expected, is_right = self._token, False
            if expected is not None:
                is_right = hmac.compare_digest(token.encode(), expected.encode())
            if is_right:
                self._token = None
            return is_right

    def is_session(self, headers: Headers) -> bool:
        """Say whether a request carries the cookie."""
        try:
            morsel = SimpleCookie(headers.get("Cookie", "")).get(COOKIE)
        except CookieError:
            return False
        value = "" if morsel is None else morsel.value
        return hmac.compare_digest(value.encode(), self._session.encode())

    def is_own_form(self, headers: Headers) -> bool:
        """Say whether a form was sent from one of our own pages."""
        site = headers.get("Sec-Fetch-Site", "same-origin")
        return headers.get("Origin", "") == self.origin and site == "same-origin"

    def form_token(self, plan_id: str, digest: str) -> str:
        """Return what a form about this plan has to carry."""
        text = f"{plan_id}\0{digest}".encode()
        return hmac.new(self._form_key, text, hashlib.sha256).hexdigest()

    def is_form_token(self, token: str, plan_id: str, digest: str) -> bool:
        """Say whether a form was made for this plan and digest."""
        expected = self.form_token(plan_id, digest)
        return hmac.compare_digest(token.encode(), expected.encode())
