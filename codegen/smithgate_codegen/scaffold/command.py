"""``smithgate-codegen init``: the command around a new repository.

Owns options and what is printed; ``cli`` mounts it.
"""

import os
from pathlib import Path

import click

from ..errors import CodegenError, printable
from ..sync.botocore_source import BotocoreSource
from .values import PLACEHOLDER_ACCOUNT, checked_values, default_services


@click.command("init")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--service",
    "services",
    multiple=True,
    metavar="NAME",
    help="A boto3 client name. Repeatable.  [default: the package's own set]",
)
@click.option(
    "--account",
    default=PLACEHOLDER_ACCOUNT,
    show_default=True,
    metavar="ID",
    help="The account of the policy's target.",
)
@click.option(
    "--region",
    default="us-east-1",
    show_default=True,
    metavar="NAME",
    help="The region of the policy's target.",
)
@click.option(
    "--no-generate", is_flag=True, help="Leave models.lock.json and generated/ out."
)
@click.option("--add", is_flag=True, help="Add what a folder lacks; overwrite nothing.")
def init_command(
    *,
    folder: Path,
    services: tuple[str, ...],
    account: str,
    region: str,
    no_generate: bool,
    add: bool,
) -> None:
    """Make a repository of a team's own in DIR: services, policy, generated tree, CI.

    Everything comes from the installed package and the installed botocore.
    """
    from .create import create, models_maker

    values = checked_values(
        services or default_services(),
        account=account,
        region=region,
        known=BotocoreSource().services(),
    )
    maker = None if no_generate else models_maker(jobs=os.cpu_count() or 1)
    try:
        created = create(folder, values, add=add, make_models=maker)
    except OSError as error:
        msg = f"`{folder}` cannot be made: {error.strerror or error}"
        raise CodegenError(msg) from error
    for name in created.written:
        click.echo(f"written  {name}")
    for name in created.kept:
        click.echo(f"kept     {name}")
    place = printable(str(folder))
    click.echo(f"\nNext, in {place}:")
    if not created.is_generated:
        click.echo("  make sync generate    pin the models, write generated/")
    click.echo("  edit policy.yaml      put your account and regions under `targets`")
    click.echo("  make check            generated/, botocore and policy fit together")
    click.echo("  make mcp-config       what your MCP client needs")
