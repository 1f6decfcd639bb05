from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guardrail.config.globs import LONGEST, glob


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        pytest.param("infra/prod", ["infra/prod", "infra/prod/a/b.tf"], ["x/infra/prod", "infra/prod2"], id="a folder"),
        pytest.param("infra/prod/**", ["infra/prod/a", "infra/prod/a/b"], ["infra/prod", "infra"], id="all inside"),
        pytest.param("jobs/*.json", ["jobs/a.json", "jobs/.json"], ["jobs/x/a.json", "jobs/a.jsonx"], id="a star"),
        pytest.param("*.tf", ["main.tf"], ["infra/main.tf"], id="without a slash it is anchored all the same"),
        pytest.param("/main.tf", ["main.tf"], ["a/main.tf"], id="a slash in front changes nothing"),
        pytest.param("**/main.tf", ["main.tf", "a/b/main.tf"], ["a/xmain.tf"], id="any depth, none included"),
        pytest.param("a/**/b", ["a/b", "a/x/b", "a/x/y/b/c"], ["ab", "a/xb", "x/a/b"], id="folders between"),
        pytest.param("**", ["a", "a/b"], ["."], id="everything but the root itself"),
        pytest.param(".", ["."], ["a", "a/b"], id="the root itself"),
        pytest.param("a/", ["a/b"], ["a"], id="a folder only"),
        pytest.param("a**b", ["ab", "axb"], ["a/b"], id="two stars inside a name are one"),
        pytest.param("[a-c]?[!x]", ["a12", "bzy"], ["d12", "a1x", "a1"], id="classes"),
        pytest.param("[]a]", ["]", "a"], ["b"], id="a bracket that stands first is itself"),
        pytest.param("\\*\\[", ["*["], ["a["], id="escapes"),
        pytest.param("x[+-0]y", ["x.y"], ["x/y"], id="a class never means the slash"),
        pytest.param("a*b*c", ["abc", "axbxbxc"], ["ab", "abcx"], id="several stars"),
        pytest.param("Infra", ["Infra"], ["infra"], id="case matters"),
        pytest.param("a.b", ["a.b"], ["axb"], id="a dot is a dot"),
        pytest.param("a\nb*", ["a\nbc\nd"], ["a\n"], id="line breaks are characters"),
    ],
)
def test_matches(text: str, inside: list[str], outside: list[str]) -> None:
    assert [path for path in inside if not glob(text).matches(path)] == []
    assert [path for path in outside if glob(text).matches(path)] == []


def test_a_folder_is_meant_by_a_glob_that_asks_for_one() -> None:
    assert glob("a/").matches("a", folder=True)
    assert not glob("a/").matches("a")
    assert glob("a/**/").matches("a/b", folder=True)


def test_a_unit_is_meant_by_its_directory_or_by_all_of_its_files() -> None:
    files = ["infra/prod/main.tf", "infra/prod/vars.tf"]
    assert glob("infra/prod").covers("infra/prod", files)
    assert glob("infra/prod/**").covers("infra/prod", files)
    assert glob("**").covers(".", ["main.tf"])
    assert not glob("infra/prod/main.tf").covers("infra/prod", files)
    assert not glob("infra/dev/**").covers("infra/prod", files)


@pytest.mark.parametrize(
    "text", ["", "/", "a//b", "./a", "a/../b", "..", "[a", "[a-", "[]", "a\\", "!a", "[[:alpha:]]", "x" * (LONGEST + 1)]
)
def test_what_is_no_glob_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w+"):
        glob(text)


@pytest.mark.parametrize(
    ("text", "floating"), [("**/dev", True), ("/**/dev/**", True), ("**", False), ("a/**/b", False), ("*/dev", False)]
)
def test_floating(text: str, floating: bool) -> None:
    assert glob(text).floating is floating


@pytest.mark.parametrize(
    ("text", "path"),
    [
        pytest.param("*a" * 60 + "b", "a" * 4000, id="stars in a name"),
        pytest.param("**/*a*/" * 40 + "b", "a/" * 2000 + "c", id="stars and folders"),
        pytest.param("**/a/" * 60 + "b", "a/" * 2000 + "c", id="folders"),
        pytest.param("a/**/" * 60 + "b", "a/" * 2000 + "c", id="a beginning and folders"),
        pytest.param("**/" * 300 + "b", "a/" * 2000 + "c", id="nothing but folders"),
        pytest.param("*" * 999 + "b", "a" * 4000, id="nothing but stars"),
    ],
)
def test_no_glob_takes_long(text: str, path: str) -> None:
    assert not glob(text).matches(path)


NAMES = st.text("ab.x-]", min_size=1, max_size=4).filter(lambda name: name not in (".", ".."))
PATHS = st.lists(NAMES, min_size=1, max_size=5).map("/".join)
SEGMENTS = st.one_of(
    NAMES,
    st.sampled_from(
        [
            "**",
            "*",
            "?",
            "*a*",
            "a*",
            "*b",
            "a?b",
            "[ab]",
            "[!a]",
            "[a-x]",
            "[^]a]",
            "***",
            "a**",
            "**b",
            "\\a",
            "[x-a]",
            "*.*",
            "[+-.]",
            "[]-a]",
            "[a-]",
        ]
    ),
    st.text("ab*?.", min_size=1, max_size=5).filter(lambda name: name not in (".", "..")),
)
GLOBS = st.tuples(st.lists(SEGMENTS, min_size=1, max_size=5).map("/".join), st.sampled_from(["", "/"])).map("".join)


@pytest.fixture(scope="module")
def ignoring(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("ignoring")
    subprocess.run(["git", "init", "--quiet", str(place)], check=True, env=_environment())
    return place


def _environment() -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


def _ignored(place: Path, text: str, paths: Sequence[str]) -> list[str]:
    """Return those of the paths that the real git ignores."""
    (place / ".gitignore").write_text(f"/{text}\n")
    told = subprocess.run(
        ["git", "-c", "core.excludesFile=/dev/null", "check-ignore", "--no-index", "-z", "--stdin"],
        input="\0".join(paths).encode(),
        cwd=place,
        capture_output=True,
        check=False,
        env=_environment(),
    )
    assert told.returncode in (0, 1), told.stderr
    return [path.decode() for path in told.stdout.split(b"\0") if path]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=GLOBS, paths=st.lists(PATHS, min_size=1, max_size=40, unique=True))
def test_agrees_with_git(ignoring: Path, text: str, paths: list[str]) -> None:
    """git takes paths that do not exist for files, and what is above them for folders."""
    assert [path for path in paths if glob(text).matches(path)] == _ignored(ignoring, text, paths)
