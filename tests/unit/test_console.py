"""The web console: who gets in, what a form needs, what a page can hold."""

import http.client
import re
import threading
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pytest
from approver_kit import signer
from card_texts import NASTY, TEXTS, VALUES, view_of
from fake_aws import World
from hypothesis import HealthCheck, example, given, settings
from smithgate.app import Application
from smithgate.console.desk import Desk
from smithgate.console.pages import card_page, list_page, page
from smithgate.console.web import HEADERS, Console
from smithgate.plan.decide import Voice
from smithgate.redact.text import _INVISIBLE


class Answer(NamedTuple):
    status: int
    headers: Mapping[str, str]
    text: str


class Browser:
    """Sends what a browser would send, or what somebody else would."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.gate = console.gate
        self.port = console.server_address[1]
        self.cookie = ""

    def ask(
        self,
        method: str,
        path: str,
        form: Mapping[str, str] | str | None = None,
        **headers: str | None,
    ) -> Answer:
        sent: dict[str, str | None] = {
            "Host": self.gate.host,
            "Cookie": self.cookie or None,
        }
        body = urlencode(form) if isinstance(form, Mapping) else form
        if body is not None:
            sent["Origin"] = self.gate.origin
            sent["Content-Type"] = "application/x-www-form-urlencoded"
            sent["Content-Length"] = str(len(body))
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in sent.items():
            if value is not None:
                connection.putheader(name, value)
        connection.endheaders(None if body is None else body.encode())
        answer = connection.getresponse()
        found = Answer(answer.status, dict(answer.getheaders()), answer.read().decode())
        connection.close()
        return found

    def enter(self) -> Answer:
        answer = self.ask("GET", self.gate.url.removeprefix(self.gate.origin))
        self.cookie = answer.headers.get("Set-Cookie", "").split(";")[0]
        return answer

    def get(self, path: str = "/", **headers: str | None) -> Answer:
        return self.ask("GET", self.gate.base + path, **headers)

    def form(self, plan_id: str, **changed: str) -> dict[str, str]:
        """Return the form of a plan's page, filled in to approve."""
        text = self.get(f"/plan/{plan_id}").text
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', text))
        filled = {"decision": "grant", "confirm": plan_id, "note": ""}
        return hidden | filled | changed

    def post(
        self, plan_id: str, form: Mapping[str, str] | str, **headers: str | None
    ) -> Answer:
        return self.ask("POST", f"{self.gate.base}/plan/{plan_id}", form, **headers)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.app.close()


@pytest.fixture
def browser(world: World) -> Iterator[Browser]:
    app: Application = world.app
    with Console(Desk(app, Voice(signer("ada")))) as console:
        thread = threading.Thread(target=console.serve_forever, args=(0.01,))
        thread.start()
        browser = Browser(console)
        browser.enter()
        yield browser
        console.shutdown()
        thread.join()


@pytest.fixture
def asked(world: World) -> str:
    plan_id = world.plan_versioning(reason="because <b>I</b> say so")
    world.ok("request_approval", plan_id=plan_id)
    return plan_id


def state(world: World, plan_id: str) -> str:
    found = world.app.store.approval(plan_id)
    assert found is not None
    return str(found.state)


def test_the_whole_way(browser: Browser, world: World, asked: str) -> None:
    assert asked in browser.get().text
    card = browser.get(f"/plan/{asked}").text
    for part in (
        asked,
        "123456789012",
        "us-east-1",
        "rule writing-verb Put",
        "untrusted",
    ):
        assert part in card
    assert "&lt;b&gt;I&lt;/b&gt;" in card
    done = browser.post(asked, browser.form(asked, note="seen"))
    assert (done.status, "Granted (1 of 1)" in done.text) == (200, True)
    found = world.app.store.approval(asked)
    assert found is not None
    (vote,) = found.grants
    assert (vote.approver, vote.note, vote.signed is not None) == ("ada", "seen", True)
    world.ok("apply", plan_id=asked)
    assert asked not in browser.get().text
    assert "<form" not in browser.get(f"/plan/{asked}").text


