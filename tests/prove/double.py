"""An AWS double on loopback, in a process of its own, that journals every request.

Speaks as much of the query, JSON and REST-XML protocols as the scenarios need. One line
of the journal is synced to disk before the answer leaves; it says whether the request
had an effect, and whether the store under test had a durable record of the op that the
user agent names at that very moment. Faults are set over the control path.
"""

import hashlib
import json
import os
import re
import socket
import sqlite3
import struct
import sys
import threading
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

ACCOUNT = "123456789012"
KEYS = {
    "AccessKeyId": "ASIAPROVE",
    "SecretAccessKey": "planted-role-key-6b1f",
    "SessionToken": "planted-session-token-77ac",
}
STS = '<{0}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/">{1}</{0}Response>'


class Answer(NamedTuple):
    """What AWS answers."""

    status: int
    body: bytes
    kind: str


def as_json(value: Any, status: int = 200) -> Answer:
    return Answer(status, json.dumps(value).encode(), "application/x-amz-json-1.0")


def as_xml(text: str, status: int = 200) -> Answer:
    return Answer(status, text.encode(), "text/xml")


def refusal(code: str, status: int = 400) -> Answer:
    return as_json({"__type": code, "message": code}, status)


class Request(NamedTuple):
    """One call as the double understands it."""

    action: str
    resource: str
    arguments: Mapping[str, Any]


