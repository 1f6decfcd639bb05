from __future__ import annotations

from collections.abc import Iterator

import pytest

from guardrail.frontends.rendering import scratch as scratches
from guardrail.frontends.rendering.scratch import scratch
from guardrail.sources.listed import MemoryTree

TREE = MemoryTree(
    {"a/x.yaml": b"x", "a/y.yaml": b"y", "z.yaml": b"z"},
    links={"a/link.yaml": "../z.yaml", "a/out.yaml": "../../etc/passwd", "folder": "a"},
)


def test_files_are_copied_to_their_paths_and_gone_afterwards() -> None:
    with scratch(TREE, ["a/x.yaml", "z.yaml", "a/x.yaml"]) as made:
        found = {path.relative_to(made.folder).as_posix(): path.read_bytes() for path in made.folder.rglob("*.yaml")}
        assert found == {"a/x.yaml": b"x", "z.yaml": b"z"}
        assert made.diagnostics == ()
    assert not made.folder.exists()


def test_a_link_becomes_the_file_that_it_means_and_none_leads_out() -> None:
    with scratch(TREE, ["a/link.yaml", "a/out.yaml", "folder/x.yaml", "not-there.yaml"]) as made:
        files = [path for path in made.folder.rglob("*") if not path.is_dir()]
        assert sorted(path.relative_to(made.folder).as_posix() for path in files) == ["a/link.yaml", "folder/x.yaml"]
        assert not any(path.is_symlink() for path in made.folder.rglob("*"))
        assert made.at("a/link.yaml").read_bytes() == b"z"
    assert sorted((told.code, told.place.file if told.place else "", told.unread) for told in made.diagnostics) == [
        ("link-outside", "a/out.yaml", True),
        ("missing", "not-there.yaml", True),
    ]


def test_too_much_is_told_and_what_follows_is_not_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scratches, "LARGEST", 2)
    with scratch(MemoryTree({name: b"12"[:size] for name, size in (("a", 1), ("b", 2), ("c", 1))}), "abc") as made:
        assert [path.name for path in made.folder.iterdir()] == ["a"]
    (told,) = made.diagnostics
    assert (told.code, told.unread, str(told.place)) == ("limit-run", True, "b")


def test_a_tool_may_see_a_file_elsewhere_and_in_part() -> None:
    def seen(path: str, data: bytes) -> Iterator[tuple[str, bytes]]:
        yield f"in/{path}", data + data
        yield "again", data

    with scratch(TREE, ["z.yaml"], seen) as made:
        assert (made.at("in/z.yaml").read_bytes(), made.at("again").read_bytes()) == (b"zz", b"z")


@pytest.mark.parametrize("path", ["../a", "a/../../b", "../../../../etc/passwd"])
def test_nothing_is_written_outside(path: str) -> None:
    with scratch(TREE, []) as made, pytest.raises(ValueError, match=r"\.\."):
        made.write(path, b"")
