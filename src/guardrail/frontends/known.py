"""What is known of files by their content, and of folders by their paths: base and head have most of both in common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Optional

from guardrail.frontends.budget import Budget
from guardrail.frontends.given import Given
from guardrail.frontends.rendering.ahead import Ahead
from guardrail.frontends.rendering.tool import Tools
from guardrail.frontends.sorting import NOTHING, TERRAFORM, Sorted, Sorting
from guardrail.frontends.unit import Unit
from guardrail.model.dataclass import dataclass
from guardrail.sources.tree import Tree

if TYPE_CHECKING:
    from guardrail.frontends.recognise import Recognised
    from guardrail.frontends.terraform.called import Calls
    from guardrail.frontends.terraform.fetched import Folder


@dataclass(frozen=True, slots=True)
class Folders:
    """The folders of Terraform files, each with those that a unit has, and which the configuration gives stacks."""

    sorted: Sorted
    files: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    named: frozenset[str] = frozenset()


@dataclass(slots=True)
class Known:
    """
    What files turned out to be, by their content. Base and head share it, as most of their files are the same.

    `compares`: they are to be held against each other, file by file. `fetched` are modules from elsewhere, and `given`
    values for variables, which both have in common. `apart` are files that are read as what the run was given, `kept`
    the folders that are roots whoever calls them. `tools` render charts and overlays, some of them `ahead`.
    """

    compares: bool = False
    fetched: Optional[Folder] = None
    given: Given = Given()
    apart: frozenset[str] = frozenset()
    kept: frozenset[str] = frozenset()
    tools: Tools = field(default_factory=Tools)
    ahead: Ahead = field(default_factory=Ahead)
    sorting: Sorting = field(default_factory=Sorting)
    folders: Folders = Folders(NOTHING)
    units: dict[str, tuple[Unit, ...]] = field(default_factory=dict)
    documents: dict[tuple[str, str], Recognised] = field(default_factory=dict)
    budget: Budget = field(default_factory=Budget)
    _calls: Optional[Calls] = None

    def spend(self, budget: Budget) -> None:
        """Let another tree have a budget of its own."""
        self.budget = budget
        if self._calls is not None:
            self._calls.syntax.budget = budget

    def seek(self, tree: Tree, found: Sorted) -> None:
        """Let the search for calls in the first tree begin: it takes as long as importing what reads Terraform."""
        from guardrail.frontends.terraform.glance import MANY, SOUGHT

        if self._calls is None and len(found.folders) >= MANY:
            tree.seek(SOUGHT, TERRAFORM)

    @property
    def calls(self) -> Calls:
        """What is known of Terraform files. Its modules take 10 ms to import, so not before there is such a file."""
        if self._calls is None:
            from guardrail.frontends.terraform.called import Calls

            self._calls = Calls(compares=self.compares, fetched=self.fetched)
            self._calls.syntax.budget = self.budget
        return self._calls
