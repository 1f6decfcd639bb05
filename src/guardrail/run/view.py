"""Which trees a run looks at: what is judged, what it is compared with, and where the rules come from."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Optional

from guardrail.config.trust import Rules, rules
from guardrail.errors import SourceError
from guardrail.frontends.given import Given
from guardrail.frontends.rendering.tool import Tools
from guardrail.model.dataclass import dataclass
from guardrail.run.beside import NOTHING, Beside, beside, folder_name, given_files, left_out
from guardrail.run.plans import NO_PLANS, Plans, given_plans
from guardrail.run.request import Request
from guardrail.sources.checkout import checkout
from guardrail.sources.git import Repository
from guardrail.sources.listed import MemoryTree
from guardrail.sources.locate import Root, root_at, root_of
from guardrail.sources.tree import Tree
from guardrail.sources.worktree import worktree

UNBORN = "no-commit"
"""The code of the error that says that a repository has no commit yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """
    The trees of a run. `base` is None without a comparison.

    `base_id`, `head_id` and `trusted_id` are commit ids, None where that side is no commit. `beside` is what the run
    was given for both.
    """

    paths: tuple[str, ...]
    head: Tree
    base: Optional[Tree]
    rules: Rules
    trusted: Optional[Tree]
    head_id: Optional[str] = None
    base_id: Optional[str] = None
    trusted_id: Optional[str] = None
    beside: Beside = NOTHING


@contextmanager
def view(request: Request) -> Iterator[View]:
    """Open the trees of a run. Raises `GuardrailError` where one cannot be had; then nothing is judged."""
    root = root_of([str(path) for path in request.paths], request.working.absolute())
    with ExitStack() as stack:
        repository = stack.enter_context(Repository(root)) if _asks_git(request, root) else None
        given = given_files(request, root)
        plans = Plans(given_plans(request, root)) if request.plans else NO_PLANS
        name = folder_name(request, root)
        tools = Tools(os.environ.get("PATH", ""), root.directory)
        head, head_id = _head(request, root, repository, given, left_out(name, root))
        base, base_id = _base(request, head, head_id, repository)
        trusted, trusted_id = _trusted(request, repository)
        by = rules(head, trusted, kind="directory" if request.trusted_dir else "revision")
        yield View(
            paths=_named(request, root),
            head=head,
            base=base,
            rules=by,
            trusted=trusted if request.trusted else None,
            head_id=head_id,
            base_id=base_id,
            trusted_id=trusted_id,
            beside=replace(beside(request, given, name, head, base, by.tree), plans=plans, tools=tools),
        )


def _named(request: Request, root: Root) -> tuple[str, ...]:
    """
    Return the paths that must hold something to judge.

    The whole of a repository need not: a pull request without infrastructure passes. A folder outside git was named
    for what is in it.
    """
    if not request.paths or (root.paths == ("",) and root.git_dir is not None):
        return ()
    return root.paths


def _asks_git(request: Request, root: Root) -> bool:
    named = (request.base, request.head, request.trusted)
    return root.bare or request.staged or any(name is not None for name in named)


def _head(
    request: Request, root: Root, repository: Optional[Repository], given: Given, without: Mapping[str, str]
) -> tuple[Tree, Optional[str]]:
    if repository is not None and request.head is not None:
        commit = repository.resolve(request.head)
        return repository.tree(commit), commit
    if repository is not None and request.staged:
        return repository.index(), None
    if root.bare and repository is not None:
        raise SourceError(
            f"{root.directory} is a bare repository: it has no files on disk",
            code="bare",
            hint="say which revision to judge: --head REF",
        )
    keep = (*root.paths, *given.files)
    if repository is not None and request.base is not None:
        return checkout(repository, root, keep=keep, without=without), None
    return worktree(root, keep=keep, without=without), None


def _base(
    request: Request, head: Tree, head_id: Optional[str], repository: Optional[Repository]
) -> tuple[Optional[Tree], Optional[str]]:
    if repository is None:
        return None, None
    if request.staged:
        return _last_commit(repository)
    if request.base is None:
        return None, None
    commit = repository.merge_base(repository.resolve(request.base), head_id or repository.resolve("HEAD"))
    return repository.tree(commit, head), commit


def _last_commit(repository: Repository) -> tuple[Tree, Optional[str]]:
    """Return what is committed; before the first commit that is nothing, and all that is staged is new."""
    try:
        commit = repository.resolve("HEAD")
    except SourceError as error:
        if error.code == UNBORN:
            return MemoryTree({}), None
        raise
    return repository.tree(commit), commit


def _trusted(request: Request, repository: Optional[Repository]) -> tuple[Optional[Tree], Optional[str]]:
    if request.trusted_dir is not None:
        return worktree(root_at(_existing(request.trusted_dir))), None
    if repository is not None and request.trusted is not None:
        commit = repository.resolve(request.trusted)
        return repository.tree(commit), commit
    return None, None


def _existing(folder: Path) -> Path:
    if not folder.is_dir():
        raise SourceError(f"{folder} is not a folder", code="missing", hint="--trusted-dir names an existing folder")
    return folder.absolute()
