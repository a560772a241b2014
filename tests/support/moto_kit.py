"""Before → after against moto: cases as data, one runner through the real core.

A file of ``tests/moto_cases`` holds the cases of one service::

    - name: versioning-on
      kind: put
      setup:                                  # plain boto3 calls, ids kept by `save`
        - {call: "s3:CreateBucket", with: {Bucket: b}, save: {url: Location}}
      call: s3:PutBucketVersioning
      with: {Bucket: b, VersioningConfiguration: {Status: Enabled}}
      diff: {VersioningConfiguration.Status: [~, Enabled]}    # before, after; ~ nothing
      outside: [{call: …, with: …}]           # from elsewhere: apply has to be refused
      undo: true                              # and then the first plan comes out again

``lost`` instead of ``diff`` names members that a delete must show, ``status`` another
status than ``change``, ``again`` what planning once more says, ``unknown`` paths that
cannot be compared. ``$name`` in a text is a saved value;
``sample: true`` makes the test suite run the case too.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.request import Request, urlopen

import jmespath
import yaml
from approver_kit import approvers
from botocore import xform_name
from fake_aws import World
from smithgate.app import Application
from smithgate.settings import Settings
from stack import ROOT, aws_env, boto, moto_server

CASES = ROOT / "tests" / "moto_cases"
POLICY = f"""\
version: 1
targets:
  moto: {{account: "123456789012", regions: [us-east-1], default: true}}
risks: {{write: approve, execute: approve, permissions: approve, destructive: approve, sensitive: approve}}
{approvers("ada")}rules:
  - id: seen
    allow: [".*:(Get|List|Describe).*"]
"""
DEFAULT = frozenset(
    yaml.safe_load((ROOT / "smithy-models" / "services.yaml").read_text())["services"]
)


@dataclass(frozen=True)
class Case:
    """One case, as written."""

    service: str
    name: str
    data: Mapping[str, Any]
    held_out: bool
    """Nobody looked at the service's readers when they were derived."""

    @property
    def is_default(self) -> bool:
        return self.service in DEFAULT


@dataclass
class Outcome:
    """What became of a case."""

    case: Case
    problems: list[str] = field(default_factory=list)
    wrong_no_change: bool = False
    """Planned as unchanged although the case changes something."""
    invented: bool = False
    """A difference where there is none."""
    undone: bool | None = None
    refused: bool | None = None
    plan_reads: int = 0
    """Reader calls of the plan of the step."""
    reads: int = 0
    """Reader calls of its apply, before and after."""


def load_cases() -> list[Case]:
    """Return every case, in the order of files and lines."""
    return [case for file in sorted(CASES.glob("*.yaml")) for case in read_cases(file)]


def read_cases(file: Path) -> Iterator[Case]:
    """Yield the cases of one file."""
    document = yaml.safe_load(file.read_text())
    setups = document.get("setups", {})
    for item in document["cases"]:
        item["setup"] = list(_steps(item.get("setup", ()), setups))
        held = bool(document.get("held_out", False))
        yield Case(item.get("service", document["service"]), item["name"], item, held)


def _steps(setup: Any, named: Mapping[str, Any]) -> Iterator[Any]:
    """Yield the calls of a setup; a text stands for a group of ``setups``."""
    for item in setup:
        if isinstance(item, str):
            yield from _steps(named[item], named)
        else:
            yield item


_GENERATOR = (
    "import sys\nfrom smithgate_codegen.cli import run\nsys.exit(run(sys.argv[1:]))"
)


def write_tree(folder: Path, services: set[str]) -> Path:
    """Return a tree of the default services and these, made of botocore's models.

    Rendered services come from the generator's own cache the next time.
    """
    if services <= DEFAULT:
        return ROOT / "generated"
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "services.yaml"
    names = sorted(DEFAULT | services)
    config.write_text(
        f"format_version: 1\nsource: botocore\nservices: {json.dumps(names)}\n"
    )
    common = ["--config", str(config)]
    for arguments in (
        ["sync", *common],
        ["generate", *common, "--out", str(folder / "generated")],
    ):
        subprocess.run(
            [sys.executable, "-c", _GENERATOR, *arguments],
            check=True,
            capture_output=True,
            text=True,
        )
    return folder / "generated"


class MotoWorld(World):
    """A server core whose SDK talks to moto."""

    def __init__(self, folder: Path, generated: Path) -> None:
        self._generated = generated
        super().__init__(folder, POLICY)

    def _application(self) -> Application:
        settings = Settings(
            policy=str(self.policy_file),
            state=str(self.folder / "state"),
            generated=str(self._generated),
        )
        return Application(settings, clock=self.clock, sleep=self.slept.append)


