"""Imports modules with their switches, and says which guard is off in this process."""

import ast
import builtins
import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Collection, Sequence
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
        """Numbers of the guards that ran; emptied by whoever reads it."""
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
        setattr(builtins, SKIP, self._is_off)
        sys.meta_path.insert(0, self)

    def _is_off(self, number: int) -> bool:
        self.reached.add(number)
        return number == self.off

    def _never(self, number: int, condition: Any) -> Any:
        return False if self._is_off(number) else condition

    def _always(self, number: int, condition: Any) -> Any:
        return True if self._is_off(number) else condition

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