def test_deny(browser: Browser, world: World, asked: str) -> None:
    done = browser.post(asked, browser.form(asked, decision="deny", confirm="b"))
    assert (done.status, state(world, asked)) == (200, "Denied")


def test_the_list_says_what_a_plan_acts_on(browser: Browser, world: World) -> None:
    plan_id = world.plan_versioning()
    world.ok("request_approval", plan_id=plan_id)
    text = browser.get().text
    assert "s3:PutBucketVersioning" in text
    assert "</b> b <i" in text


def test_it_listens_on_loopback_only(browser: Browser) -> None:
    assert browser.console.server_address[0] == "127.0.0.1"
    assert browser.gate.url.startswith(f"http://127.0.0.1:{browser.port}/")


def test_the_address_opens_once(world: World) -> None:
    with Console(Desk(world.app, Voice(signer("ada")))) as console:
        thread = threading.Thread(target=console.serve_forever, args=(0.01,))
        thread.start()
        browser = Browser(console)
        path = browser.gate.url.removeprefix(browser.gate.origin)
        assert browser.ask("GET", path + "x").status == 403
        first = browser.ask("GET", path)
        assert first.status == 303
        cookie = first.headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        assert f"Path={browser.gate.base}" in cookie
        again = browser.ask("GET", path)
        assert (again.status, "Set-Cookie" in again.headers) == (403, False)
        assert browser.ask("GET", f"{browser.gate.base}/enter?token=").status == 403
        console.shutdown()
        thread.join()


COOKIES = ("", "smithgate=", "smithgate=x", "other=1", "smithgate", "=;=", "\x01=\x02")


@pytest.mark.parametrize("cookie", COOKIES)
def test_nothing_is_shown_without_the_cookie(
    browser: Browser, asked: str, cookie: str
) -> None:
    form = browser.form(asked)
    for path in ("/", f"/plan/{asked}", "/style.css", "/none"):
        answer = browser.get(path, Cookie=cookie)
        assert (answer.status, asked in answer.text) == (403, False)
    assert browser.post(asked, form, Cookie=cookie).status == 403


@pytest.mark.parametrize(
    "host", [None, "", "localhost", "evil.example", "evil.example:80", "127.0.0.1"]
)
def test_another_host_is_refused(
    browser: Browser, world: World, asked: str, host: str | None
) -> None:
    form = browser.form(asked)
    for answer in (browser.get(Host=host), browser.post(asked, form, Host=host)):
        assert (answer.status, asked in answer.text) == (421, False)
    assert state(world, asked) == "Pending"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Origin", None),
        ("Origin", "null"),
        ("Origin", "http://evil.example"),
        ("Origin", "http://127.0.0.1"),
        ("Origin", "http://127.0.0.1:1"),
        ("Sec_Fetch_Site", "cross-site"),
        ("Sec_Fetch_Site", "same-site"),
        ("Sec_Fetch_Site", "none"),
    ],
)
def test_a_form_of_another_site_is_refused(
    browser: Browser, world: World, asked: str, name: str, value: str | None
) -> None:
    form = browser.form(asked)
    answer = browser.post(asked, form, **{name: value})
    assert (answer.status, state(world, asked)) == (403, "Pending")
    assert browser.post(asked, form).status == 200


def test_a_form_is_for_one_plan_and_digest(browser: Browser, world: World) -> None:
    plans = [world.plan_versioning() for _ in range(2)]
    for plan_id in plans:
        world.ok("request_approval", plan_id=plan_id)
    first, second = (browser.form(plan_id) for plan_id in plans)
    wrong = [
        second | {"confirm": plans[0]},
        first | {"digest": second["digest"]},
        first | {"form": ""},
        first | {"form": "é"},
        first | {"form": first["form"][:-1]},
    ]
    for form in wrong:
        assert browser.post(plans[0], form).status == 403
    assert state(world, plans[0]) == "Pending"