class World:
    """What exists at the double, the faults to come, and the journal."""

    def __init__(self, journal: Path) -> None:
        self.lock = threading.Lock()
        self.journal = os.open(journal, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
        self.reset({})

    def reset(self, control: Mapping[str, Any]) -> None:
        """Forget everything; take the faults and the store of the next run."""
        self.tokens: dict[str, str] = {}
        self.versioning: dict[str, str] = {}
        self.gone: set[str] = set()
        self.database: str | None = control.get("database")
        self.fault: dict[str, Any] = dict(control.get("fault", {}))

    def write(self, line: Mapping[str, Any]) -> None:
        os.write(self.journal, json.dumps(line).encode() + b"\n")
        os.fsync(self.journal)

    def recorded(self, op_id: str | None) -> bool:
        """Say whether the store has a committed record of an op, now."""
        if op_id is None or self.database is None:
            return False
        uri = f"file:{self.database}?mode=ro"
        connection = sqlite3.connect(uri, uri=True, timeout=10)
        try:
            found = connection.execute("SELECT 1 FROM ops WHERE id = ?", (op_id,))
            return found.fetchone() is not None
        finally:
            connection.close()

    def take_fault(self, action: str) -> str | None:
        """Return the fault for a request, each one only as often as it was ordered."""
        if self.fault.get("action") != action or self.fault.get("times", 0) < 1:
            return None
        self.fault["times"] -= 1
        return str(self.fault["kind"])

    def answer(self, request: Request) -> tuple[Answer, bool]:
        """Return the answer, and whether the request had an effect."""
        name = re.sub(r"(?<!^)([A-Z])", r"_\1", request.action).lower()
        found: tuple[Answer, bool] = getattr(self, f"on_{name}", self.unknown)(request)
        return found

    def unknown(self, request: Request) -> tuple[Answer, bool]:
        return refusal(f"Unknown{request.action}"), False

    def on_get_caller_identity(self, request: Request) -> tuple[Answer, bool]:
        arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/prove/session"
        inner = f"<Arn>{arn}</Arn><UserId>u</UserId><Account>{ACCOUNT}</Account>"
        result = f"<{request.action}Result>{inner}</{request.action}Result>"
        return as_xml(STS.format(request.action, result)), False

    def on_assume_role(self, request: Request) -> tuple[Answer, bool]:
        keys = "".join(f"<{k}>{v}</{k}>" for k, v in KEYS.items())
        until = "<Expiration>2099-01-01T00:00:00Z</Expiration>"
        result = f"<Credentials>{keys}{until}</Credentials>"
        result = f"<{request.action}Result>{result}</{request.action}Result>"
        return as_xml(STS.format(request.action, result)), False

    def on_send_message(self, request: Request) -> tuple[Answer, bool]:
        body = str(request.arguments.get("MessageBody", ""))
        digest = hashlib.md5(body.encode(), usedforsecurity=False).hexdigest()
        return as_json({"MessageId": "m-1", "MD5OfMessageBody": digest}), True

    def on_create_queue(self, request: Request) -> tuple[Answer, bool]:
        return as_json({"QueueUrl": f"https://sqs/{request.resource}"}), True

    def on_get_queue_url(self, _request: Request) -> tuple[Answer, bool]:
        return refusal("QueueDoesNotExist"), False

    def on_create_secret(self, request: Request) -> tuple[Answer, bool]:
        token = str(request.arguments["ClientRequestToken"])
        is_new = token not in self.tokens
        self.tokens[token] = request.resource
        arn = f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:{request.resource}"
        made = {"ARN": arn, "Name": request.resource, "VersionId": token}
        return as_json(made), is_new

    def on_describe_secret(self, _request: Request) -> tuple[Answer, bool]:
        return refusal("ResourceNotFoundException"), False

    def on_get_bucket_versioning(self, request: Request) -> tuple[Answer, bool]:
        status = self.versioning.get(request.resource)
        inner = f"<Status>{status}</Status>" if status else ""
        name = "VersioningConfiguration"
        return as_xml(f"<{name}>{inner}</{name}>"), False

    def on_put_bucket_versioning(self, request: Request) -> tuple[Answer, bool]:
        self.versioning[request.resource] = "Enabled"
        return as_xml(""), True

    def on_head_bucket(self, request: Request) -> tuple[Answer, bool]:
        return as_xml("", 404 if request.resource in self.gone else 200), False

    def on_delete_bucket(self, request: Request) -> tuple[Answer, bool]:
        self.gone.add(request.resource)
        return as_xml("", 204), True


class Handler(BaseHTTPRequestHandler):
    """Reads a request, journals it, answers it or fails as ordered."""

    server: "Server"

    def log_message(self, *_: Any) -> None:
        """Say nothing: the journal has it."""

    def do_GET(self) -> None:
        self._handle()

    def _handle(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        world = self.server.world
        if self.path == "/_control":
            with world.lock:
                world.reset(json.loads(body))
            self._send(as_json({}))
            return
        request = self._understand(body)
        agent = self.headers.get("User-Agent", "")
        found = re.search(r" op/(op-[a-z0-9]+)$", agent)
        op_id = found[1] if found else None
        with world.lock:
            fault = world.take_fault(request.action)
            line: dict[str, Any] = {
                "at": time.time(),
                "action": request.action,
                "resource": request.resource,
                "op_id": op_id,
                "recorded": world.recorded(op_id),
                "fault": fault,
                "effect": False,
            }
            if fault in {"drop before", "throttle", "fail before"}:
                world.write(line)
                self._refuse(str(fault))
                return
            answer, line["effect"] = world.answer(request)
            world.write(line)
        self._reply(answer, fault)

    def _refuse(self, fault: str) -> None:
        if fault == "throttle":
            self._send(refusal("ThrottlingException"))
        elif fault == "fail before":
            self._send(refusal("InternalFailure", 500))
        else:
            self._drop()

    def _reply(self, answer: Answer, fault: str | None) -> None:
        if fault == "delay":
            time.sleep(0.3)  # a fault of the double: a slow answer, no waiting of ours
        if fault == "hang":
            time.sleep(30)  # a fault of the double: the client gives up long before
        if fault in {"drop after", "hang"}:
            self._drop()
        elif fault == "reset":
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self._drop()
        elif fault == "fail after":
            self._send(refusal("InternalFailure", 500))
        elif fault == "garbage":
            self._send(answer._replace(body=b"\x00<garbage>{" * 9, status=200))
        elif fault == "truncate":
            whole = answer.body or b" " * 64
            self._send(answer._replace(body=whole[: len(whole) // 2]), len(whole))
        else:
            self._send(answer)

    def _understand(self, body: bytes) -> Request:
        """Return action and resource of a request."""
        target = self.headers.get("X-Amz-Target")
        if target:
            arguments = json.loads(body or b"{}")
            named = ("QueueUrl", "QueueName", "Name", "SecretId")
            resource = next((arguments[k] for k in named if k in arguments), "")
            return Request(target.partition(".")[2], str(resource), arguments)
        kind = self.headers.get("Content-Type", "")
        if self.command == "POST" and "x-www-form" in kind:
            form = {k: v[0] for k, v in parse_qs(body.decode()).items()}
            return Request(form.get("Action", ""), form.get("RoleArn", ""), form)
        return self._understand_s3()

    def _understand_s3(self) -> Request:
        split = urlsplit(self.path)
        names = {
            ("GET", "versioning"): "GetBucketVersioning",
            ("PUT", "versioning"): "PutBucketVersioning",
            ("HEAD", ""): "HeadBucket",
            ("DELETE", ""): "DeleteBucket",
        }
        name = names.get((self.command, split.query), f"S3{self.command}")
        return Request(name, unquote(split.path.strip("/")), {})

    def _send(self, answer: Answer, length: int | None = None) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        self.send_header("x-amzn-RequestId", f"aws-{time.monotonic_ns():x}")
        self.send_header("Content-Length", str(length or len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def _drop(self) -> None:
        self.close_connection = True
        self.wfile.flush()
        if self._is_polite():
            self.connection.shutdown(socket.SHUT_RDWR)
        self.connection.close()

    def _is_polite(self) -> bool:
        linger = self.connection.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8)
        is_on: int = struct.unpack("ii", linger)[0]
        return is_on == 0


for verb in ("PUT", "POST", "DELETE", "HEAD"):
    setattr(Handler, f"do_{verb}", Handler.do_GET)


class Server(ThreadingHTTPServer):
    """The double; a killed client is no reason to print a traceback."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, world: World) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.world = world

    def handle_error(self, _request: Any, _address: Any) -> None:
        """Clients die here on purpose."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            sys.stderr.write(f"double: {type(error).__name__}: {escape(str(error))}\n")


def main() -> None:
    """Serve until stdin ends; print the port first."""
    server = Server(World(Path(sys.argv[1])))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write(f"{server.server_address[1]}\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main()
