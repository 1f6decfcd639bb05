"""Which files hold a word, told without opening them."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from guardrail.sources import git as git_module
from guardrail.sources.checkout import checkout
from guardrail.sources.command import BOUNDED, Git, Running
from guardrail.sources.git import GitTree, Repository
from guardrail.sources.locate import root_of
from guardrail.sources.objects import MANY
from guardrail.sources.tree import Tree

from .conftest import Workspace

WORDS = (b"module", b"\\u", b"-e")
ENDINGS = (".tf", ".tf.json")

pytestmark = pytest.mark.skipif(not BOUNDED, reason="the memory of a search cannot be bounded here: files are opened")


@pytest.fixture
def filled(repository: Workspace) -> Workspace:
    repository.write("a.tf", b'module "x" {}')
    repository.write("deep/in/b.tf", b"nothing\0 but module")
    repository.write("deep/c.tf.json", b'{"\\u006dodule": 1}')
    repository.write("d.tf", b"Module")
    repository.write("e.txt", b"module")
    repository.write('odd \n"n.tf', b"x -e y")
    repository.write("\udcff.tf", b"module")
    repository.write("-f.tf", b"module")
    repository.write(".gitattributes", b"a.tf binary -diff\n")
    for index in range(MANY):
        repository.write(f"many/{index}.tf", b"resource %d" % index)
    repository.link("l.tf", "a.tf")
    return repository


def searched(tree: Tree) -> set[str]:
    """Return the same by opening every file."""
    plain = [path for path, entry in tree.entries().items() if entry.kind == "file" and path.endswith(ENDINGS)]
    return {path for path in plain if any(word in tree.read(path).data for word in WORDS)}


def of_commit(place: Workspace, repository: Repository) -> Tree:
    return repository.tree(place.commit())


def of_index(place: Workspace, repository: Repository) -> Tree:
    place.git("add", "--all")
    return repository.index()


def of_checkout(place: Workspace, repository: Repository) -> Tree:
    place.commit()
    return checkout(repository, root_of([], place.path), without={})


TREES = [of_commit, of_index, of_checkout]


@pytest.mark.parametrize("tree_of", TREES)
def test_exactly_those_are_told(filled: Workspace, tree_of: Callable[[Workspace, Repository], Tree]) -> None:
    with Repository(root_of([], filled.path)) as repository:
        tree = tree_of(filled, repository)
        assert isinstance(tree, GitTree)
        found = tree.holding(WORDS, ENDINGS)
        assert found is not None
        assert found - {""} == searched(tree)


def test_what_differs_on_disk_may_hold_any(filled: Workspace) -> None:
    filled.commit()
    filled.write("many/7.tf", b"changed")
    filled.write("new.tf", b"new")
    with Repository(root_of([], filled.path)) as repository:
        found = checkout(repository, root_of([], filled.path), without={}).holding(WORDS, ENDINGS)
    assert found is not None
    assert found >= {"many/7.tf", "new.tf", "a.tf"}


def test_a_few_files_are_opened(repository: Workspace) -> None:
    repository.write("a.tf", b"module")
    with Repository(root_of([], repository.path)) as opened:
        assert opened.tree(repository.commit()).holding(WORDS, ENDINGS) is None


def test_a_missing_object_is_no_answer(filled: Workspace) -> None:
    commit = filled.commit()
    blob = filled.git("rev-parse", "HEAD:many/3.tf")
    (filled.path / ".git/objects" / blob[:2] / blob[2:]).unlink()
    with Repository(root_of([], filled.path)) as repository:
        assert repository.tree(commit).holding(WORDS, ENDINGS) is None


def test_an_object_that_takes_too_much_memory_is_no_answer(filled: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(git_module, "_MEMORY", 32 * 1024 * 1024)
    filled.write("huge.tf", bytes(64 * 1024 * 1024))
    commit = filled.commit()
    with Repository(root_of([], filled.path)) as repository:
        assert repository.tree(commit).holding(WORDS, ENDINGS) is None


@pytest.mark.parametrize("tree_of", TREES)
def test_a_search_that_was_begun_finds_the_same(
    filled: Workspace, tree_of: Callable[[Workspace, Repository], Tree], monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []
    plain = Git.begin

    def noted(git: Git, *arguments: str, **how: Any) -> Running:
        begun.append(arguments[0])
        return plain(git, *arguments, **how)

    with Repository(root_of([], filled.path)) as repository:
        tree = tree_of(filled, repository)
        monkeypatch.setattr(Git, "begin", noted)
        tree.seek(WORDS, ENDINGS)
        tree.seek(tuple(reversed(WORDS)), ENDINGS)
        found = tree.holding(WORDS, ENDINGS)
        assert begun == ["grep"]
        assert found == tree.holding(WORDS, ENDINGS)
        assert tree.holding(WORDS[1:], ENDINGS) != found
        assert begun == ["grep"] * 3


def test_what_nobody_waits_for_ends_with_the_repository(repository: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    started = subprocess.Popen(["sleep", "60"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    monkeypatch.setattr(Git, "_start", lambda *_, **__: started)
    with Repository(root_of([], repository.path)) as opened:
        endless = opened.git.begin("grep", most=10)
    assert endless is not None
    assert started.returncode == -signal.SIGKILL
