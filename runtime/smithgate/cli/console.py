"""``smithgate console``: read and decide in a browser on this machine."""

import click

from ..app import Application
from .common import out, place_options
from .signing import choose_voice, signing_options


@click.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    metavar="N",
    help="Port on 127.0.0.1 [a free one].",
)
@signing_options
@place_options
def console(
    app: Application,
    port: int,
    key: str | None,
    passphrase_fd: int | None,
    name: str | None,
) -> None:
    """Unlock your key and open a page on 127.0.0.1 that signs with it, until Ctrl-C.

    The address that is printed works once, in one browser.
    """
    from ..console.desk import Desk
    from ..console.web import Console

    desk = Desk(app, choose_voice(app, key, passphrase_fd, name))
    who = desk.who  # whoever is no approver learns it now
    with Console(desk, port) as server:
        try:  # from here on: whoever reads the address may end it
            out().print(f"{who}\n{server.gate.url}\nCtrl-C ends it")
            server.serve_forever()
        except KeyboardInterrupt:
            out().print("ended; the key is forgotten")
