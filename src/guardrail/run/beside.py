"""What a run is given beside the trees: a folder of fetched modules, and variable files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Final, Optional

from guardrail.errors import UsageError
from guardrail.frontends.given import Given
from guardrail.frontends.rendering.tool import Tools
from guardrail.model.dataclass import dataclass
from guardrail.run.plans import NO_PLANS, Plans
from guardrail.run.request import Request
from guardrail.sources.locate import Root
from guardrail.sources.overlay import Overlay, mount, place_in
from guardrail.sources.tree import OF_MODULES, Tree, shown

if TYPE_CHECKING:
    from guardrail.frontends.terraform.fetched import Folder


def given_files(request: Request, root: Root) -> Given:
    """Return the variable files of a run by their paths in the tree. One that is elsewhere is a `UsageError`."""
    return Given(tuple(_place(root, request.working.absolute() / path) for path in request.var_files), request.root)


def _place(root: Root, path: Path) -> str:
    place = root.place_of(path)
    if place is None:
        hint = "a variable file is part of what is judged; put it into the repository"
        raise UsageError(f"--var-file: {path} is outside of {root.directory}", hint=hint)
    return place


def folder_name(request: Request, root: Root) -> Optional[str]:
    """Return what the folder of modules is called among the paths of the tree, None without one."""
    return None if request.modules is None else place_in(root, request.working.absolute() / request.modules)


def left_out(name: Optional[str], root: Root) -> Mapping[str, str]:
    """Return what is no part of a working tree. In a repository it is for git to say what is ignored."""
    return {f"{name}/": OF_MODULES} if name is not None and root.git_dir is None else {}


@dataclass(frozen=True, slots=True)
class Beside:
    """Variable files, the folder of modules, plans, and the tools of this machine."""

    given: Given = Given()
    fetched: Optional[Folder] = None
    plans: Plans = NO_PLANS
    tools: Tools = field(default_factory=Tools)

    def seen(self, tree: Tree) -> Tree:
        """Return a tree with the folder of modules in it, if there is one."""
        return tree if self.fetched is None else Overlay(tree, self.fetched.tree, self.fetched.name)


NOTHING: Final = Beside()


def beside(
    request: Request, given: Given, name: Optional[str], head: Tree, base: Optional[Tree], trusted: Tree
) -> Beside:
    """
    Open what a run was given. What the trusted side has locked counts before what the head has.

    A tree with files where the folder of modules would be is a `UsageError`: the author of a change must not say what
    the modules are.
    """
    if name is None or request.modules is None:
        return Beside(given)
    for tree in (head, base):
        taken = next((path for path in tree.entries() if _overlap(path, name)), None) if tree is not None else None
        if taken is not None:
            raise UsageError(
                f"the folder of modules would be {shown(name)}, and {shown(taken)} is part of what is judged",
                hint="have git ignore the folder, or put it elsewhere; `modules` in guardrail.yaml is for modules in"
                " the repository",
            )
    from guardrail.frontends.terraform.fetched import Folder
    from guardrail.frontends.terraform.lock import locks

    return Beside(given, Folder(mount(request.working.absolute() / request.modules, name), name, locks(trusted, head)))


def _overlap(path: str, name: str) -> bool:
    return path == name or path.startswith(f"{name}/") or name.startswith(f"{path}/")
