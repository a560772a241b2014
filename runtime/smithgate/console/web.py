"""The console's HTTP server: loopback only, nothing before the gate has looked.

Owns routes, headers and limits. Deciding is ``desk``'s business.
"""

import socketserver
from collections.abc import Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.resources import files
from typing import Any
from urllib.parse import parse_qs, urlsplit

from ..errors import PlanNotFound, SmithgateError
from .desk import Desk
from .gate import Gate
from .pages import card_page, list_page, message_page, page

MAX_FORM_BYTES = 8192
SOCKET_TIMEOUT_S = 10

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not `no-referrer`: browsers then send `Origin: null` with our own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Console(socketserver.ThreadingMixIn, HTTPServer):
    """Serves one approver on 127.0.0.1."""

    daemon_threads = True

    def __init__(self, desk: Desk, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.desk = desk
        self.gate = Gate(self.server_address[1])

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a connection that broke; answers are made before."""


class Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    server: Console
    timeout = SOCKET_TIMEOUT_S
    server_version = "smithgate"
    sys_version = ""

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - their name
        """Log nothing: addresses hold the token."""

    def do_GET(self) -> None:
        """Answer a page."""
        gate = self.server.gate
        address = urlsplit(self.path)
        if not gate.is_host(self.headers):
            self._refuse(HTTPStatus.MISDIRECTED_REQUEST, "this is not your host")
        elif address.path == f"{gate.base}/enter":
            self._enter(parse_qs(address.query).get("token", [""])[0])
        elif not gate.is_session(self.headers):
            self._refuse(HTTPStatus.FORBIDDEN, "open the address from the terminal")
        elif address.path == f"{gate.base}/style.css":
            style = files(__package__).joinpath("style.css").read_bytes()
            self._send(HTTPStatus.OK, style, kind="text/css; charset=utf-8")
        else:
            self._page(address.path.removeprefix(gate.base))

    def do_POST(self) -> None:
        """Take a decision."""
        gate = self.server.gate
        if not gate.is_host(self.headers):
            self._refuse(HTTPStatus.MISDIRECTED_REQUEST, "this is not your host")
        elif not gate.is_own_form(self.headers) or not gate.is_session(self.headers):
            self._refuse(HTTPStatus.FORBIDDEN, "this form is not from this console")
        else:
            form = self._form()
            plan_id = self.path.removeprefix(f"{gate.base}/plan/")
            if form is None:
                self._refuse(HTTPStatus.BAD_REQUEST, "this form cannot be read")
            elif not gate.is_form_token(form["form"], plan_id, form["digest"]):
                self._refuse(HTTPStatus.FORBIDDEN, "this form is not for this plan")
            else:
                self._decide(plan_id, form)

    def _enter(self, token: str) -> None:
        gate = self.server.gate
        if not gate.enters(token):
            self._refuse(HTTPStatus.FORBIDDEN, "the address was used; start anew")
            return
        more = {"Set-Cookie": gate.cookie, "Location": f"{gate.base}/"}
        self._send(HTTPStatus.SEE_OTHER, b"", more=more)

    def _page(self, path: str) -> None:
        desk, gate = self.server.desk, self.server.gate
        try:
            if path == "/":
                self._html("Plans", list_page(desk.waiting(), gate.base))
                return
            if not path.startswith("/plan/"):
                self._refuse(HTTPStatus.NOT_FOUND, "there is no such page")
                return
            view = desk.view(path.removeprefix("/plan/"))
            token = gate.form_token(view["plan_id"], view["digest"] or "")
            words = desk.words(view["plan_id"])
            is_open = desk.is_open(view)
            body = card_page(view, gate.base, token, words, is_open=is_open)
            self._html(f"Plan {view['plan_id']}", body)
        except SmithgateError as error:
            self._tell(error)

    def _decide(self, plan_id: str, form: Mapping[str, str]) -> None:
        try:
            done = self.server.desk.decide(plan_id, form)
        except SmithgateError as error:
            self._tell(error)
            return
        body = message_page(done, [f"plan {plan_id}"], self.server.gate.base)
        self._html(done, body)

    def _form(self) -> dict[str, str] | None:
        """Return the fields of a form, each once, ``None`` for anything else."""
        length = self.headers.get("Content-Length", "")
        kind = self.headers.get("Content-Type", "")
        is_size = length.isascii() and length.isdigit() and len(length) <= len("8192")
        if kind != "application/x-www-form-urlencoded" or not is_size:
            return None
        if int(length) > MAX_FORM_BYTES:
            return None
        try:
            text = self.rfile.read(int(length)).decode("ascii")
            fields = parse_qs(
                text,
                keep_blank_values=True,
                strict_parsing=True,
                errors="strict",
                max_num_fields=len(FIELDS),
            )
        except ValueError:
            return None
        if set(fields) != FIELDS or any(len(said) != 1 for said in fields.values()):
            return None
        return {name: said[0] for name, said in fields.items()}

    def _tell(self, error: SmithgateError) -> None:
        status = HTTPStatus.CONFLICT
        if isinstance(error, PlanNotFound):
            status = HTTPStatus.NOT_FOUND
        told = error.as_dict()  # masked
        lines = [f"{told['code']}: {told['message']}", told.get("hint", "")]
        body = message_page("Nothing was decided", lines, self.server.gate.base)
        self._html("Refused", body, status)

    def _refuse(self, status: HTTPStatus, why: str) -> None:
        """Answer without a word of what is behind the gate."""
        body = page("Refused", message_page("Refused", [why], ""), "", "")
        self._send(status, body.encode())

    def _html(self, title: str, body: str, status: HTTPStatus = HTTPStatus.OK) -> None:
        who = self.server.desk.who
        text = page(title, body, self.server.gate.base, who)
        self._send(status, text.encode("utf-8", "replace"))

    def _send(
        self,
        status: HTTPStatus,
        body: bytes,
        *,
        kind: str = "text/html; charset=utf-8",
        more: Mapping[str, str] | None = None,
    ) -> None:
        self.send_response(status)
        sized = {"Content-Type": kind, "Content-Length": str(len(body))}
        for name, value in {**HEADERS, **sized, **(more or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


FIELDS = {"form", "digest", "decision", "confirm", "note"}
"""The fields of a decision, all of them, each once."""
