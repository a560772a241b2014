"""Secrets planted in every place, then hunted in everything that leaves or is written.

An agent, a client, AWS and a person plant them wherever they can. Grepped are results,
errors, cards, exports, every cell of the database and every file: sealed documents and
stored responses hold them in full, but only for who has the key.
"""

import json
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from approver_kit import signer
from botocore import exceptions as sdk
from click.testing import CliRunner
from fake_aws import POLICY, World
from smithgate.cli import cli
from smithgate.console.desk import Desk
from smithgate.console.pages import card_page, list_page
from smithgate.errors import UnknownTool
from smithgate.plan.decide import Voice
from smithgate.server.tool import CallContext
from smithgate.store import Store
from stack import ROOT

RULES = """\
  - id: asked
    approve: ["secretsmanager:(CreateSecret|PutSecretValue)", "s3:PutBucketVersioning"]
  - id: secrets-come-back
    allow: ["secretsmanager:GetSecretValue"]
"""

ARGUMENT = "sw0rdfish of the argument"
"""Has no shape: only the member says that it is secret."""
REPLY = "sw0rdfish of the reply"
SEALED = "sw0rdfish of the sealed reply"
KEY_ID = "AKIAIOSFODNN7HUNTED1"
SHAPED = {
    "key id": KEY_ID,
    "secret key": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYHUNTEDKEYS",
    "session token": "IQoJb3JpZ2luX2VjEJr//////////wEaCXVzLWVhc3QtMSJHMEUC",
    "private key": "-----BEGIN PRIVATE KEY-----\nMIIHunted\n-----END PRIVATE KEY-----",
    "web token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJodW50ZWQifQ.c2lnbmF0dXJlLWh1bnRlZA",
    "github": "ghp_" + "Hunted12" * 5,
    "presigned": "0a1b2c3d4e5f6071829300a1b2c3d4e5f607182930",
    "url password": "hunted-pa55",
    "slack": "xoxb-1234567890-hunted",
}
"""The part that must not get out, by what it is."""
TEXTS = {
    **SHAPED,
    "presigned": "https://b.s3.amazonaws.com/k?X-Amz-Credential=x&X-Amz-Signature="
    + SHAPED["presigned"],
    "url password": f"postgres://admin:{SHAPED['url password']}@db:5432/x",
}
EVERYTHING = " ; ".join(TEXTS.values())


class Hunt:
    """A world in which everybody plants secrets, and all that came out of it."""

    def __init__(self, folder: Path) -> None:
        self.world = World(folder, POLICY + RULES)
        self.outputs: list[str] = []

    def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """Call as a client whose name is a credential."""
        context = CallContext(KEY_ID, KEY_ID, "2026-07-28", threading.Event())
        result = self.world.core.call(tool, arguments, context)
        self.outputs += [result.text, json.dumps(result.structured)]
        error = result.structured.get("error") or {}
        assert error.get("code") != "internal"
        return result.structured

    def run(self, *arguments: str) -> None:
        """Run a command as a person."""
        env = {
            "SMITHGATE_POLICY": str(self.world.policy_file),
            "SMITHGATE_STATE": str(self.world.folder / "state"),
            "SMITHGATE_GENERATED": str(ROOT / "generated"),
        }
        done = CliRunner().invoke(cli, list(arguments), env=env)
        assert done.exit_code in {0, 1}, (arguments, done.output)
        self.outputs.append(done.output)

    def look(self, plan_id: str) -> None:
        """Look at a plan in the approver's console."""
        desk = Desk(self.world.app, Voice(signer("ada")))
        view, words = desk.view(plan_id), desk.words(plan_id)
        self.outputs.append(card_page(view, "/", "t", words, is_open=True))
        self.outputs.append(list_page(desk.waiting(), "/"))

    def plan(self, **arguments: Any) -> str:
        """Plan a secret; return the plan id."""
        step = {"operation": "secretsmanager:CreateSecret", "arguments": arguments}
        return str(self.call("plan", steps=[step], reason=EVERYTHING)["plan_id"])

    def applied(self, plan_id: str) -> str:
        """Ask, approve, apply; return the transaction."""
        self.call("request_approval", plan_id=plan_id)
        self.world.approve(plan_id)
        done = self.call("apply", plan_id=plan_id)
        details = (done.get("error") or {}).get("details", {})
        return str(done.get("tx_id") or details.get("tx_id"))


