"""The generator's error tree; each class has a stable ``code`` and an exit code of 1.

CodegenError
  SyncError      ModelNotFound  LockMismatch
  ModelError     ModelSyntax  UnknownShape  UnsupportedShape
  OverrideError
  RenderError
  StaleOutput    (``check`` found differences)
  ReportFailed   (``report --fail-on``)
  NotExecutable  (``drift``)
  ConfigError    (services.yaml)
"""

from typing import ClassVar


class CodegenError(Exception):
    """Base of every error that the generator raises on purpose."""

    code: ClassVar[str] = "codegen_error"

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        # Messages quote models and configuration files, which may hold control or
        # bidirectional characters; these must not reach a terminal.
        message = printable(message)
        super().__init__(message)
        self.message = message
        self.hint = None if hint is None else printable(hint)


def printable(text: str) -> str:
    """Return ``text`` on one line, with unprintable characters as escapes."""
    return "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode() for c in text
    )


class ConfigError(CodegenError):
    """``services.yaml`` or a command-line value cannot be used."""

    code = "config_invalid"


class SyncError(CodegenError):
    """Models could not be brought into the cache."""

    code = "sync_failed"


class ModelNotFound(SyncError):
    """No source has a model for a service."""

    code = "model_not_found"


class LockMismatch(SyncError):
    """A model does not have the hash that the lock pins."""

    code = "lock_mismatch"


class ModelError(CodegenError):
    """A model file is not a usable Smithy model."""

    code = "model_invalid"


class ModelSyntax(ModelError):
    """A model file is not JSON, is truncated, or repeats a key."""

    code = "model_syntax"


class NotAModel(ModelError):
    """A JSON file is well-formed but names no Smithy version: it is no model."""

    code = "not_a_model"


class UnknownShape(ModelError):
    """A shape id that something targets is not there."""

    code = "unknown_shape"


class UnsupportedShape(ModelError):
    """A shape is of a type or form that cannot be generated."""

    code = "unsupported_shape"


class OverrideError(CodegenError):
    """An override names nothing, changes nothing or has no reason."""

    code = "override_invalid"


class RenderError(CodegenError):
    """A template printed something that is not what the IR says."""

    code = "render_failed"


class StaleOutput(CodegenError):
    """The checked-in tree is not what the models and templates give."""

    code = "stale_output"


class ReportFailed(CodegenError):
    """``report`` found what ``--fail-on`` asked to stop at."""

    code = "report_failed"


class NotExecutable(CodegenError):
    """``drift`` found what the installed botocore cannot execute."""

    code = "not_executable"