class Moto:
    """Plain boto3 against one moto server: what somebody without Smithgate does."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint
        self._clients: dict[str, Any] = {}

    def fresh(self, case: Case) -> dict[str, Any]:
        """Reset moto and do the setup; return the saved values."""
        request = Request(f"{self._endpoint}/moto-api/reset", method="POST")
        urlopen(request).close()
        saved: dict[str, Any] = {}
        for call in case.data.get("setup", ()):
            self.call(call, saved)
        return saved

    def call(self, call: Mapping[str, Any], saved: dict[str, Any]) -> Any:
        """Make a call of a case, keep what it saves, return the reply."""
        service, name = call["call"].split(":")
        if service not in self._clients:
            self._clients[service] = boto(service, self._endpoint)
        method = getattr(self._clients[service], xform_name(name))
        reply = method(**filled(call.get("with", {}), saved))
        for key, expression in call.get("save", {}).items():
            # A list is an expression and what to split its text by: the last part.
            path, *cut = [expression] if isinstance(expression, str) else expression
            saved[key] = jmespath.search(path, reply)
            if cut:
                saved[key] = saved[key].rpartition(cut[0])[2]
        return reply


class Runner:
    """Runs cases one after the other against one moto server."""

    def __init__(self, endpoint: str, world: MotoWorld) -> None:
        self._moto = Moto(endpoint)
        self._world = world

    def run(self, case: Case) -> Outcome:
        """Run a case; a fault of ours or of the case is a problem of it."""
        outcome = Outcome(case)
        try:
            self._planned(outcome)
            if "outside" in case.data:
                self._refused(outcome)
            if case.data.get("apply", True):
                self._applied(outcome)
        except Exception as error:  # noqa: BLE001 -- a case never ends the run
            outcome.problems.append(f"{type(error).__name__}: {str(error)[:300]}")
        return outcome

    def _plan(self, case: Case, saved: Mapping[str, Any]) -> dict[str, Any]:
        arguments = filled(case.data.get("with", {}), saved)
        step = {"operation": case.data["call"], "arguments": arguments}
        store = self._world.app.store
        earlier = {tx.id for tx in store.txs(1)}
        plan_id = self._world.ok("plan", steps=[step])["plan_id"]
        reads = sum(self._reads(tx.id) for tx in store.txs(1) if tx.id not in earlier)
        view = store.plan(plan_id).view["steps"][0]
        return {"id": plan_id, "step": view, "reads": reads}

    def _planned(self, outcome: Outcome) -> None:
        case = outcome.case
        saved = self._moto.fresh(case)
        step = self._plan(case, saved)["step"]
        self._check_diff(outcome, step["diff"], saved)

    def _check_diff(
        self, outcome: Outcome, diff: dict[str, Any], saved: Mapping[str, Any]
    ) -> None:
        data = outcome.case.data
        status = data.get("status", "change")
        if diff["status"] != status:
            outcome.problems.append(
                f"status {diff['status']} ({diff['note']}), not {status}"
            )
            outcome.wrong_no_change |= diff["status"] == "unchanged"
        shown = {
            e["path"]: [e.get("before"), e.get("after")]
            for e in diff["entries"]
            if e["action"] != "no-op" and not e.get("unknown")
        }
        unknown = sorted(e["path"] for e in diff["entries"] if e.get("unknown"))
        if unknown != sorted(data.get("unknown", [])):
            outcome.problems.append(f"unknown: {unknown}")
        if "lost" in data:
            missing = [p for p in data["lost"] if not any(_ends(s, p) for s in shown)]
            if missing:
                outcome.problems.append(f"lost lacks {missing}, has {list(shown)[:9]}")
            return
        wanted = filled(data.get("diff", {}), saved)
        if shown != wanted:
            extra = {k: v for k, v in shown.items() if wanted.get(k) != v}
            lacks = {k: v for k, v in wanted.items() if shown.get(k) != v}
            outcome.problems.append(f"shows {_short(extra)}, lacks {_short(lacks)}")
            outcome.invented |= bool(set(shown) - set(wanted))

    def _approved(self, plan_id: str) -> None:
        self._world.ok("request_approval", plan_id=plan_id)
        self._world.approve(plan_id)

    def _refused(self, outcome: Outcome) -> None:
        """Change something from outside between plan and apply."""
        case = outcome.case
        saved = self._moto.fresh(case)
        plan_id = self._plan(case, saved)["id"]
        self._approved(plan_id)
        for call in case.data["outside"]:
            self._moto.call(call, saved)
        result = self._world.call("apply", plan_id=plan_id)
        code = result.structured.get("error", {}).get("code")
        outcome.refused = code == "plan_stale"
        if not outcome.refused:
            outcome.problems.append(f"an outside change was not refused: {code}")

    def _applied(self, outcome: Outcome) -> None:
        case = outcome.case
        saved = self._moto.fresh(case)
        first = self._plan(case, saved)
        outcome.plan_reads = first["reads"]
        self._approved(first["id"])
        applied = self._world.ok("apply", plan_id=first["id"])
        read = applied["steps"][0]["read_back_as_planned"]
        if read != case.data.get("settled", "yes"):
            differences = applied["steps"][0].get("differences")
            outcome.problems.append(f"read back: {read} {_short(differences)}")
        outcome.reads = self._reads(applied["tx_id"])
        self._again(outcome, saved)
        if case.data.get("undo"):
            self._undone(outcome, saved, first, applied["tx_id"])

    def _again(self, outcome: Outcome, saved: Mapping[str, Any]) -> None:
        again = self._plan(outcome.case, saved)["step"]["diff"]
        if again["status"] == outcome.case.data.get("again", "unchanged"):
            return
        changed = [
            (e["path"], e.get("before"), e.get("after"))
            for e in again["entries"]
            if e["action"] != "no-op"
        ]
        outcome.problems.append(f"again: {again['status']} {_short(changed)}")
        outcome.invented |= again["status"] == "change"

    def _undone(
        self,
        outcome: Outcome,
        saved: Mapping[str, Any],
        first: Mapping[str, Any],
        tx_id: str,
    ) -> None:
        outcome.undone = False
        plan = self._world.ok("undo", tx_id=tx_id)
        self._approved(plan["plan_id"])
        self._world.ok("apply", plan_id=plan["plan_id"])
        after = self._plan(outcome.case, saved)
        # Not the digests: a time of the last change is state, and has moved.
        outcome.undone = _essence(after["step"]["diff"]) == _essence(
            first["step"]["diff"]
        )
        if not outcome.undone:
            shown = _essence(after["step"]["diff"])
            outcome.problems.append(f"undo did not restore: {_short(shown)}")

    def _reads(self, tx_id: str) -> int:
        """Return the reader calls that one plan or apply made for its step."""
        ops = self._world.app.store.tx(tx_id).ops
        return sum(op.purpose in {"before", "after"} for op in ops)


def _ends(shown: str, wanted: str) -> bool:
    """Say whether a path is the wanted one, with or without a wrapper around it."""
    return (
        shown == wanted or shown.endswith(f".{wanted}") or wanted.endswith(f".{shown}")
    )


_MOVES = re.compile(r"RevisionId|ETag|\w*(At|Date|Time)")
"""Members that tell of the last change, of an undo too."""


def _essence(diff: Mapping[str, Any]) -> Any:
    return [
        (e["path"], e["action"], e.get("before"), e.get("after"))
        for e in diff["entries"]
        if e["action"] != "no-op" and not _MOVES.fullmatch(e["path"].rpartition(".")[2])
    ]


def _short(value: Any) -> str:
    return json.dumps(value, default=str)[:300]


def filled(value: Any, saved: Mapping[str, Any]) -> Any:
    """Return a value with ``$name`` replaced by what was saved."""
    if isinstance(value, str):
        if value.startswith("$") and value[1:] in saved:
            return saved[value[1:]]
        return re.sub(r"\$\{(\w+)\}", lambda m: str(saved[m[1]]), value)
    if isinstance(value, Mapping):
        return {filled(k, saved): filled(item, saved) for k, item in value.items()}
    if isinstance(value, list):
        return [filled(item, saved) for item in value]
    return value


@contextmanager
def runner(services: set[str], tree: Path | None = None) -> Iterator[Runner]:
    """Run a moto server, a tree with these services and a core over both."""
    with (
        tempfile.TemporaryDirectory(prefix="smithgate-moto-") as name,
        moto_server() as url,
    ):
        folder = Path(name)
        generated = write_tree(tree or folder / "tree", services)
        with mock.patch.dict(os.environ, aws_env(url, folder)):
            world = MotoWorld(folder, generated)
            try:
                yield Runner(url, world)
            finally:
                world.app.close()
