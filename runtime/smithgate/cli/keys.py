"""``smithgate keys``: make an approver's key, list approvers, hand out proof."""

import json
from pathlib import Path

import click
from rich.table import Table
from rich.text import Text

from ..app import Application
from ..errors import ApprovalNotFound, KeyUnusable, SmithgateError
from ..redact import escape_text
from .common import fail, json_option, os_user, out, place_options, print_json
from .signing import ask_passphrase, fd_option, read_passphrase


@click.group()
def keys() -> None:
    """Make and look at the keys that approvals are signed with."""


@keys.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--name", metavar="NAME", help="The approver [the user of this shell].")
@fd_option
@click.option(
    "--no-passphrase",
    is_flag=True,
    help="Leave the file unencrypted: whoever reads it can approve.",
)
def new(
    file: Path, name: str | None, passphrase_fd: int | None, *, no_passphrase: bool
) -> None:
    """Write a new Ed25519 key to FILE and print what the policy needs of it."""
    from ..approval.keys import new_key

    approver = name or os_user()
    try:
        if file.exists():  # said before a passphrase is asked for
            raise KeyUnusable(f"`{escape_text(str(file))}` is there already")
        passphrase = None
        if passphrase_fd is not None:
            passphrase = read_passphrase(passphrase_fd)
        elif not no_passphrase:
            passphrase = ask_passphrase("Passphrase of the new key", twice=True)
        key = new_key(file, passphrase, approver)
    except SmithgateError as error:
        fail(error)
        return
    click.echo(f"private key: {file}  (keep it where no agent can read it)", err=True)
    click.echo(f"fingerprint: {key.fingerprint}", err=True)
    click.echo(
        "in the policy file, with the risks that this approver may decide:\n", err=True
    )
    click.echo(f"approvers:\n  {approver}:\n    key: {key.line}\n    risks: [write]")


@keys.command(name="list")
@click.option(
    "--allowed-signers",
    is_flag=True,
    help="Print the file that `ssh-keygen -Y verify -f` takes.",
)
@json_option
@place_options
def list_(app: Application, *, allowed_signers: bool, as_json: bool) -> None:
    """List the approvers of the policy, their keys, risks and targets."""
    approvers = app.policies.current().approvers
    if allowed_signers:
        click.echo(_allowed_signers(app), nl=False)
        return
    if as_json:
        print_json(
            [
                {
                    "name": approver.name,
                    "key": approver.key.line,
                    "fingerprint": approver.key.fingerprint,
                    "risks": list(approver.risks),
                    "targets": list(approver.targets),
                }
                for approver in approvers.values()
            ]
        )
        return
    if not approvers:
        out().print("the policy names no approvers")
        return
    table = Table(box=None, pad_edge=False)
    for title in ("APPROVER", "FINGERPRINT", "RISKS", "TARGETS"):
        table.add_column(title, overflow="fold")
    for approver in approvers.values():
        risks, targets = ", ".join(approver.risks), ", ".join(approver.targets)
        cells = (approver.name, approver.key.fingerprint, risks, targets)
        table.add_row(*(Text(cell) for cell in cells))
    out().print(table)


@keys.command()
@click.argument("plan_id")
@click.argument("folder", type=click.Path(path_type=Path))
@place_options
def proof(app: Application, plan_id: str, folder: Path) -> None:
    """Write the signed approvals of a plan to FOLDER, to be checked with ssh-keygen."""
    from ..approval.sshsig import NAMESPACE

    approval = app.store.approval(plan_id)
    signed = [vote for vote in approval.grants if vote.signed] if approval else []
    if not signed:
        raise ApprovalNotFound(
            f"plan `{escape_text(plan_id)}` has no signed approval", plan_id=plan_id
        )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "allowed_signers").write_text(_allowed_signers(app), encoding="utf-8")
    for vote in signed:
        assert vote.signed is not None
        statement = folder / f"{vote.id}.json"
        statement.write_text(vote.signed.statement, encoding="utf-8")
        statement.with_suffix(".json.sig").write_text(
            vote.signed.signature, encoding="utf-8"
        )
        click.echo(
            f"ssh-keygen -Y verify -f allowed_signers -n {NAMESPACE} "
            f"-I {json.dumps(vote.approver)} -s {statement.name}.sig < {statement.name}"
        )


def _allowed_signers(app: Application) -> str:
    from ..approval.sshsig import NAMESPACE

    return "".join(
        f'{approver.name} namespaces="{NAMESPACE}" {approver.key.line}\n'
        for approver in app.policies.current().approvers.values()
    )
