"""boto3 clients for a target: one attempt, bounded waiting, our mark in the user agent.

Owns sessions and the client cache. Credentials come from the SDK's own chain in the
server's environment, never from arguments. No client is made at import or start.
"""

import threading
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple, Protocol

CONNECT_TIMEOUT_S = 10
READ_TIMEOUT_S = 60


class Credentials(NamedTuple):
    """Temporary credentials of an assumed role."""

    access_key: str
    secret_key: str
    session_token: str


class ClientFactory(Protocol):
    """Makes SDK clients; tests give their own."""

    def client(self, service: str, region: str, credentials: Credentials | None) -> Any:
        """Return a thread-safe boto3 client."""
        ...


class Boto3Clients:
    """The default factory over one boto3 session."""

    def __init__(self, user_agent: str) -> None:
        self._user_agent = user_agent
        self._lock = threading.Lock()
        self._session: Any = None
        self._clients: dict[tuple[str, str, Credentials | None], Any] = {}

    def client(self, service: str, region: str, credentials: Credentials | None) -> Any:
        """Return the cached client, making it on first use.

        Raises botocore's errors for unknown profiles and unusable configuration.
        """
        key = (service, region, credentials)
        with self._lock:  # making clients from one session is not thread-safe
            if key not in self._clients:
                self._clients[key] = self._make(service, region, credentials)
            return self._clients[key]

    def _make(self, service: str, region: str, credentials: Credentials | None) -> Any:
        import boto3
        from botocore.config import Config

        if self._session is None:
            self._session = boto3.Session()
        config = Config(
            # One SDK attempt: a retry that nobody recorded could act twice.
            retries={"total_max_attempts": 1, "mode": "standard"},
            connect_timeout=CONNECT_TIMEOUT_S,
            read_timeout=READ_TIMEOUT_S,
            user_agent_extra=self._user_agent,
            s3={
                # A bucket ARN would choose region and account by itself.
                "use_arn_region": False,
                # Would send a CreateSession of its own, unjudged and unrecorded.
                "disable_s3_express_session_auth": True,
            },
        )
        keys: Mapping[str, str] = {}
        if credentials is not None:
            keys = {
                "aws_access_key_id": credentials.access_key,
                "aws_secret_access_key": credentials.secret_key,
                "aws_session_token": credentials.session_token,
            }
        make = partial(self._session.client, service, region_name=region, **keys)
        client = _kept_there(make, config)
        events = client.meta.events
        events.register_first("before-send", _mark_sent, unique_id="smithgate-sent")
        events.register_first("before-send", _mark_op, unique_id="smithgate-op")
        if service == "s3":
            events.register_first("needs-retry.s3", _stay, unique_id="smithgate-stay")
        return client


def _kept_there(make: Callable[..., Any], config: Any) -> Any:
    """Return a client that stays at an endpoint from the environment or a profile.

    botocore asks Timestream for other endpoints: one counts as given only in the call.
    """
    client = make(config=config)
    if client.meta.service_model.endpoint_discovery_operation is None:
        return client
    unconfigured = config.merge(type(config)(ignore_configured_endpoint_urls=True))
    url = client.meta.endpoint_url
    if make(config=unconfigured).meta.endpoint_url == url:
        return client
    return make(config=config, endpoint_url=url)


_thread = threading.local()


class SecondSend(Exception):
    """The SDK wanted to send a request again by itself; it was stopped."""


def _mark_sent(**_: Any) -> None:
    """Note that the current thread's request goes to the network now.

    Raises ``SecondSend`` for a second one within a call: a send that nobody recorded
    could act twice, or act somewhere else.
    """
    if getattr(_thread, "sent", False):
        raise SecondSend("the SDK wanted to send the request again")
    _thread.sent = True


def _mark_op(request: Any, **_: Any) -> None:
    """Name the recorded op in the user agent, which CloudTrail keeps.

    Here and not earlier, since botocore writes the header anew for each request; the
    signature leaves it out.
    """
    op_id = getattr(_thread, "op_id", None)
    if op_id is not None:
        agent = request.headers.get("User-Agent", "")
        text = agent.decode() if isinstance(agent, bytes) else str(agent)
        request.headers["User-Agent"] = f"{text} op/{op_id}".lstrip()


def _stay(request_dict: dict[str, Any], **_: Any) -> None:
    """Keep S3 from following a bucket into another region than the target's.

    botocore's redirector leaves a request alone that was redirected already.
    """
    context = request_dict.setdefault("context", {})
    context.setdefault("s3_redirect", {})["redirected"] = True


def send(
    client: Any, method: str, parameters: Mapping[str, Any], op_id: str | None = None
) -> tuple[Any, Exception | None, bool]:
    """Call one client method; return (response, error, sent).

    ``op_id`` names the call's record in the user agent.

    ``sent`` is true once botocore handed the request to the network; without an error
    it is always true. The client must come from a factory that registers the mark.
    """
    _thread.sent = False
    _thread.op_id = op_id
    try:
        return getattr(client, method)(**parameters), None, True
    except Exception as error:  # noqa: BLE001 - classified by the caller, never dropped
        return None, error, bool(_thread.sent)
