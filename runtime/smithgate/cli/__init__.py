"""The ``smithgate`` command line. Commands are flat: parse, load, call, print, exit."""

import click

from .. import __version__
from .audit import audit
from .console import console
from .decide import approve, deny, revoke
from .doctor import doctor
from .keys import keys
from .plans import plans, show
from .policy import policy
from .resolve import resolve
from .serve import serve
from .undo import undo

EXIT_CODES = """\b
Exit codes:
  0  done
  1  refused, denied or not verified; the message has a stable code
  2  wrong usage, or a policy or setting that cannot be used"""


@click.group(epilog=EXIT_CODES)
@click.version_option(__version__, prog_name="smithgate")
def cli() -> None:
    """Plan, approve, apply and audit single AWS operations for AI agents."""


for command in (
    serve,
    plans,
    show,
    approve,
    deny,
    revoke,
    resolve,
    undo,
    console,
    keys,
    audit,
    policy,
    doctor,
):
    cli.add_command(command)
