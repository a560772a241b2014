"""Where the templates are."""

from pathlib import Path

from ..errors import RenderError

OPERATION_TEMPLATE = "operation.py.j2"


def templates_root() -> Path:
    """Return the folder of the templates: the checkout's, else the package's copy.

    Raises ``RenderError`` when neither is there.
    """
    package = Path(__file__).resolve().parent.parent
    for folder in (package.parent.parent / "templates", package / "_templates"):
        if (folder / OPERATION_TEMPLATE).is_file():
            return folder
    msg = "the templates are missing"
    raise RenderError(msg, hint="install smithgate again, or run from a checkout")
