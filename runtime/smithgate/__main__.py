"""Entry point of ``smithgate`` and ``python -m smithgate``."""

import os
import sys

PRIVATE = 0o077
"""Bits that no file of ours has: nobody else reads what a process of ours writes."""


def main() -> None:
    """Run the command line; a plain ``serve`` takes the short way without Click."""
    os.umask(PRIVATE)
    if sys.argv[1:2] == ["serve"]:
        from .server.launch import parse_fast, serve

        options = parse_fast(sys.argv[2:])
        if options is not None:
            code = serve(options)
            # Stores are closed and answers written. Taking the interpreter apart, with
            # FastMCP and a call that never came back in it, can take seconds.
            sys.stderr.flush()
            os._exit(code)
    from .cli import cli

    cli(prog_name="smithgate")


if __name__ == "__main__":
    main()