@pytest.mark.parametrize(
    "change",
    [{"confirm": ""}, {"confirm": "yes"}, {"confirm": "B"}, {"decision": "revoke"},
     {"decision": ""}, {"decision": "Grant"}],
)  # fmt: skip
def test_a_word_that_is_not_clear_is_none(
    browser: Browser, world: World, asked: str, change: dict[str, str]
) -> None:
    answer = browser.post(asked, browser.form(asked, **change))
    assert (answer.status, state(world, asked)) == (409, "Pending")
    assert "approval_refused" in answer.text


def test_forms_that_cannot_be_read(browser: Browser, world: World, asked: str) -> None:
    form = browser.form(asked)
    text = urlencode(form)
    bodies: list[tuple[Any, dict[str, str | None]]] = [
        (text + "&decision=grant", {}),
        (text + "&more=1", {}),
        (text.replace("&note=", ""), {}),
        (urlencode({**form, "note": "x" * 9000}), {}),
        (text, {"Content_Type": "text/plain"}),
        (text, {"Content_Type": "multipart/form-data"}),
        (text, {"Content_Length": None}),
        (text, {"Content_Length": "-1"}),
        (text, {"Content_Length": "99999999999"}),
        (urlencode({**form}) + "&note=%ff", {}),
        ("", {}),
    ]
    for body, headers in bodies:
        assert browser.post(asked, body, **headers).status == 400, (body, headers)
    assert state(world, asked) == "Pending"


def test_other_methods_and_pages(browser: Browser) -> None:
    assert browser.get("/none").status == 404
    assert browser.get("/plan/p-none").status == 404
    assert browser.get("/plan/%2e%2e/x").status == 404
    for method in ("PUT", "DELETE", "OPTIONS", "HEAD"):
        assert browser.ask(method, f"{browser.gate.base}/").status == 501


def test_every_answer_has_the_headers(browser: Browser, asked: str) -> None:
    answers = [
        browser.get(), browser.get(f"/plan/{asked}"), browser.get("/style.css"),
        browser.get("/none"), browser.get(Host="x"), browser.get(Cookie=""),
        browser.post(asked, ""), browser.post(asked, browser.form(asked, confirm="")),
    ]  # fmt: skip
    for answer in answers:
        for name, value in HEADERS.items():
            assert answer.headers[name] == value
        assert "Python" not in answer.headers["Server"]
    policy = HEADERS["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_an_approver_who_may_not(tmp_path: Path) -> None:
    from forgery_kit import NARROW

    world = World(tmp_path, NARROW)
    plan_id = world.plan_versioning()
    world.ok("request_approval", plan_id=plan_id)
    with Console(Desk(world.app, Voice(signer("ada")))) as console:
        thread = threading.Thread(target=console.serve_forever, args=(0.01,))
        thread.start()
        browser = Browser(console)
        browser.enter()
        answer = browser.post(plan_id, browser.form(plan_id))
        assert "may not approve write" in answer.text
        assert state(world, plan_id) == "Pending"
        console.shutdown()
        thread.join()
    world.app.close()


class Tags(HTMLParser):
    """Collects what a browser would make of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.data = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.data += data


MARKUP = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'&lt;",
    "</main>",
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=TEXTS, value=VALUES)
@example(text="".join(MARKUP), value=list(MARKUP))
@example(text="".join(NASTY), value=[*MARKUP, *NASTY])
def test_no_text_becomes_markup_or_hides(text: str, value: Any) -> None:
    text = text.encode("utf-8", "replace").decode()
    view = view_of(text, value) | {"is_expired": False, "about": text}
    bodies = [
        card_page(view, "/base", "token", [text or "x"], is_open=True),
        list_page([view], "/base"),
    ]
    for body in bodies:
        found = Tags()
        found.feed(page(text, body, "/base", text))
        found.close()
        assert not {"script", "img", "iframe", "style", "object"} & set(found.tags)
        assert not any(name.startswith("on") for name in found.attributes)
        assert "style" not in found.attributes
        seen = found.data.replace("\n", "")
        assert all(char.isprintable() and not _INVISIBLE.match(char) for char in seen)