def refused_by_aws(arguments: Mapping[str, Any]) -> Any:
    """Answer as AWS does: with the refused value, and with more."""
    said = f"Value '{arguments['SecretString']}' is not allowed; {EVERYTHING}"
    raise sdk.ClientError(
        {
            "Error": {"Code": f"Invalid.{KEY_ID}", "Message": said},
            "ResponseMetadata": {"HTTPStatusCode": 400, "RequestId": KEY_ID},
        },
        "CreateSecret",
    )


def lost(arguments: Mapping[str, Any]) -> Any:
    """Fail as the SDK does when the reply is lost, quoting what it sent."""
    raise sdk.HTTPClientError(error=f"{arguments['SecretString']} {EVERYTHING}")


@pytest.fixture(scope="module")
def hunt(tmp_path_factory: pytest.TempPathFactory) -> Hunt:
    made = Hunt(tmp_path_factory.mktemp("hunt"))
    plant(made)
    made.world.app.close()
    return made


def plant(hunt: Hunt) -> None:
    """Go through every tool and command with a secret in every place."""
    aws = hunt.world.aws.answers
    secret = {"SecretString": ARGUMENT, "Description": EVERYTHING}
    txs = []
    for name, answer in {
        "good": lambda _: {"ARN": f"arn:x:{KEY_ID}", "Name": EVERYTHING},
        "refused": refused_by_aws,
        "lost": lost,
    }.items():
        aws["secretsmanager.create_secret"] = answer
        plan_id = hunt.plan(Name=name, **secret)
        txs.append(hunt.applied(plan_id))
        for tool in ("get_plan", "diff", "apply", "request_approval"):
            hunt.call(tool, plan_id=plan_id)
        for command in (["show"], ["policy", "explain"], ["undo"]):
            hunt.run(*command, plan_id)
            hunt.run(*command, plan_id, "--json")
        hunt.run("show", plan_id, "--markdown")
        hunt.look(plan_id)
    plant_in_reads(hunt)
    plant_in_refusals(hunt)
    for tx_id in txs:
        hunt.run("audit", "show", tx_id)
        hunt.run("audit", "show", tx_id, "--json")
        hunt.run("resolve", tx_id)
    for command in (["plans"], ["resolve"], ["audit", "verify"]):
        hunt.run(*command)
        hunt.run(*command, "--json")
    hunt.run("audit", "export")
    hunt.run("doctor", "--offline")


def plant_in_reads(hunt: Hunt) -> None:
    """Have AWS answer with secrets, known and shaped."""
    aws = hunt.world.aws.answers
    aws["lambda.get_function_configuration"] = lambda _: {
        "FunctionName": EVERYTHING,
        "Description": EVERYTHING,
        "Environment": {"Variables": {"PASSWORD": REPLY}},
        KEY_ID: 1,
    }
    aws["secretsmanager.get_secret_value"] = lambda _: {"SecretString": SEALED}
    aws["s3.list_buckets"] = lambda _: {
        "Buckets": [{"Name": f"{KEY_ID}-{n}"} for n in range(3000)],
        "ContinuationToken": KEY_ID,
    }
    read = hunt.call(
        "read",
        operation="lambda:GetFunctionConfiguration",
        arguments={"FunctionName": "f"},
    )
    for expression in (None, "Environment", f"Description == '{KEY_ID}'", f"[{KEY_ID}"):
        given = {"expression": expression} if expression else {}
        hunt.call("query_artifact", artifact=read["artifact"], **given)
    sealed = hunt.call(
        "read",
        operation="secretsmanager:GetSecretValue",
        arguments={"SecretId": "s"},
    )
    hunt.call("query_artifact", artifact=sealed["artifact"])
    large = hunt.call("read", operation="s3:ListBuckets")
    hunt.call("query_artifact", artifact=large["artifact"], limit=5)


