"""Prove cases of ``tests/moto_cases`` by plain boto3, without Smithgate.

A case that is measured on has to be right before the product sees it. Its ``shows``
lists the calls that show the change (``{call, with, save}``), written from AWS's
documentation; this command runs the setup, reads, makes the call, and reads again:

- ``diff``: every value before stands in what was read before, every value after in what
  is read after, and the reads differ;
- ``lost``: what is deleted can be read before, and is gone or differs after;
- ``status: unchanged``: both reads are equal.

Exits with 1 when a case does not stand; it is then the case or moto that is wrong.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from botocore.exceptions import BotoCoreError, ClientError
from moto_kit import Case, Moto, filled, read_cases
from stack import aws_env, moto_server

HIDDEN = {"(sensitive)"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Check every case of the files and say what does not stand."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", nargs="+", type=Path)
    parser.add_argument("--name", help="only the cases whose name contains this")
    options = parser.parse_args(arguments)
    cases = [case for file in options.file for case in read_cases(file)]
    cases = [case for case in cases if not options.name or options.name in case.name]
    wrong = 0
    with (
        tempfile.TemporaryDirectory() as folder,
        moto_server() as url,
        mock.patch.dict("os.environ", aws_env(url, Path(folder))),
    ):
        moto = Moto(url)
        for case in cases:
            problem = _problem(moto, case)
            wrong += problem is not None
            if problem is not None:
                print(f"- {case.service} {case.name}: {problem}", flush=True)
    print(f"{len(cases) - wrong} of {len(cases)} cases stand")
    return 1 if wrong else 0


def _problem(moto: Moto, case: Case) -> str | None:
    if "shows" not in case.data:
        return "has no `shows`"
    try:
        saved = moto.fresh(case)
        before = _read(moto, case, saved)
        # `save`: what is new can only be read by an id that came back.
        moto.call(case.data, saved)
        after = _read(moto, case, saved)
    except Exception as error:  # noqa: BLE001 -- moto fails in every way there is
        return f"{type(error).__name__}: {str(error)[:200]}"
    return _judged(case.data, saved, before, after)


def _read(moto: Moto, case: Case, saved: Mapping[str, Any]) -> list[Any]:
    """Return what each call shows; what cannot be read shows nothing."""
    found: list[Any] = []
    for call in case.data["shows"]:
        try:
            reply = moto.call(call, dict(saved))
        except (ClientError, BotoCoreError, KeyError):
            found.append(None)
            continue
        del reply["ResponseMetadata"]
        found.append(_opened(reply))
    return found


def _opened(value: Any) -> Any:
    """Return a reply with the JSON documents inside of its texts opened."""
    if isinstance(value, Mapping):
        return {key: _opened(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_opened(item) for item in value]
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _judged(
    data: Mapping[str, Any], saved: Mapping[str, Any], before: Any, after: Any
) -> str | None:
    if data.get("status") == "unchanged":
        return None if before == after else "the reads differ"
    if before == after:
        return f"nothing changes: {json.dumps(after, default=str)[:300]}"
    if "lost" in data:
        return None if any(before) else "nothing can be read before"
    for path, (old, new) in filled(data.get("diff", {}), saved).items():
        for side, value, document in (("before", old, before), ("after", new, after)):
            if value is not None and not _stands(value, document):
                return f"{path}: {value!r} is not what is read {side}: {json.dumps(document, default=str)[:300]}"
    return None


def _stands(value: Any, document: Any) -> bool:
    if isinstance(value, str) and value in HIDDEN:
        return True
    wanted = _plain(value)
    return any(wanted in (leaf, _plain(leaf)) for leaf in _parts(document))


def _plain(value: Any) -> str:
    """Return a value for comparing: JSON in a text as its value, a number as a text."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return str(value).lower()
    return json.dumps(value, sort_keys=True, default=str).strip('"').lower()


def _parts(document: Any) -> Iterator[Any]:
    yield document
    if isinstance(document, Mapping):
        for key, value in document.items():
            yield key
            yield from _parts(value)
    elif isinstance(document, list):
        for item in document:
            yield from _parts(item)


if __name__ == "__main__":
    sys.exit(main())
