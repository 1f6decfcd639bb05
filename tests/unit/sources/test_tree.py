from __future__ import annotations

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.errors import SourceError
from guardrail.sources.layout import HOPS
from guardrail.sources.listed import MemoryTree
from guardrail.sources.tree import LIMIT, Tree, blob_id, clean, shown, unread

POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n"

WORLD = MemoryTree(
    {"infra/main.tf": b"a", "infra/modules/x/x.tf": b"b", "lfs.tf": POINTER, "big.yaml": b" " * (LIMIT + 1)},
    links={
        "link.tf": "infra/main.tf",
        "modules": "infra/modules",
        "infra/modules/up": "../..",
        "loop": "loop2",
        "loop2": "loop",
        "out": "../secret",
        "absolute": "/etc/passwd",
        "drive": "C:\\secret",
        "dangling": "nowhere",
        "nul": "a\0b",
        "long": "infra/" * 1000 + "main.tf",
        "dot-git": ".git/config",
        "hop0": "infra/main.tf",
        **{f"hop{n}": f"hop{n - 1}" for n in range(1, HOPS + 1)},
    },
    submodules=["vendor/lib"],
)


@pytest.mark.parametrize(
    ("path", "data"),
    [
        pytest.param("infra/main.tf", b"a", id="a plain file"),
        pytest.param("./infra//main.tf", b"a", id="dots and double slashes do not matter"),
        pytest.param("link.tf", b"a", id="a link to a file"),
        pytest.param("modules/x/x.tf", b"b", id="a link to a folder on the way"),
        pytest.param("modules/up/link.tf", b"a", id="links may go up inside the tree, and meet more links"),
        pytest.param(f"hop{HOPS - 1}", b"a", id="as many links in a row as are followed"),
    ],
)
def test_read(path: str, data: bytes) -> None:
    assert WORLD.read(path).data == data


@pytest.mark.parametrize(
    ("path", "code"),
    [
        pytest.param("nothing", "missing", id="nothing of that name"),
        pytest.param("infra/main.tf/x", "missing", id="a file has nothing below it"),
        pytest.param("infra", "not-a-file", id="a folder is no file"),
        pytest.param("", "not-a-file", id="nor is the root"),
        pytest.param("../x", "outside", id="up out of the tree"),
        pytest.param("infra/../../x", "outside", id="down, then up out of the tree"),
        pytest.param("out", "link-outside", id="a link that leads up and out"),
        pytest.param("absolute", "link-outside", id="an absolute link, wherever it leads"),
        pytest.param("drive", "link-outside", id="a drive letter is absolute too"),
        pytest.param("nul", "link-outside", id="a target that no file can have"),
        pytest.param("long", "link-outside", id="a target longer than any path"),
        pytest.param("loop", "link-loop", id="links in a circle"),
        pytest.param(f"hop{HOPS}", "link-loop", id="one link more than are followed"),
        pytest.param("dangling", "missing", id="a link to nothing"),
        pytest.param("dot-git", "missing", id="the repository's own files are not in the tree"),
        pytest.param("vendor/lib", "submodule", id="a submodule"),
        pytest.param("vendor/lib/main.tf", "submodule", id="a file in a submodule"),
        pytest.param("lfs.tf", "lfs-pointer", id="a file that Git LFS keeps elsewhere"),
        pytest.param("big.yaml", "too-large", id="one byte more than the limit"),
    ],
)
def test_what_cannot_be_read_says_why(path: str, code: str) -> None:
    with pytest.raises(SourceError) as caught:
        WORLD.read(path)
    assert caught.value.code == code


def test_a_reader_may_ask_for_more_than_the_usual_limit() -> None:
    assert len(WORLD.read("big.yaml", limit=LIMIT + 1).data) == LIMIT + 1


@pytest.mark.parametrize(("one", "other"), [("../a", "../b"), ("/a", "/b"), ("nowhere", "neither"), ("l", "./l")])
def test_a_link_that_leads_nowhere_changes_when_it_leads_elsewhere(one: str, other: str) -> None:
    found = []
    for target in (one, other, one):
        with pytest.raises(SourceError) as raised:
            MemoryTree({}, links={"l": target}).read("l")
        found.append(raised.value.content)
    assert found[0] == found[2] != found[1]


def test_entries_are_sorted_and_links_are_not_followed() -> None:
    names = list(WORLD.entries())
    assert names == sorted(names)
    assert "modules/x/x.tf" not in names
    assert {path: entry.kind for path, entry in WORLD.entries().items() if path in ("link.tf", "vendor/lib")} == {
        "link.tf": "link",
        "vendor/lib": "submodule",
    }


def test_listdir() -> None:
    assert WORLD.listdir("infra") == ("main.tf", "modules")
    assert WORLD.listdir("modules") == ("up", "x")
    assert WORLD.listdir("") == WORLD.listdir(".") == WORLD.listdir("modules/up")
    assert "vendor" in WORLD.listdir("")
    for path, code in (("infra/main.tf", "not-a-directory"), ("none", "missing"), ("vendor/lib", "submodule")):
        with pytest.raises(SourceError) as caught:
            WORLD.listdir(path)
        assert caught.value.code == code


def test_the_root_of_an_empty_tree_is_an_empty_folder() -> None:
    empty: Tree = MemoryTree({})
    assert empty.listdir("") == ()
    assert dict(empty.entries()) == {}


def test_unreadable_input_becomes_a_diagnostic_that_can_be_compared_with_base() -> None:
    with pytest.raises(SourceError) as caught:
        WORLD.read("big.yaml")
    told = unread(caught.value, "big.yaml")
    assert (told.code, told.unread, told.content) == ("too-large", True, blob_id(b" " * (LIMIT + 1)))
    assert told.place is not None
    assert told.place.file == "big.yaml"


def test_an_object_that_the_clone_lacks_says_nothing_about_the_file() -> None:
    assert unread(SourceError("gone", code="object-missing"), "a.tf").unread is False


@given(st.binary(max_size=200))
def test_blob_ids_are_those_of_git(data: bytes) -> None:
    real = subprocess.run(["git", "hash-object", "--stdin"], input=data, capture_output=True, check=True)
    assert blob_id(data) == real.stdout.decode().strip()


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a/./b//c/", "a/b/c"),
        (".", ""),
        ("a/../b", "b"),
        ("a/b/../../..", ".."),
        ("../../a/../b", "../../b"),
        ("/a", "a"),
    ],
)
def test_clean(path: str, expected: str) -> None:
    assert clean(path) == expected


@given(st.lists(st.sampled_from(["a", "b", ".", "..", "", "loop", "modules", "infra", "up", "link.tf", "x", "x.tf"])))
def test_no_path_leads_to_anything_but_a_file_of_the_tree_or_an_error(segments: list[str]) -> None:
    path = "/".join(segments)
    try:
        real = WORLD.resolve(path)
    except SourceError:
        return
    assert real == clean(real)
    assert real in WORLD.entries() or WORLD.listdir(real)


def test_names_are_shown_without_what_a_terminal_would_obey() -> None:
    assert shown("a\n\x1b[31m\udcff/é") == r"a\n\x1b[31m\udcff/é"
