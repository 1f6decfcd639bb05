from __future__ import annotations

import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from guardrail.sources import loose as loose_module
from guardrail.sources.loose import Loose

from .conftest import Workspace


def stored(repository: Workspace, data: bytes) -> str:
    return repository.git("hash-object", "-w", "--stdin", data=data)


def place(repository: Workspace, identity: str) -> Path:
    found = repository.path / ".git" / "objects" / identity[:2] / identity[2:]
    found.chmod(0o644)
    return found


@pytest.mark.parametrize("format_", ["sha1", "sha256"])
@pytest.mark.parametrize("data", [b"", b"a\0b\n", b"x" * 100])
def test_what_git_stored_is_read(make: Callable[..., Workspace], format_: str, data: bytes) -> None:
    repository = make("one", f"--object-format={format_}")
    identity = stored(repository, data)
    loose = Loose(repository.path / ".git")
    assert loose.ids() == {identity}
    assert loose.blob(identity, 100) == data


def test_a_linked_working_tree_has_the_objects_of_its_repository(repository: Workspace, tmp_path: Path) -> None:
    repository.write("a.tf", b"1")
    repository.commit()
    repository.git("worktree", "add", "--quiet", str(tmp_path / "linked"))
    loose = Loose(repository.path / ".git" / "worktrees" / "linked")
    assert loose.blob(repository.git("rev-parse", "HEAD:a.tf"), 10) == b"1"
    assert len(loose.ids()) == 3


def test_what_is_packed_is_not_among_them(repository: Workspace) -> None:
    repository.write("a.tf", b"1")
    repository.commit()
    repository.git("repack", "-a", "-d", "--quiet")
    late = stored(repository, b"2")
    assert Loose(repository.path / ".git").ids() == {late}


def test_where_there_are_too_many_none_is_looked_up(repository: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loose_module, "_MOST", 2)
    stored(repository, b"1")
    stored(repository, b"2")
    assert len(Loose(repository.path / ".git").ids()) == 2
    stored(repository, b"3")
    assert Loose(repository.path / ".git").ids() == frozenset()


def test_there_need_not_be_any(tmp_path: Path) -> None:
    assert Loose(tmp_path / "nowhere").ids() == frozenset()


@pytest.mark.parametrize(
    "file",
    [
        pytest.param(zlib.compress(b"blob 3\0abc")[:-5], id="broken off"),
        pytest.param(b"no zlib", id="something else"),
        pytest.param(b"", id="empty"),
        pytest.param(zlib.compress(b"blob 4\0abc"), id="shorter than it says"),
        pytest.param(zlib.compress(b"blob 2\0abc"), id="longer than it says"),
        pytest.param(zlib.compress(b"tree 3\0abc"), id="a tree"),
        pytest.param(zlib.compress(b"blob 03\0abc"), id="a size that git does not write so"),
        pytest.param(zlib.compress(b"blob 3 abc"), id="without an end of its header"),
        pytest.param(zlib.compress(b"blob 100000000\0" + b"\0" * 100_000_000), id="a bomb"),
        pytest.param(zlib.compress(b"blob 11\0" + b"a" * 11), id="larger than asked for"),
    ],
)
def test_whatever_is_odd_is_left_to_git(repository: Workspace, file: bytes) -> None:
    identity = stored(repository, b"abc")
    loose = Loose(repository.path / ".git")
    loose.ids()
    assert loose.blob(identity, 10) == b"abc"
    place(repository, identity).write_bytes(file)
    assert loose.blob(identity, 10) is None
    assert loose.blob("0" * 40, 10) is None
