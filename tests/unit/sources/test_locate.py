from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from guardrail.errors import SourceError, UsageError
from guardrail.sources.locate import Root, root_at, root_of

from .conftest import Workspace

Make = Callable[..., Workspace]


@pytest.fixture
def outer(make: Make) -> Workspace:
    """A repository with a folder, and a submodule `sub`."""
    inner = make("inner")
    inner.write("main.tf", b"x")
    inner.commit()
    place = make("outer")
    place.write("infra/prod/main.tf", b"x")
    place.git("submodule", "--quiet", "add", str(inner.path), "sub")
    place.commit()
    return place


@pytest.mark.parametrize(
    ("paths", "working", "inside"),
    [
        pytest.param([], "", ("",), id="no paths: where one stands"),
        pytest.param([], "infra", ("infra",), id="no paths: also below the root"),
        pytest.param(["prod"], "infra", ("infra/prod",), id="paths are relative to where one stands"),
        pytest.param(["infra/prod/main.tf", "sub"], "", ("infra/prod/main.tf", "sub"), id="several paths"),
        pytest.param(["./infra/../infra", "infra"], "", ("infra",), id="the same path twice"),
        pytest.param(["gone/away.tf"], "", ("gone/away.tf",), id="a path that only a revision has"),
        pytest.param(["sub"], "", ("sub",), id="who stands outside of a submodule means the outer repository"),
    ],
)
def test_the_root_is_the_repository(outer: Workspace, paths: list[str], working: str, inside: tuple[str, ...]) -> None:
    assert root_of(paths, outer.path / working) == Root(outer.path, outer.path / ".git", bare=False, paths=inside)


def test_who_stands_in_a_submodule_means_it(outer: Workspace) -> None:
    root = root_of([], outer.path / "sub")
    assert (root.directory, root.git_dir) == (outer.path / "sub", outer.path / ".git/modules/sub")


def test_an_absolute_path_from_anywhere(outer: Workspace, tmp_path: Path) -> None:
    root = root_of([str(outer.path / "infra")], tmp_path)
    assert (root.directory, root.paths) == (outer.path, ("infra",))


def test_a_repository_in_an_unrelated_one_is_its_own_root(make: Make) -> None:
    home = make("home")
    nested = make("home/nested")
    assert root_of(["nested"], home.path).directory == nested.path


def test_outside_git_the_root_is_the_common_parent(tmp_path: Path) -> None:
    for path in ("a/b/one.tf", "a/c/two.tf"):
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).write_bytes(b"")
    assert root_of(["a/b", "a/c/two.tf"], tmp_path) == Root(tmp_path / "a", None, bare=False, paths=("b", "c/two.tf"))
    assert root_of(["a/c/two.tf"], tmp_path) == Root(tmp_path / "a/c", None, bare=False, paths=("two.tf",))
    assert root_of([], tmp_path) == Root(tmp_path, None, bare=False, paths=("",))


def test_two_repositories_have_only_a_parent_in_common(make: Make, tmp_path: Path) -> None:
    make("one")
    make("two")
    root = root_of(["one", "two"], tmp_path)
    assert (root.directory, root.git_dir, root.paths) == (tmp_path, None, ("one", "two"))


def test_a_bare_repository_is_one_only_where_it_is_named(make: Make, tmp_path: Path) -> None:
    bare = make("bare.git", "--bare").path
    assert root_of([], bare) == Root(bare, bare, bare=True, paths=("",))
    assert root_of(["infra"], bare) == Root(bare, bare, bare=True, paths=("infra",))
    assert root_of([str(bare)], tmp_path) == Root(bare, bare, bare=True, paths=("",))
    assert root_of([str(bare / "refs")], tmp_path).git_dir is None
    assert root_of([str(bare), "."], tmp_path).git_dir is None


def test_a_planted_bare_repository_does_not_count(make: Make) -> None:
    place = make("place")
    (make("place/planted", "--bare").path).joinpath("main.tf").write_bytes(b"")
    for start in (place.path, place.path / "planted"):
        assert root_of([], start).directory == place.path


def test_a_root_that_is_known_is_not_searched_for(outer: Workspace) -> None:
    assert root_at(outer.path / "infra") == Root(outer.path / "infra", None, bare=False, paths=("",))
    assert root_at(outer.path, ["infra"]) == Root(outer.path, outer.path / ".git", bare=False, paths=("infra",))


def test_a_working_tree_whose_repository_is_gone_says_so(tmp_path: Path) -> None:
    (tmp_path / ".git").write_text("gitdir: elsewhere/.git/worktrees/x\n")
    with pytest.raises(SourceError, match="elsewhere"):
        root_of([], tmp_path)


def test_a_file_named_git_that_points_nowhere_is_no_repository(tmp_path: Path) -> None:
    (tmp_path / ".git").write_text("hello")
    assert root_of([], tmp_path).git_dir is None


def test_paths_must_be_inside_of_a_known_root(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is not inside"):
        root_at(tmp_path, ["../x"])
