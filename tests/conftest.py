"""The option that rewrites golden files; every golden test reads it from here."""

import os

import pytest

_GOLDEN_VARIABLES = (
    "SMITHGATE_UPDATE_SCHEMA_GOLDENS",
    "SMITHGATE_UPDATE_MODEL_GOLDENS",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-goldens",
        action="store_true",
        help="Rewrite golden files instead of comparing; review them before a commit.",
    )


def pytest_configure(config: pytest.Config) -> None:
    if not config.getoption("--update-goldens"):
        return
    if os.environ.get("CI"):
        raise pytest.UsageError("--update-goldens is refused where CI is set")
    for name in _GOLDEN_VARIABLES:
        os.environ[name] = "1"


@pytest.fixture
def update_goldens(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are to be rewritten."""
    return bool(request.config.getoption("--update-goldens"))
