"""A generated tree beside botocore's data folder.

Owns what is read and what is counted. Everything comes from the index and the input
schemas; no client is made and no module of the tree is run.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..report.nodes import Document
from ..report.trees import INDEX, SKIPPED, FolderTree, index_of, json_of
from ..sync.botocore_files import (
    ServiceFiles,
    find_services,
    installed_data,
    installed_version,
)
from ..sync.clients import methods_of
from .members import InputWalk
from .record import Drift, Finding, Problem


def find_drift(generated: Path, *, data: Path | None = None) -> Drift:
    """Return what botocore cannot execute of a tree, and what the tree lacks.

    ``data`` is a folder like botocore's own, which is the default. Raises
    ``CodegenError`` for a folder that is no generated tree.
    """
    tree = FolderTree.open(generated, str(generated))
    files = tree.read((INDEX, SKIPPED))
    index = index_of(tree, files.get(INDEX))
    skipped = json_of(tree, files.get(SKIPPED), SKIPPED).get("skipped", {})
    known = find_services(data or installed_data())
    comparison = _Comparison(tree, known, skipped)
    by_service: dict[str, dict[str, Any]] = defaultdict(dict)
    for operation, line in index.get("operations", {}).items():
        by_service[operation.partition(":")[0]][operation] = line
    for service in sorted(by_service):
        comparison.service(service, by_service[service])
    return Drift(
        botocore=installed_version() if data is None else "another data folder",
        operations=comparison.operations,
        findings=tuple(sorted(comparison.findings)),
        lenient=comparison.lenient,
        new_operations=_sorted(comparison.new_operations),
        new_members=_sorted(comparison.new_members),
        new_services=len(known.keys() - by_service.keys()),
    )


class _Comparison:
    """The counts and findings so far."""

    def __init__(
        self,
        tree: FolderTree,
        known: Mapping[str, ServiceFiles],
        skipped: Mapping[str, str],
    ) -> None:
        self.findings: list[Finding] = []
        self.operations = 0
        self.lenient = 0
        self.new_operations: Counter[str] = Counter()
        self.new_members: Counter[str] = Counter()
        self._tree = tree
        self._known = known
        self._skipped = skipped

    def service(self, name: str, lines: Mapping[str, Any]) -> None:
        """Compare the operations of one service."""
        self.operations += len(lines)
        if name not in self._known:
            detail = f"{len(lines)} operations"
            self.findings.append(Finding(name, Problem.SERVICE, detail=detail))
            return
        description = self._known[name].service()
        theirs = description["operations"]
        methods = methods_of(theirs)
        missing = {f"{name}:{own}" for own in theirs} - lines.keys()
        self.new_operations[name] += len(missing - self._skipped.keys())
        for operation, line in sorted(lines.items()):
            own = operation.partition(":")[2]
            if own not in theirs:
                self.findings.append(Finding(operation, Problem.OPERATION))
                continue
            if line.get("method") != methods[own]:
                detail = f"{line.get('method')} is {methods[own]} in boto3"
                finding = Finding(operation, Problem.METHOD, detail=detail)
                self.findings.append(finding)
            shape = theirs[own].get("input", {}).get("shape")
            found = self._input(operation, line, shape, description["shapes"])
            self.findings.extend(found)

    def _input(
        self,
        operation: str,
        line: Mapping[str, Any],
        shape: str | None,
        shapes: Mapping[str, Any],
    ) -> Iterator[Finding]:
        path = str(line.get("schema"))
        data = self._tree.read((path,)).get(path)
        if data is None:
            yield Finding(operation, Problem.TREE, detail=f"there is no {path}")
            return
        schema = json_of(self._tree, data, path)
        walk = InputWalk(Document.of(schema), shapes)
        for found in walk.run(shape):
            yield Finding(operation, found.problem, found.path, found.detail)
        self.new_members[operation.partition(":")[0]] += walk.new
        self.lenient += walk.lenient


def _sorted(counts: Counter[str]) -> dict[str, int]:
    return {name: counts[name] for name in sorted(counts) if counts[name]}
