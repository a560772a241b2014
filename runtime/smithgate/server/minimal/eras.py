"""Which revision of the protocol a request speaks, and whether it may.

A connection belongs to one era: the one with a handshake (`initialize`) or the modern
one, whose requests each say what they need in `_meta`. Only a valid request decides;
a probe that is refused leaves the connection as it was.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from ..stdio_forms import (
    HANDSHAKE_VERSIONS,
    META,
    MODERN_VERSIONS,
    can_show_forms,
    client_facts,
)
from ..stdio_frames import (
    INVALID_PARAMS,
    INVALID_REQUEST,
    METHOD_NOT_FOUND,
    UNSUPPORTED_VERSION,
    ProtocolError,
    Request,
)

VERSION_KEY = f"{META}protocolVersion"
CAPABILITIES_KEY = f"{META}clientCapabilities"
CLIENT_KEY = f"{META}clientInfo"

_HANDSHAKE_METHODS = frozenset({"initialize", "ping", "tools/list", "tools/call"})
_MODERN_METHODS = frozenset({"server/discover", "tools/list", "tools/call"})


class Peer(NamedTuple):
    """Who speaks, and in which revision; none of it is proof of anything."""

    version: str
    client_name: str
    client_version: str
    can_ask: bool = False
    """The client can show a form to whoever sits there."""

    @property
    def is_modern(self) -> bool:
        """Whether the peer speaks a revision without a handshake."""
        return self.version in MODERN_VERSIONS


def handshake(request: Request) -> Peer:
    """Return the peer that an `initialize` introduces.

    An unknown revision is answered with the newest one, as the protocol asks; the
    client decides whether it goes on. Raises ``ProtocolError``.
    """
    wanted = request.params.get("protocolVersion")
    if not isinstance(wanted, str):
        message = "`initialize` needs `protocolVersion`, a string"
        raise ProtocolError(INVALID_PARAMS, message)
    for key in ("capabilities", "clientInfo"):
        if not isinstance(request.params.get(key), dict):
            message = f"`initialize` needs `{key}`, an object"
            raise ProtocolError(INVALID_PARAMS, message)
    version = wanted if wanted in HANDSHAKE_VERSIONS else HANDSHAKE_VERSIONS[-1]
    can_ask = can_show_forms(request.params.get("capabilities"), version)
    return Peer(version, *client_facts(request.params.get("clientInfo")), can_ask)


def resolve(request: Request, session: Peer | None) -> Peer:
    """Return the peer that a request other than `initialize` speaks for.

    ``session`` is what the connection was opened as. Raises ``ProtocolError``.
    """
    meta = request.params.get("_meta")
    meta = meta if isinstance(meta, dict) else {}
    if VERSION_KEY in meta:
        peer = _modern(meta, session)
        _check_method(request.method, _MODERN_METHODS)
        return peer
    if session is not None and not session.is_modern:
        _check_method(request.method, _HANDSHAKE_METHODS)
        return session
    _check_method(request.method, _HANDSHAKE_METHODS | _MODERN_METHODS)
    if session is None and request.method == "ping":  # allowed before the handshake
        return Peer(HANDSHAKE_VERSIONS[-1], "", "")
    message = f"`_meta` lacks `{VERSION_KEY}`, and no `initialize` came before"
    raise ProtocolError(INVALID_PARAMS, message)


def refuse_initialize(request: Request, session: Peer) -> ProtocolError:
    """Return why a connection that is open takes no `initialize`."""
    if session.is_modern:
        wanted = request.params.get("protocolVersion")
        return _unsupported(wanted if isinstance(wanted, str) else "")
    return ProtocolError(INVALID_REQUEST, "the connection is initialized already")


def _modern(meta: Mapping[str, Any], session: Peer | None) -> Peer:
    if session is not None and not session.is_modern:
        message = "the connection was opened with `initialize`; leave out the envelope"
        raise ProtocolError(INVALID_REQUEST, message)
    if not isinstance(meta.get(CAPABILITIES_KEY), dict):
        message = f"`_meta` lacks `{CAPABILITIES_KEY}`, an object"
        raise ProtocolError(INVALID_PARAMS, message)
    version = meta[VERSION_KEY]
    if not isinstance(version, str):
        raise ProtocolError(INVALID_PARAMS, f"`{VERSION_KEY}` must be a string")
    if version not in MODERN_VERSIONS:
        raise _unsupported(version)
    can_ask = can_show_forms(meta.get(CAPABILITIES_KEY), version)
    return Peer(version, *client_facts(meta.get(CLIENT_KEY)), can_ask)


def _unsupported(requested: str) -> ProtocolError:
    # The same list as discovery's supportedVersions: clients choose from either.
    data = {"supported": list(MODERN_VERSIONS), "requested": requested}
    return ProtocolError(UNSUPPORTED_VERSION, "unsupported protocol version", data)


def _check_method(method: str, known: frozenset[str]) -> None:
    if method not in known:
        raise ProtocolError(METHOD_NOT_FOUND, "method not found")
