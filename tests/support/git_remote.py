"""A git remote of toy models in a folder, and a checkout that syncs from it."""

import json
import subprocess
from pathlib import Path
from typing import Any

from smithgate_codegen.sync import (
    Cache,
    GitSource,
    build_sources,
    load_config,
    read_lock,
    sync,
)

SERVICES = {"s3": "S3", "iam": "IAM", "eventbridge": "EventBridge", "my-own": "My Own"}


def model(sdk_id: Any, **more: Any) -> Any:
    traits = {"aws.api#service": {"sdkId": sdk_id}}
    service = {"type": "service", "version": "1", "traits": traits}
    return {"smithy": "2.0", "shapes": {"a#Service": service}, **more}


class Remote:
    """A bare repository in a folder, and the work tree that feeds it."""

    def __init__(self, root: Path) -> None:
        self.root, self.work, self.bare = root, root / "work", root / "remote.git"
        self.url = f"file://{self.bare}"
        self.work.mkdir(parents=True)
        self.git("init", "-q", "-b", "main")
        for folder, sdk_id in SERVICES.items():
            self.put(folder, model(sdk_id))
        self.first = self.commit()
        self.git("clone", "-q", "--bare", str(self.work), str(self.bare))
        self.filters(allowed=True)

    def git(self, *arguments: Any, folder: Any = None) -> str:
        command = ["git", "-c", "user.name=a", "-c", "user.email=a@b", *arguments]
        done = subprocess.run(
            command, cwd=folder or self.work, check=True, capture_output=True
        )
        return done.stdout.decode().strip()

    def filters(self, *, allowed: Any) -> None:
        text = str(allowed).lower()
        self.git("config", "uploadpack.allowFilter", text, folder=self.bare)

    def put(self, folder: Any, document: Any, *, version: Any = "1") -> None:
        path = self.work / "models" / folder / "service" / version / f"{folder}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        text = document if isinstance(document, str) else json.dumps(document)
        path.write_text(text)

    def commit(self) -> str:
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "x")
        return self.git("rev-parse", "HEAD")

    def change(self, *folders: Any) -> str:
        for folder in folders:
            note = {"changed": self.git("rev-parse", "HEAD")}
            self.put(folder, model(SERVICES[folder], metadata=note))
        commit = self.commit()
        self.git("push", "-q", str(self.bare), "main")
        return commit

    def source(self, ref: Any = "main", **options: Any) -> GitSource:
        options = {"name": "models", "folder": "models", **options}
        return GitSource(self.url, ref, self.root / "clones", **options)

    def near(self) -> set[str]:
        """Return the paths whose contents are in the one clone."""
        (clone,) = (self.root / "clones").glob("*.git")
        rows = self.git(
            f"--git-dir={clone}", "rev-list", "--objects", "--missing=print", "--all"
        ).splitlines()
        missing = {row[1:] for row in rows if row.startswith("?")}
        found = (row.split(" ", 1) for row in rows if ".json" in row)
        return {path.split("/")[1] for oid, path in found if oid not in missing}


class Checkout:
    """A configuration of one git source with its lock and cache."""

    def __init__(self, remote: Remote, name: str = "checkout") -> None:
        self.root = remote.root / name
        self.root.mkdir()
        self.cache = Cache(remote.root / "cache")
        self.define(remote.url)

    def define(
        self, url: Any, *, ref: Any = "main", services: Any = "[s3, iam]"
    ) -> None:
        (self.root / "services.yaml").write_text(
            "format_version: 1\nsource: models\nsources:\n"
            f"  models: {{git: '{url}', ref: {ref}, folder: models}}\n"
            f"services: {services}\n"
        )
        self.config = load_config(self.root / "services.yaml")

    def run(self, job: Any = sync, **options: Any) -> Any:
        sources = build_sources(self.config, self.cache.root)
        return job(self.config, sources, self.lock, self.cache, **options)

    @property
    def lock(self) -> Path:
        return self.root / "models.lock.json"

    def commits(self) -> Any:
        return {n: pin.commit for n, pin in read_lock(self.lock).services.items()}
