from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from guardrail.errors import SourceError
from guardrail.sources import tree as tree_module
from guardrail.sources import worktree as worktree_module
from guardrail.sources.locate import root_of
from guardrail.sources.tree import IGNORED, LIMIT
from guardrail.sources.worktree import WorkTree, worktree

from .conftest import Workspace


def listed(place: Workspace, *keep: str) -> WorkTree:
    return worktree(root_of([], place.path), keep=keep)


@pytest.fixture
def ignoring(repository: Workspace) -> Workspace:
    repository.write(".gitignore", b"*.log\nbuild/\n/local.tfvars\n!keep.log\n")
    repository.write("infra/.gitignore", b"secret.tf\n*\n!main.tf\n!.gitignore\n")
    for path in ("infra/main.tf", "infra/secret.tf", "infra/other.tf", "a.log", "keep.log", "local.tfvars"):
        repository.write(path, b"x")
    for path in ("build/a.tf", "build/deep/b.tf", "sub/local.tfvars", "sub/build/c.tf"):
        repository.write(path, b"x")
    return repository


def test_what_git_ignores_is_left_out_and_listed(ignoring: Workspace) -> None:
    tree = listed(ignoring)
    assert list(tree.entries()) == [
        ".gitignore", "infra/.gitignore", "infra/main.tf", "keep.log", "sub/local.tfvars",
    ]  # fmt: skip
    assert dict(tree.left_out()) == dict.fromkeys(
        ["a.log", "build/", "infra/other.tf", "infra/secret.tf", "local.tfvars", "sub/build/"], IGNORED
    )


def test_a_file_that_a_commit_holds_cannot_be_hidden_by_ignoring_it(ignoring: Workspace) -> None:
    before = set(listed(ignoring).entries())
    ignoring.git("add", "--force", "build/deep/b.tf", "infra/secret.tf")
    for committed in (False, True):
        if committed:
            ignoring.git("commit", "--quiet", "-m", "x")
        tree = listed(ignoring)
        assert set(tree.entries()) - before == {"build/deep/b.tf", "infra/secret.tf"}
        assert tree.left_out()["build/a.tf"] == IGNORED


@pytest.mark.parametrize(
    ("keep", "more"),
    [
        pytest.param("build", ["build/a.tf", "build/deep/b.tf"], id="an ignored folder"),
        pytest.param("build/deep", ["build/deep/b.tf"], id="a folder in it"),
        pytest.param("build/a.tf", ["build/a.tf"], id="a file in it"),
        pytest.param("local.tfvars", ["local.tfvars"], id="an ignored file"),
        pytest.param("infra", [], id="a folder above ignored files does not bring them back"),
        pytest.param("build/nothing", [], id="nothing of that name"),
        pytest.param("", [], id="the root"),
    ],
)
def test_what_is_asked_for_by_name_is_listed(ignoring: Workspace, keep: str, more: list[str]) -> None:
    before = set(listed(ignoring).entries())
    tree = listed(ignoring, keep)
    assert sorted(set(tree.entries()) - before) == more
    assert all(tree.read(path).data == b"x" for path in more)


def test_what_one_user_ignores_everywhere_changes_nothing(
    ignoring: Workspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = list(listed(ignoring).entries())
    (tmp_path / "git").mkdir()
    (tmp_path / "git/ignore").write_text("*.tf\n")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    ignoring.git("config", "core.excludesFile", str(tmp_path / "git/ignore"))
    assert list(listed(ignoring).entries()) == before


def test_outside_git_nothing_is_ignored(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("*\n")
    (tmp_path / "main.tf").write_text("x")
    assert list(worktree(root_of([], tmp_path)).entries()) == [".gitignore", "main.tf"]


def test_where_git_cannot_be_asked_nothing_is_ignored(ignoring: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert "build/a.tf" in listed(ignoring).entries()


def test_other_repositories_inside_are_not_read(repository: Workspace, tmp_path: Path) -> None:
    other = Workspace(tmp_path / "other")
    other.path.mkdir()
    other.git("init", "--quiet")
    other.write("main.tf", b"x")
    commit = other.commit()
    repository.git("submodule", "--quiet", "add", str(other.path), "modules/known")
    repository.git("submodule", "--quiet", "add", str(other.path), "modules/empty")
    repository.commit()
    repository.git("submodule", "--quiet", "deinit", "modules/empty")
    repository.git("clone", "--quiet", str(other.path), "clone")
    entries = {path: entry for path, entry in listed(repository).entries().items() if path != ".gitmodules"}
    assert {path: (entry.kind, entry.id) for path, entry in entries.items()} == {
        "clone": ("submodule", None),
        "modules/empty": ("submodule", commit),
        "modules/known": ("submodule", commit),
    }


def test_below_a_folder_outside_git_repositories_are_read_but_for_their_git(tmp_path: Path) -> None:
    for name in ("one", "two"):
        place = Workspace(tmp_path / name)
        place.path.mkdir()
        place.git("init", "--quiet")
        place.write("main.tf", b"x")
    assert list(worktree(root_of(["one", "two"], tmp_path)).entries()) == ["one/main.tf", "two/main.tf"]


def test_only_files_and_links_are_input(repository: Workspace) -> None:
    repository.write("main.tf", b"x")
    os.mkfifo(repository.path / "pipe.tf")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(repository.path / "socket.tf"))
    assert list(listed(repository).entries()) == ["main.tf"]


def test_a_file_that_becomes_something_else_is_not_followed(repository: Workspace) -> None:
    for name in ("a.tf", "b.tf", "c.tf"):
        repository.write(name, b"x")
    tree = listed(repository)
    for name in ("a.tf", "b.tf", "c.tf"):
        (repository.path / name).unlink()
    (repository.path / "a.tf").symlink_to("/etc/passwd")
    os.mkfifo(repository.path / "b.tf")
    codes = []
    for name in ("a.tf", "b.tf", "c.tf"):
        with pytest.raises(SourceError) as caught:
            tree.read(name)
        codes.append(caught.value.code)
    assert codes == ["unreadable", "not-a-file", "missing"]


def test_a_large_file_is_not_read_and_has_its_id(repository: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.write("big.json", b" " * (LIMIT + 1))
    expected = repository.git("hash-object", "big.json")
    for hashed, content in ((LIMIT + 1, expected), (LIMIT, "")):
        monkeypatch.setattr(worktree_module, "_HASHED", hashed)
        with pytest.raises(SourceError) as caught:
            listed(repository).read("big.json")
        assert (caught.value.code, caught.value.content) == ("too-large", content)


def test_a_folder_that_cannot_be_listed_is_told(repository: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.write("closed/main.tf", b"x")
    repository.write("open/main.tf", b"x")
    real = os.scandir

    def scandir(path: bytes) -> object:
        if path.endswith(b"closed"):
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    tree = listed(repository)
    assert dict(tree.left_out()) == {"closed/": "cannot be listed: Permission denied"}
    assert list(tree.entries()) == ["open/main.tf"]


def test_too_many_files_are_an_error(repository: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree_module, "ENTRIES", 10)
    for number in range(10):
        repository.write(f"{number}.tf")
    with pytest.raises(SourceError, match="more than 10 files"):
        listed(repository)


def test_folders_nested_deeply_are_walked_without_recursion(tmp_path: Path) -> None:
    depth = 400
    place = tmp_path
    for _ in range(depth):
        place = place / "d"
        place.mkdir()
    (place / "main.tf").write_bytes(b"x")
    tree = worktree(root_of([], tmp_path))
    path = "d/" * depth + "main.tf"
    assert list(tree.entries()) == [path]
    assert tree.read(path).data == b"x"
