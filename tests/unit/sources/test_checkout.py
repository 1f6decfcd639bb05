"""A working tree by what git says of it is the one that stands on disk."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Union

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guardrail.errors import SourceError
from guardrail.sources.checkout import Checkout, checkout
from guardrail.sources.git import Repository
from guardrail.sources.listing import Staged, in_index
from guardrail.sources.locate import root_of
from guardrail.sources.tree import LIMIT, Tree, attempted, identity
from guardrail.sources.worktree import WorkTree, worktree

from .conftest import Workspace

Change = Callable[[Workspace], object]


@contextmanager
def both(place: Workspace, *keep: str, fast: bool = True) -> Iterator[tuple[Tree, Tree, Repository]]:
    """Give the tree as git tells it and as it is walked; `fast` says which of them a checkout is."""
    root = root_of([], place.path)
    with Repository(root) as repository:
        told = checkout(repository, root, keep=keep, without={})
        assert isinstance(told, Checkout if fast else WorkTree)
        yield told, worktree(root, keep=keep), repository


def said(tree: Tree) -> dict[str, object]:
    """Return all that is to be known of a tree, every file read."""
    found: dict[str, object] = {}
    for path, entry in tree.entries().items():
        content = attempted(tree, path, LIMIT) if entry.kind == "file" else identity(tree, path)
        found[path] = (entry.kind, content.code if isinstance(content, SourceError) else content)
    return found


def gone(place: Workspace, path: str) -> str:
    (place.path / path).unlink()
    return path


def rewritten(place: Workspace) -> None:
    """Write another text of the same length, and give the file the time that it had before."""
    path = place.path / "a.tf"
    before = path.stat()
    path.write_bytes(b"B" * before.st_size)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def in_conflict(place: Workspace) -> None:
    main = place.git("rev-parse", "HEAD")
    place.write("a.tf", b"theirs")
    place.commit()
    other = place.git("rev-parse", "HEAD")
    place.git("checkout", "--quiet", "--detach", main)
    place.write("a.tf", b"ours")
    place.commit()
    with suppress(AssertionError):  # git says that there are conflicts
        place.git("merge", "--quiet", other)


def replaced_by_folder(place: Workspace) -> None:
    (place.path / "a.tf").unlink()
    place.write("a.tf/main.tf", b"inside")


def replaced_by_link(place: Workspace) -> None:
    (place.path / "a.tf").unlink()
    place.link("a.tf", "b.tf")


def linked(place: Workspace) -> Path:
    """Make another repository part of this one, and return its folder."""
    inner = place.path / "sub"
    place.git("init", "--quiet", "sub")
    Workspace(inner).write("own.tf")
    Workspace(inner).commit()
    place.write(".gitmodules", b'[submodule "sub"]\n\tpath = sub\n\turl = ../sub\n')
    place.commit()
    return inner


def other_files_for(place: Workspace) -> None:
    shutil.rmtree(linked(place))
    place.write("sub/deep/gpu.tf", b"gpu")


def a_file_for(place: Workspace) -> None:
    shutil.rmtree(linked(place))
    place.write("sub", b"gpu")


def behind_a_link(place: Workspace) -> None:
    (place.path / "d").rename(place.path / "q")
    place.link("d", "q")


def without_links(place: Workspace) -> None:
    place.git("config", "core.symlinks", "false")
    gone(place, "l.tf")
    place.git("checkout", "--", "l.tf")


NUMBERS = count()

CHANGES: dict[str, Change] = {
    "nothing": str,
    "a file is written again": lambda place: place.write("a.tf", b"new"),
    "a file is written again in the same size and time": rewritten,
    "a file is gone": lambda place: gone(place, "a.tf"),
    "a folder is gone": lambda place: shutil.rmtree(place.path / "d"),
    "a file is new": lambda place: place.write("new/deep/x.tf", b"new"),
    "a file is staged and changed again": lambda place: (
        place.write("a.tf", b"1"), place.git("add", "a.tf"), place.write("a.tf", b"2"),
    ),
    "a file is staged for removal, and there": lambda place: place.git("rm", "--quiet", "--cached", "a.tf"),
    "a file is meant to be added": lambda place: (place.write("n.tf", b"n"), place.git("add", "-N", "n.tf")),
    "a file is taken for unchanged": lambda place: (
        place.git("update-index", "--assume-unchanged", "a.tf"), place.write("a.tf", b"changed"),
    ),
    "a file is left out of the working tree": lambda place: (
        place.git("update-index", "--skip-worktree", "a.tf"), gone(place, "a.tf"),
    ),
    "a file is left out, and changed all the same": lambda place: (
        place.git("update-index", "--skip-worktree", "a.tf"), place.write("a.tf", b"changed"),
    ),
    "a file is executable": lambda place: (place.path / "a.tf").chmod(0o755),
    "a file has conflicts": in_conflict,
    "a file is a folder now": replaced_by_folder,
    "a file is a link now": replaced_by_link,
    "a link is a file now": lambda place: (gone(place, "l.tf"), place.write("l.tf", b"x")),
    "a link leads elsewhere": lambda place: (gone(place, "l.tf"), place.link("l.tf", "d/c.tf")),
    "files are ignored": lambda place: (
        place.write(".gitignore", b"*.log\nbuild/\n/d/local.tf\n"), place.write("x.log"), place.write("logs/y.log"),
        place.write("build/z.tf"), place.write("d/local.tf"), place.write("logs/deep/y.log"),
    ),
    "what is ignored is tracked": lambda place: (place.write(".gitignore", b"*.tf\n"), place.write("e.tf")),
    "a folder ignores itself": lambda place: (place.write("m/n/.gitignore", b"*\n"), place.write("m/n/o/p.tf")),
    "names are odd": lambda place: (
        place.write('a "b"\n\t.tf', b"1"), place.write("\udcff.tf", b"2"), place.write("-x.tf"), place.write("ü.tf"),
    ),
    "another repository is inside": lambda place: (
        place.git("init", "--quiet", "inner"), place.write("inner/main.tf", b"x"),
    ),
    "another repository is part of it": linked,
    "another repository that is part of it is not there": lambda place: shutil.rmtree(linked(place)),
    "other files stand where another repository should be": other_files_for,
    "a file stands where another repository should be": a_file_for,
    "a folder of tracked files is another repository too": lambda place: (
        place.git("init", "--quiet", "d"), place.write("d/new.tf"), place.write("d/e/new.tf"),
    ),
    "a folder is a link to its files now": behind_a_link,
    "links are written as text": without_links,
    "names differ in their case, and it is said that this does not matter": lambda place: (
        place.git("config", "core.ignorecase", "true"), place.write("A.tf", b"gpu"), place.write("D/c.tf", b"gpu"),
    ),
    "what is not tracked is remembered": lambda place: (
        place.git("update-index", "--force-untracked-cache"), place.git("status"), place.write("d/new.tf", b"gpu"),
    ),
    "the index is in two parts": lambda place: (
        place.git("update-index", "--split-index"), place.write("a.tf", b"1"), place.git("add", "a.tf"),
        place.write("b.tf", b"2"),
    ),
    "part of it is not checked out": lambda place: (
        place.git("sparse-checkout", "set", "--cone", "--sparse-index", "d/e"), place.write("d/c.tf", b"gpu"),
        place.write("z/n.tf", b"gpu"),
    ),
    "it is said to be elsewhere": lambda place: (
        place.git("config", "core.worktree", ".."), place.write("n.tf", b"gpu"),
    ),
    "there is a pipe": lambda place: os.mkfifo(place.path / "pipe.tf"),
    "an empty folder": lambda place: (place.path / "empty").mkdir(),
}  # fmt: skip


@pytest.fixture
def filled(repository: Workspace) -> Workspace:
    for path in ("a.tf", "b.tf", "d/c.tf", "d/e/f.tf"):
        repository.write(path, path.encode())
    repository.link("l.tf", "a.tf")
    repository.commit()
    return repository


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_it_is_what_stands_on_disk(filled: Workspace, change: Change) -> None:
    change(filled)
    with both(filled) as (told, walked, _):
        assert list(told.entries()) == list(walked.entries())
        assert said(told) == said(walked)
        assert told.left_out() == walked.left_out()


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_commit_next_to_it_has_its_own_files(filled: Workspace, change: Change) -> None:
    base = filled.git("rev-parse", "HEAD")
    change(filled)
    with both(filled) as (told, _, repository), Repository(root_of([], filled.path)) as alone:
        assert said(repository.tree(base, told)) == said(alone.tree(base))


@given(st.lists(st.sampled_from(sorted(CHANGES)), max_size=5))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_it_is_what_stands_on_disk_after_any_changes(make: Callable[..., Workspace], several: list[str]) -> None:
    place = make(f"r{next(NUMBERS)}")
    for path in ("a.tf", "b.tf", "d/c.tf", "d/e/f.tf"):
        place.write(path, path.encode())
    place.link("l.tf", "a.tf")
    base = place.commit()
    for name in several:
        with suppress(OSError, AssertionError):  # what is there already does not let it
            CHANGES[name](place)
    with both(place) as (told, walked, repository), Repository(root_of([], place.path)) as alone:
        assert said(told) == said(walked)
        assert told.left_out() == walked.left_out()
        assert said(repository.tree(base, told)) == said(alone.tree(base))


@pytest.mark.parametrize(
    "attributes",
    [
        pytest.param("*.tf filter=lfs\n", id="a filter"),
        pytest.param("*.tf ident\n", id="an expansion"),
        pytest.param("*.tf working-tree-encoding=UTF-16\n", id="an encoding"),
        pytest.param("[attr]x Filter=y\n*.tf x\n", id="a macro"),
    ],
)
@pytest.mark.parametrize("place", [".gitattributes", "d/.gitattributes", ".git/info/attributes"])
def test_where_attributes_make_another_text_of_files_they_are_read(
    filled: Workspace, attributes: str, place: str
) -> None:
    filled.write(place, attributes.encode())
    with both(filled, fast=False) as (told, walked, _):
        assert said(told) == said(walked)


@pytest.mark.parametrize(
    "hidden",
    [
        pytest.param(lambda place: gone(place, ".gitattributes"), id="they are gone, and in the index"),
        pytest.param(
            lambda place: (place.git("rm", "--cached", ".gitattributes"), place.write(".gitignore", b".gitattributes")),
            id="they are ignored",
        ),
        pytest.param(
            lambda place: (gone(place, ".gitattributes"), place.link(".gitattributes", "/dev/zero")),
            id="they are a link",
        ),
    ],
)
def test_so_it_is_wherever_git_finds_attributes(filled: Workspace, hidden: Change) -> None:
    filled.write("a.tf", b"$Id$")
    filled.write(".gitattributes", b"*.tf ident\n")
    filled.commit()
    gone(filled, "a.tf")
    filled.git("checkout", "--", "a.tf")
    hidden(filled)
    with both(filled, fast=False) as (told, walked, _):
        assert said(told) == said(walked)


def test_so_it_is_in_a_linked_working_tree(filled: Workspace, tmp_path: Path) -> None:
    filled.write(".git/info/attributes", b"*.tf ident\n")
    filled.write("a.tf", b"$Id$")
    filled.commit()
    filled.git("worktree", "add", "--quiet", str(tmp_path / "linked"))
    with both(Workspace(tmp_path / "linked"), fast=False) as (told, walked, _):
        assert said(told) == said(walked)


def test_other_attributes_change_nothing(filled: Workspace) -> None:
    filled.write(".gitattributes", b"*.tf text linguist-generated diff=hcl\n")
    with both(filled) as (told, walked, _):
        assert said(told) == said(walked)


def test_what_is_asked_for_by_name_is_there_though_it_is_ignored(filled: Workspace) -> None:
    filled.write(".gitignore", b"build/\n")
    filled.write("build/deep/z.tf", b"z")
    with both(filled, "build/deep") as (told, walked, _):
        assert "build/deep/z.tf" in told.entries()
        assert said(told) == said(walked)


def test_unchanged_files_are_not_opened(filled: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    filled.write("b.tf", b"changed")
    with both(filled) as (told, _, _):
        opened: list[Union[str, bytes]] = []
        plain = os.open

        def noted(path: Union[str, bytes], *rest: int) -> int:
            opened.append(path)
            return plain(path, *rest)

        monkeypatch.setattr(os, "open", noted)
        for path in told.entries():
            told.read(path)
    assert [path for path in map(Path, map(os.fsdecode, opened)) if filled.path in path.parents] == [
        filled.path / "b.tf"
    ]


def test_a_file_whose_object_is_missing_is_read_from_disk(filled: Workspace) -> None:
    blob = filled.git("rev-parse", "HEAD:a.tf")
    (filled.path / ".git/objects" / blob[:2] / blob[2:]).unlink()
    with both(filled) as (told, walked, _):
        assert told.read("a.tf") == walked.read("a.tf")


def test_an_index_that_git_writes_meanwhile_is_not_believed(filled: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    def meanwhile(output: bytes) -> Staged:
        filled.git("add", "b.tf")
        return in_index(output)

    filled.write("b.tf", b"changed")
    monkeypatch.setattr("guardrail.sources.checkout.in_index", meanwhile)
    with both(filled, fast=False) as (told, walked, _):
        assert told.read("b.tf").data == b"changed"
        assert said(told) == said(walked)
