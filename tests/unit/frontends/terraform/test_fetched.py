"""The folder of modules: which of its modules a call means, and when none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from guardrail.errors import SourceError, UsageError
from guardrail.frontends.terraform.fetched import Folder, Missing
from guardrail.frontends.terraform.lock import FILE, Locked, digest_of, lock_text, locks, read_lock
from guardrail.sources.listed import MemoryTree
from guardrail.sources.overlay import Overlay, mount
from guardrail.sources.tree import Tree


def row(key: str, source: str, version: str = "", directory: str = "") -> dict[str, str]:
    return {"Key": key, "Source": source, "Version": version, "Dir": directory or f"{key}-{version}"}


def tree(*rows: Any, **files: str) -> Tree:
    texts = {"m/modules.json": json.dumps({"Modules": rows}), "m/a/main.tf": "x", **files}
    return MemoryTree({path: text.encode() for path, text in texts.items()})


VPC = "terraform-aws-modules/vpc/aws"


@pytest.mark.parametrize(
    ("key", "source", "constraint", "found"),
    [
        pytest.param("vpc", VPC, "~> 5.0", "m/vpc-5.1.0", id="what was fetched for this call"),
        pytest.param("net", VPC, "~> 5.0", "m/other-5.9.0", id="else the newest that the call allows"),
        pytest.param("vpc", VPC, "6.0.0", "m/vpc-6.0.0", id="of another version"),
        pytest.param("net", f"registry.terraform.io/{VPC}", None, "m/vpc-6.0.0", id="with the registry's name"),
        pytest.param("x", "github.com/o/r//sub?ref=v1", None, "m/r/sub", id="a repository, spelt otherwise"),
    ],
)
def test_a_module_of_the_folder(key: str, source: str, constraint: str | None, found: str) -> None:
    folder = Folder(
        tree(
            row("", "", "", "."),
            row("local", "./x", "", "../../elsewhere"),
            row("vpc", f"registry.terraform.io/{VPC}", "5.1.0"),
            row("other", VPC, "5.9.0"),
            row("vpc", VPC, "6.0.0"),
            row("r", "git::https://github.com/o/r.git//sub?ref=v1", "", ".terraform/modules/r/sub"),
        ),
        "m",
    )
    assert folder.find(key, source, constraint) == found


@pytest.mark.parametrize(
    ("source", "constraint", "why", "broken"),
    [
        (VPC, "~> 7.0", 'has 5.1.0, and the call wants "~> 7.0"', False),
        (VPC, "newest", "no constraint", True),
        ("a/b/aws", None, "it is not in the folder", False),
        (f"{VPC}//modules/x", None, "it is not in the folder", False),
        ("github.com/o/r?ref=v2", None, "it is not in the folder", False),
        ("github.com/o/r?ref=v1", "1.0", "one without version", False),
    ],
)
def test_a_module_that_is_not_there(source: str, constraint: str | None, why: str, broken: bool) -> None:
    folder = Folder(tree(row("vpc", VPC, "5.1.0"), row("r", "github.com/o/r?ref=v1")), "m")
    found = folder.find("vpc", source, constraint)
    assert isinstance(found, Missing)
    assert why in found.why
    assert found.broken == broken


@pytest.mark.parametrize(
    "index",
    [
        "", "[]", "{}", '{"Modules": 1}', '{"Modules": [1]}', '{"Modules": [{"Source": 1}]}', "[" * 100_000,
        *(
            json.dumps({"Modules": [row("a", VPC, "1.0.0", directory)]})
            for directory in (
                "..", "../x", "/etc", "a/../../x", "C:/x", "a\\..\\x", ".", "x/..", ".terraform/modules/../..",
            )
        ),
    ],
)  # fmt: skip
def test_an_index_that_cannot_be_used(index: str) -> None:
    with pytest.raises(UsageError, match="folder of modules cannot be used") as raised:
        Folder(MemoryTree({"m/modules.json": index.encode()}), "m")
    assert "guardrail modules fetch" in raised.value.hint


def test_a_folder_without_an_index() -> None:
    with pytest.raises(UsageError, match="has no index"):
        Folder(MemoryTree({}), "m")


class TestLock:
    def test_it_is_the_same_whatever_the_order(self) -> None:
        one, two = Locked("a/b/aws", "1.0.0", "", "sha256:1"), Locked("git::https://h/r", "", "c0ffee", "sha256:2")
        assert lock_text([one, two]) == lock_text([two, one, two])
        assert set(read_lock(lock_text([one, two])).values()) == {one, two}

    @pytest.mark.parametrize(
        "text",
        [
            "", "[]", '{"version": 2, "modules": []}', '{"version": 1}', '{"version": 1, "modules": [1]}',
            '{"version": 1, "modules": [{"source": "a"}]}', '{"version": 1, "modules": [{"digest": "a"}]}',
            '{"version": 1, "modules": [{"source": "a", "digest": 1}]}',
            '{"version": 1, "modules": [{"source": "a", "digest": "1"}, {"source": "a", "digest": "2"}]}',
        ],
    )  # fmt: skip
    def test_what_is_no_lock(self, text: str) -> None:
        with pytest.raises(UsageError, match="cannot be used"):
            read_lock(text.encode())

    def test_files_that_are_those_of_the_lock(self) -> None:
        files = tree(row("vpc", VPC, "5.1.0", "a"))
        locked = Locked(VPC, "5.1.0", "", digest_of(files, "m/a"))
        assert Folder(files, "m", {(VPC, "5.1.0"): locked}).find("vpc", VPC, None) == "m/a"

    @pytest.mark.parametrize(
        ("more", "locked", "why"),
        [
            pytest.param({"m/a/main.tf": "y"}, True, "are not those", id="a file that is another"),
            pytest.param({"m/a/more.tf": ""}, True, "are not those", id="a file more"),
            pytest.param({}, False, "says nothing of", id="a module that is not locked"),
        ],
    )
    def test_files_that_are_not(self, more: dict[str, str], locked: bool, why: str) -> None:
        good = Locked(VPC, "5.1.0", "", digest_of(tree(row("vpc", VPC, "5.1.0", "a")), "m/a"))
        folder = Folder(tree(row("vpc", VPC, "5.1.0", "a"), **more), "m", {(VPC, "5.1.0"): good} if locked else {})
        for _ in range(2):
            found = folder.find("vpc", VPC, None)
            assert isinstance(found, Missing)
            assert found.broken
            assert why in found.why

    def test_the_trusted_side_counts_first(self) -> None:
        def locked(digest: str, *sources: str) -> Tree:
            return MemoryTree({FILE: lock_text(Locked(source, "1", "", digest) for source in sources)})

        found = locks(locked("trusted", "a"), locked("head", "a", "b"))
        assert found is not None
        assert {source: one.digest for (source, _), one in found.items()} == {"a": "trusted", "b": "head"}
        assert locks(MemoryTree({}), None) is None


class TestOverlay:
    @pytest.fixture
    def seen(self, tmp_path: Path) -> Overlay:
        folder = tmp_path / "modules"
        (folder / "vpc").mkdir(parents=True)
        (folder / "vpc" / "main.tf").write_text("v")
        (folder / "vpc" / "out").symlink_to("../../../etc")
        (folder / "vpc" / "up").symlink_to("../../secret")
        (folder / "vpc" / "inside").symlink_to("main.tf")
        (tmp_path / "secret").write_text("s")
        own = MemoryTree({"main.tf": b"o", "secret": b"no"}, links={"link": ".guardrail/modules/vpc/main.tf"})
        return Overlay(own, mount(folder, ".guardrail/modules"), ".guardrail/modules")

    def test_files_of_both(self, seen: Overlay) -> None:
        assert seen.read("main.tf").data == b"o"
        assert seen.read(".guardrail/modules/vpc/main.tf").data == b"v"
        assert seen.read(".guardrail/modules/vpc/inside").data == b"v"
        assert seen.read(".guardrail/./modules//vpc/main.tf").data == b"v"
        assert seen.listdir(".guardrail/modules/vpc") == ("inside", "main.tf", "out", "up")
        assert list(seen.entries()) == sorted(seen.entries())
        assert len(seen.entries()) == len(list(seen.entries()))
        assert list(seen.own.entries()) == ["link", "main.tf", "secret"]

    @pytest.mark.parametrize("path", ["link", ".guardrail/modules/vpc/out", ".guardrail/modules/vpc/up", "vpc/main.tf"])
    def test_no_link_leads_from_one_to_the_other(self, seen: Overlay, path: str) -> None:
        with pytest.raises(SourceError):
            seen.read(path)
