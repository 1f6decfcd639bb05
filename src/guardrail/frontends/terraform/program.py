"""One root module under evaluation: what all its modules share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Literal, Optional

from guardrail.frontends.budget import Budget
from guardrail.frontends.terraform.advice import advice
from guardrail.frontends.terraform.cache import SyntaxCache
from guardrail.frontends.terraform.cells import Cells
from guardrail.frontends.terraform.configuration import Reader
from guardrail.frontends.terraform.constraints import type_constraint
from guardrail.frontends.terraform.declarations import Declaration, Declarations
from guardrail.frontends.terraform.expressions import HANDLERS
from guardrail.frontends.terraform.fetched import Folder
from guardrail.frontends.terraform.meter import STEPS, Meter
from guardrail.frontends.terraform.scope import Scope
from guardrail.frontends.terraform.syntax import File
from guardrail.frontends.terraform.syntax.nodes import Body, Node
from guardrail.frontends.terraform.types import ANY, Type
from guardrail.frontends.terraform.values import Value
from guardrail.model.finding import Diagnostic
from guardrail.sources.tree import Tree

INSTANCES: Final = 30_000
"""
How many instances of resources one root may make by counting and by calling: some eight seconds, and 300 MB.

Beyond, each block has one that stands for all. Blocks of the root itself are not counted, as each is written.
"""

DIAGNOSTICS: Final = 1_000
"""How many things are said of one root; that there are more is one of them."""

UNREAD: Final = 20
"""How many errors of a file that cannot be read are told even then, so that each such file is a finding."""

MODULES: Final = 10_000
"""How many instances of modules one root may make; a call beyond is one of a module that is not at hand."""

_ROOT: Final = 100
"""Steps that a root takes beside its expressions."""

_NOWHERE: Final = File("", "", Body({}, (), 0, 0))


Functions = Callable[[str, Sequence[Value], "Program"], Value]
"""Calls a function by name. It reads files of the program's tree, relative to its root."""


class Program:
    """
    A root module with everything that it calls.

    `modules` are the sources that are at hand as directories of the tree, `fetched` those in the folder of modules.
    `workspace` is None where it is not known.
    """

    def __init__(
        self,
        tree: Tree,
        cache: SyntaxCache,
        root: str,
        *,
        modules: Mapping[str, str],
        functions: Functions,
        workspace: Optional[str] = None,
        steps: int = STEPS,
        budget: Optional[Budget] = None,
        fetched: Optional[Folder] = None,
    ) -> None:
        left = Budget() if budget is None else budget
        self.tree = tree
        self.root = root
        self.modules = modules
        self.fetched = fetched
        self.functions = functions
        self.workspace = workspace
        self.diagnostics: list[Diagnostic] = []
        self.reader = Reader(tree, cache, self.tell)
        self.meter = Meter(HANDLERS, self.report, _NOWHERE, limit=steps)
        self.cells = Cells(self.meter)
        self.instances = 0
        self._most = min(INSTANCES, left.room())
        self._room = max(min(DIAGNOSTICS, left.diagnostics), 1)
        self._spare = UNREAD if left.diagnostics > 0 else 0
        self._withheld: list[Diagnostic] = []  # the first that is not told, and the first of the level `error`
        self._number = 0
        self._unread: Counter[str] = Counter()
        self.modules_made = 0
        self.all_reached = True  # no limit kept us from a module that is called
        self._told: set[tuple[object, ...]] = set()
        self._declarations: dict[str, Declarations] = {}
        self._types: dict[Declaration, Type] = {}
        self.unmarked: set[Any] = set()  # what `provenance.steps` has found to be made of nothing sensitive
        self.compared: dict[Program, Any] = {}  # what `provenance.basis` knows of other evaluations of the root

    def tell(self, diagnostic: Diagnostic) -> None:
        """Keep a diagnostic, once."""
        key = (diagnostic.code, diagnostic.message, diagnostic.place)
        if key not in self._told:
            self._keep(key, diagnostic)

    def report(self, code: str, message: str, file: File, node: Node) -> None:
        """Keep what goes wrong at a node."""
        key: tuple[object, ...] = (code, message, file.path, node.start)
        if code in ("limit-steps", "limit-modules"):
            key = (code,)  # from there on every expression says so
        if key not in self._told:
            place = file.place(node.start, node.end)
            level: Literal["error", "warning"] = "error" if code.startswith("limit-") else "warning"
            self._keep(key, Diagnostic(level, code, message, place, advice(code)))

    def _keep(self, key: tuple[object, ...], diagnostic: Diagnostic) -> None:
        """Tell a diagnostic, or count it where there are too many. Of a file that is not read some are told anyway."""
        spared = False
        if diagnostic.unread and diagnostic.place is not None:
            self._unread[diagnostic.place.file] += 1
            spared = self._unread[diagnostic.place.file] <= self._spare
        if len(self.diagnostics) < self._room or spared:
            self._told.add(key)
            self.diagnostics.append(diagnostic)
            return
        self._number += 1
        if not self._withheld or (diagnostic.level == "error" and self._withheld[-1].level != "error"):
            self._withheld.append(diagnostic)

    def said(self) -> list[Diagnostic]:
        """Return all that was told, and how much was not."""
        if not self._withheld:
            return self.diagnostics
        worst = self._withheld[-1]
        message = f"{self._number:,} more things are wrong with this root than are told, for instance: {worst.message}"
        code = "limit-diagnostics"
        return [*self.diagnostics, Diagnostic(worst.level, code, message, worst.place, advice(code))]

    def declarations(self, directory: str) -> Declarations:
        """Return what a directory declares. One that is not there raises a `SourceError`."""
        found = self._declarations.get(directory)
        if found is None:
            found = self._declarations[directory] = self.reader.declarations(directory)
        return found

    @property
    def marks(self) -> bool:
        """Whether anything that was read may be marked as sensitive."""
        return any(declarations.marks for declarations in self._declarations.values())

    def read(self, directory: str) -> bool:
        """Whether somebody has asked what a directory declares."""
        return directory in self._declarations

    def type_of(self, variable: Declaration, scope: Scope) -> Type:
        """Return the type constraint of a variable, `ANY` where it has none. Raises an `EvaluationError`."""
        known = self._types.get(variable)
        if known is None:
            argument = variable.argument("type")
            known = ANY if argument is None else type_constraint(argument.value, scope.evaluate)
            self._types[variable] = known
        return known

    def spent(self) -> int:
        """Return the steps that evaluating took, and those that a root takes besides."""
        return min(self.meter.steps, self.meter.limit) + _ROOT

    def admit(self, count: int) -> bool:
        """Count instances that are about to be made. False where they are too many."""
        if self.instances + count > self._most:
            return False
        self.instances += count
        return True

    def admit_module(self) -> bool:
        """Count an instance of a module that is about to be made. False where they are too many."""
        self.modules_made += 1
        return self.modules_made <= min(MODULES, self._most)