def plant_in_refusals(hunt: Hunt) -> None:
    """Put secrets where nothing is accepted."""
    create, put = "secretsmanager:CreateSecret", "secretsmanager:PutSecretValue"
    for operation, arguments in (
        (create, {"Name": EVERYTHING, "SecretString": [ARGUMENT]}),
        (create, {"Name": "n", "SecretString": ARGUMENT, KEY_ID: 1}),
        (create, {"Name": "n", "SecretString": ARGUMENT * 5000}),
        (put, {"SecretId": 7, "SecretString": ARGUMENT, "SecretBinary": ARGUMENT}),
        (KEY_ID, {}),
        ("iam:CreateLoginProfile", {"UserName": "u", "Password": ARGUMENT}),
    ):
        hunt.call("plan", steps=[{"operation": operation, "arguments": arguments}])
        hunt.call("read", operation=operation, arguments=arguments)
    hunt.call("get_plan", plan_id=KEY_ID)
    hunt.call("get_plan", **{KEY_ID: KEY_ID})
    hunt.call("query_artifact", artifact=KEY_ID)
    hunt.call("search_operations", query=KEY_ID)
    hunt.call("describe_operation", operation="s3:ListBuckets", member=KEY_ID)
    hunt.call("read", operation="s3:ListBuckets", target=KEY_ID, region=KEY_ID)
    with pytest.raises(UnknownTool) as caught:
        hunt.call(KEY_ID)
    hunt.outputs.append(json.dumps(caught.value.as_dict()))
    for command in (["show", KEY_ID], ["audit", "show", KEY_ID], ["show", EVERYTHING]):
        hunt.run(*command)


def forms(secret: str) -> set[str]:
    """Return how a text can stand in an output: raw, and in JSON."""
    return {secret, json.dumps(secret)[1:-1]}


HIDDEN = {**SHAPED, "argument": ARGUMENT, "reply": REPLY, "sealed reply": SEALED}


@pytest.mark.parametrize("name", HIDDEN)
def test_no_output_holds_a_secret(hunt: Hunt, name: str) -> None:
    assert len(hunt.outputs) > 80
    for output in hunt.outputs:
        for form in forms(HIDDEN[name]):
            at = output.find(form)
            assert at < 0, output[max(0, at - 200) : at + 60]


def cells(hunt: Hunt) -> Iterator[tuple[str, str, str]]:
    """Yield (table, column, text) of every cell of the database."""
    names = hunt.world.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
    for (table,) in names:
        columns = [row[1] for row in hunt.world.rows(f"PRAGMA table_info({table})")]
        for row in hunt.world.rows(f"SELECT * FROM {table}"):
            for column, value in zip(columns, row, strict=True):
                yield table, column, str(value)


@pytest.mark.parametrize("name", HIDDEN)
def test_no_cell_of_the_database_holds_a_secret(hunt: Hunt, name: str) -> None:
    found = {
        (table, column)
        for table, column, text in cells(hunt)
        if any(form in text for form in forms(HIDDEN[name]))
    }
    assert found == set()


@pytest.mark.parametrize("name", HIDDEN)
def test_no_file_holds_a_secret(hunt: Hunt, name: str) -> None:
    wanted = {form.encode() for form in forms(HIDDEN[name])}
    files = [
        path for path in (hunt.world.folder / "state").rglob("*") if path.is_file()
    ]
    assert len(files) > 15
    for path in files:
        data = path.read_bytes()
        assert not any(form in data for form in wanted), path


def test_what_is_sealed_is_whole_for_who_has_the_key(hunt: Hunt) -> None:
    """The secrets are there: apply runs them, and query_artifact reads replies."""
    store = Store.open(hunt.world.folder / "state")
    documents = json.dumps([plan.document for plan in store.plans(limit=100)])
    responses = json.dumps(
        [store.artifacts.get(each) for each in store.artifacts.ids()]
    )
    store.close()
    assert ARGUMENT in documents
    assert REPLY in responses
    assert SEALED in responses


def test_recorded_requests_carry_keyed_marks(hunt: Hunt) -> None:
    """The same secret has the same mark in every request, and no output has one."""
    requests = [
        json.loads(path.read_bytes())["value"]
        for path in (hunt.world.folder / "state" / "artifacts").rglob("art-*")
        if json.loads(path.read_bytes())["kind"] == "request"
    ]
    marks = {
        request["arguments"]["SecretString"]
        for request in requests
        if request["operation"] == "secretsmanager:CreateSecret"
    }
    assert len(marks) == 1
    (mark,) = marks
    assert mark.startswith("(sensitive hmac:")
    shown = [text for text in hunt.outputs if "hmac:" in text and '"request"' in text]
    assert shown, "an auditor sees them by `audit show --json`"
    tools = [text for text in hunt.outputs if text.startswith('{"')]
    assert not any("(sensitive hmac:" in text for text in tools)
