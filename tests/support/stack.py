"""A whole Smithgate on loopback: a moto server, a server process, the CLI.

Shared by the demo, the end-to-end tests and the benchmarks.
"""

import logging
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from mcp import Client, StdioServerParameters

ROOT = Path(__file__).resolve().parents[2]
REGION = "us-east-1"


def aws_env(endpoint: str, home: Path) -> dict[str, str]:
    """Return an environment in which the SDK sees the double and nothing else."""
    return {
        "PATH": os.environ.get("PATH", ""),
        "HOME": str(home),
        "LC_ALL": "C.UTF-8",
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }


@contextmanager
def moto_server() -> Iterator[str]:
    """Run moto on a free loopback port; yield its URL."""
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # one line a request
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield f"http://{host}:{port}"
    finally:
        server.stop()


def boto(service: str, endpoint: str) -> Any:
    """Return a plain boto3 client: what somebody without Smithgate does."""
    return boto3.client(
        service,
        region_name=REGION,
        endpoint_url=endpoint,
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    )


@dataclass(frozen=True)
class Stack:
    """One store, one policy, one AWS double."""

    endpoint: str
    folder: Path
    policy: Path = ROOT / "policy.yaml"
    credentials: bool = True

    @property
    def env(self) -> dict[str, str]:
        """The environment of the server and of the CLI."""
        env = aws_env(self.endpoint, self.folder) | {
            "SMITHGATE_POLICY": str(self.policy),
            "SMITHGATE_STATE": str(self.folder / "state"),
            "SMITHGATE_GENERATED": str(ROOT / "generated"),
        }
        if not self.credentials:
            del env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"]
        return env

    def server(self, engine: str, expose: Sequence[str] = ()) -> StdioServerParameters:
        """Return how a client starts the server."""
        arguments = ["-m", "smithgate", "serve", "--engine", engine]
        for pattern in expose:
            arguments += ["--expose", pattern]
        return StdioServerParameters(
            command=sys.executable, args=arguments, env=self.env
        )

    def client(
        self,
        engine: str,
        *,
        mode: Any = "auto",
        expose: Sequence[str] = (),
        elicit: Any = None,
    ) -> Client:
        """Return the official client over stdio; ``elicit`` answers questions."""
        return Client(
            self.server(engine, expose),
            mode=mode,
            read_timeout_seconds=60,
            elicitation_callback=elicit,
        )

    def cli(
        self, *arguments: str, stdin: str | None = None
    ) -> "subprocess.CompletedProcess[str]":
        """Run the command line in a process of its own."""
        return subprocess.run(
            [sys.executable, "-m", "smithgate", *arguments],
            env=self.env,
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
