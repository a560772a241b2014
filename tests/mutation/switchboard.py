"""Imports modules with their switches, and says which guard is off in this process."""

import ast
import builtins
import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from guards import ALWAYS, NEVER, SKIP, Mutant, switched


class Switchboard(importlib.abc.MetaPathFinder):
    """The switches of all guarded modules of one process."""

    def __init__(self, files: dict[str, Path], deciding: Collection[str]) -> None:
        self.off: int | None = None
        """Number of the guard that is switched off."""
        self.reached: set[int] = set()
        """Guards that would have done something else if they were off: conditions that
        decided, and all calls. Emptied by whoever reads it."""
        self.refused: set[int] = set()
        """Those of them that decided something or raised; emptied, too."""
        self.mutants: list[Mutant] = []
        self._trees: dict[str, ast.Module] = {}
        for module, path in files.items():
            source = path.read_text(encoding="utf-8")
            tree, found = switched(
                source, module, len(self.mutants), deciding=module in deciding
            )
            self._trees[module] = tree
            self.mutants += found

    def install(self) -> None:
        """Have the modules imported with their switches from now on."""
        assert not any(name in sys.modules for name in self._trees)
        setattr(builtins, NEVER, self._never)
        setattr(builtins, ALWAYS, self._always)
        setattr(builtins, SKIP, self._skip)
        sys.meta_path.insert(0, self)

    def _never(self, number: int, condition: Any) -> Any:
        if condition:
            self._note(number)
        return condition if number != self.off else False

    def _always(self, number: int, condition: Any) -> Any:
        if not condition:
            self._note(number)
        return condition if number != self.off else True

    def _skip(self, number: int, call: Callable[[], object]) -> None:
        self.reached.add(number)
        if number == self.off:
            return
        try:
            call()
        except BaseException:
            self._note(number)
            raise

    def _note(self, number: int) -> None:
        self.reached.add(number)
        self.refused.add(number)

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: ModuleType | None = None,
    ) -> importlib.machinery.ModuleSpec | None:
        """Find a guarded module where it is, to be loaded with its switches."""
        if fullname not in self._trees:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        assert spec is not None
        assert spec.origin is not None
        spec.loader = _Loader(fullname, spec.origin, self._trees[fullname])
        return spec


class _Loader(importlib.machinery.SourceFileLoader):
    def __init__(self, name: str, path: str, tree: ast.Module) -> None:
        super().__init__(name, path)
        self._tree = tree

    def get_code(self, fullname: str) -> CodeType:
        """Compile the switched tree; no bytecode file is read or written."""
        code: CodeType = compile(self._tree, self.path, "exec", dont_inherit=True)
        return code
