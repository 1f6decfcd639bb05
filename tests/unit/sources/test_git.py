from __future__ import annotations

import gc
import os
import shlex
import subprocess
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Optional

import pytest

from guardrail.errors import SourceError
from guardrail.sources import command as command_module
from guardrail.sources import git as git_module
from guardrail.sources import objects as objects_module
from guardrail.sources.git import Repository
from guardrail.sources.locate import root_of
from guardrail.sources.tree import LIMIT, Blob, Tree
from guardrail.sources.worktree import worktree

from .conftest import Workspace, scrubbed

Make = Callable[..., Workspace]

HOSTILE_NAMES = {
    "infra/main.tf": b'resource "x" "y" {}\n',
    "infra/with space.tf": b"1",
    "infra/new\nline.tf": b"2",
    'infra/quote".tf': b"3",
    "infra/back\\slash.tf": b"4",
    "infra/tab\t.tf": b"5",
    "infra/é.tf": b"6",
    "infra/not-utf8-\udcff.tf": b"7",
    "infra/-rf": b"8",
    "infra/:colon": b"9",
    "CON": b"10",
    " leading/trailing ": b"11",
    "empty": b"",
    "crlf.tf": b"a\r\nb\r\n",
}


def opened(place: Workspace, environ: Optional[Mapping[str, str]] = None) -> Repository:
    return Repository(root_of([], place.path), environ=environ)


def contents(tree: Tree) -> dict[str, tuple[str, Blob | str]]:
    """Return (kind, blob or code of the error) of every path, in order."""
    tree.prefetch(tree.entries())
    return {path: (entry.kind, read_or_code(tree, path)) for path, entry in tree.entries().items()}


def read_or_code(tree: Tree, path: str) -> Blob | str:
    try:
        return tree.read(path)
    except SourceError as error:
        return error.code


def code_of(function: Callable[..., object], *arguments: str) -> str:
    with pytest.raises(SourceError) as caught:
        function(*arguments)
    return caught.value.code


@pytest.fixture
def furnished(repository: Workspace) -> Workspace:
    """A repository with everything that a name, a link or a file can be."""
    for path, data in HOSTILE_NAMES.items():
        repository.write(path, data)
    repository.link("shared.tf", "infra/main.tf")
    repository.link("folder", "infra")
    repository.link("out", "../secret")
    repository.link("loop", "loop")
    repository.write("lfs.tf", b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")
    repository.write("big.tf", b" " * (LIMIT + 1))
    (repository.path / "infra/main.tf").chmod(0o755)
    repository.commit()
    return repository


def test_work_tree_index_and_revision_give_the_same(furnished: Workspace) -> None:
    with opened(furnished) as repository:
        commit = repository.tree(repository.resolve("HEAD"))
        index = repository.index()
        disk = worktree(root_of([], furnished.path))
        expected = contents(commit)
        assert list(contents(disk).items()) == list(expected.items())
        assert list(contents(index).items()) == list(expected.items())
        assert disk.listdir("folder") == index.listdir("folder") == commit.listdir("infra")
        assert [tree.label for tree in (disk, index)] == ["working tree", "index"]
        assert commit.label == furnished.git("rev-parse", "HEAD")
    told = {path: what for path, (_, what) in expected.items() if isinstance(what, str)}
    assert told == {
        "big.tf": "too-large",
        "folder": "not-a-file",
        "lfs.tf": "lfs-pointer",
        "loop": "link-loop",
        "out": "link-outside",
    }
    for path, data in HOSTILE_NAMES.items():
        blob = expected[path][1]
        assert isinstance(blob, Blob)
        assert blob.data == data


def test_ids_are_those_of_git_with_both_kinds_of_objects(make: Make) -> None:
    new = make("sha256", "--object-format=sha256")
    old = make("sha1")
    for place in (new, old):
        place.write("a.tf", b"x")
        place.commit()
    blobs = []
    for place in (new, old):
        with opened(place) as repository:
            blobs.append(repository.tree(repository.resolve("HEAD")).read("a.tf"))
    assert blobs[0] == blobs[1]
    assert blobs[1].id == old.git("rev-parse", "HEAD:a.tf")


def test_a_bare_repository_is_read_like_any_other(make: Make, tmp_path: Path) -> None:
    place = make()
    place.write("infra/main.tf", b"x")
    commit = place.commit()
    place.git("clone", "--quiet", "--bare", ".", str(tmp_path / "bare.git"))
    root = root_of([], tmp_path / "bare.git")
    assert root.bare
    with Repository(root) as repository:
        assert repository.resolve("main") == commit
        assert repository.tree(commit).read("infra/main.tf").data == b"x"


def test_a_linked_working_tree_has_its_own_head_and_index(make: Make, tmp_path: Path) -> None:
    place = make()
    place.write("a.tf", b"main")
    place.commit()
    place.git("worktree", "add", "--quiet", "-b", "side", str(tmp_path / "side"))
    side = Workspace(tmp_path / "side")
    side.write("a.tf", b"side")
    commit = side.commit()
    with opened(side) as repository:
        assert repository.resolve("HEAD") == commit
        assert repository.index().read("a.tf").data == b"side"
        assert repository.tree(repository.resolve("main")).read("a.tf").data == b"main"


def test_staged_is_what_the_next_commit_holds(repository: Workspace) -> None:
    repository.write("a.tf", b"committed")
    repository.commit()
    repository.write("a.tf", b"staged")
    repository.git("add", "a.tf")
    repository.write("a.tf", b"on disk")
    repository.write("new.tf", b"untracked")
    with opened(repository) as opened_repository:
        staged = opened_repository.index()
        assert staged.read("a.tf").data == b"staged"
        assert "new.tf" not in staged.entries()


def test_the_index_that_a_hook_names_is_read_and_nothing_else_is_inherited(repository: Workspace, make: Make) -> None:
    repository.write("a.tf", b"first")
    repository.commit()
    repository.write("a.tf", b"second")
    other = repository.path / ".git" / "next-index-1.lock"
    repository.git("add", "a.tf", GIT_INDEX_FILE=str(other))  # what `git commit FILE` does
    decoy = make("decoy")
    decoy.write("a.tf", b"decoy")
    decoy.commit()
    environ = {
        "PATH": os.environ["PATH"],
        "GIT_DIR": str(decoy.path / ".git"),
        "GIT_WORK_TREE": str(decoy.path),
        "GIT_OBJECT_DIRECTORY": str(decoy.path / ".git/objects"),
        "GIT_CONFIG_PARAMETERS": "'core.bare=true'",
        "GIT_NAMESPACE": "evil",
    }
    with opened(repository, environ) as hooked:
        assert hooked.index().read("a.tf").data == b"first"
    with opened(repository, {**environ, "GIT_INDEX_FILE": str(other)}) as hooked:
        assert hooked.index().read("a.tf").data == b"second"
        assert hooked.tree(hooked.resolve("HEAD")).read("a.tf").data == b"first"


def test_a_file_with_conflicts_is_listed_and_not_read(repository: Workspace) -> None:
    repository.write("a.tf", b"1\n")
    repository.write("b.tf", b"same")
    repository.commit()
    repository.git("checkout", "--quiet", "-b", "side")
    repository.write("a.tf", b"2\n")
    repository.commit()
    repository.git("checkout", "--quiet", "main")
    repository.write("a.tf", b"3\n")
    repository.commit()
    subprocess.run(
        ["git", "merge", "--quiet", "side"],
        cwd=repository.path,
        env=scrubbed(repository.path),
        capture_output=True,
        check=False,
    )
    with opened(repository) as merging:
        staged = merging.index()
        assert code_of(staged.read, "a.tf") == "unmerged"
        assert staged.read("b.tf").data == b"same"
        assert list(staged.entries()) == ["a.tf", "b.tf"]
        assert merging.resolve("MERGE_HEAD") == repository.git("rev-parse", "side")


def test_in_the_middle_of_a_rebase_head_is_the_commit_that_is_checked_out(repository: Workspace) -> None:
    for number in range(3):
        repository.write("a.tf", b"%d" % number)
        repository.commit()
    repository.git("rebase", "--quiet", "--interactive", "HEAD~2", GIT_SEQUENCE_EDITOR="sed -i 1s/pick/edit/")
    with opened(repository) as rebasing:
        assert rebasing.resolve("HEAD") == repository.git("rev-parse", "HEAD")
        assert rebasing.tree(rebasing.resolve("HEAD")).read("a.tf").data == b"1"
        assert rebasing.resolve("main") == repository.git("rev-parse", "refs/heads/main")


def test_a_repository_without_any_commit_says_so(repository: Workspace) -> None:
    repository.write("a.tf", b"x")
    with opened(repository) as unborn:
        assert code_of(unborn.resolve, "HEAD") == "no-commit"
        assert code_of(unborn.resolve, "HEAD~1") == "no-commit"
        assert dict(unborn.index().entries()) == {}
    assert list(worktree(root_of([], repository.path)).entries()) == ["a.tf"]


def test_outside_git_there_is_no_repository(tmp_path: Path) -> None:
    assert code_of(lambda: Repository(root_of([], tmp_path))) == "no-repository"


def test_without_git_revisions_cannot_be_read(repository: Workspace) -> None:
    with opened(repository, {"PATH": "."}) as helpless:
        assert code_of(helpless.resolve, "HEAD") == "git-missing"


def test_a_program_in_the_tree_is_never_run_as_git(repository: Workspace) -> None:
    repository.write("git", b"#!/bin/sh\ntouch ran\n")
    (repository.path / "git").chmod(0o755)
    repository.commit()
    with opened(repository, {"PATH": f".:{os.environ['PATH']}"}) as careful:
        careful.resolve("HEAD")
    assert not (repository.path / "ran").exists()


class TestNames:
    """What a name of a revision means."""

    @pytest.fixture
    def history(self, repository: Workspace) -> Workspace:
        for number in range(3):
            repository.write("a.tf", b"%d" % number)
            repository.commit(str(number))
        repository.git("tag", "-a", "-m", "t", "v1", "HEAD~1")
        repository.git("update-ref", "refs/remotes/origin/main", "HEAD~2")
        repository.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
        repository.git("branch", "feature/x", "HEAD~1")
        return repository

    @pytest.mark.parametrize(
        ("name", "means"),
        [
            pytest.param("HEAD", "HEAD", id="head"),
            pytest.param("@", "HEAD", id="its short form"),
            pytest.param("HEAD~2", "HEAD~2", id="steps back"),
            pytest.param("main^^", "HEAD~2", id="parents of a branch"),
            pytest.param("v1", "HEAD~1", id="an annotated tag is its commit"),
            pytest.param("v1^{}", "HEAD~1", id="a tag peeled by hand"),
            pytest.param("origin/main", "HEAD~2", id="a remote branch"),
            pytest.param("origin", "HEAD~2", id="a remote's default branch"),
            pytest.param("feature/x", "HEAD~1", id="a branch with a slash"),
            pytest.param("refs/heads/main", "HEAD", id="a full name"),
            pytest.param("heads/main", "HEAD", id="a half name"),
        ],
    )
    def test_resolve(self, history: Workspace, name: str, means: str) -> None:
        with opened(history) as repository:
            assert repository.resolve(name) == history.git("rev-parse", means)

    def test_ids_long_and_short(self, history: Workspace) -> None:
        commit = history.git("rev-parse", "HEAD~1")
        with opened(history) as repository:
            assert repository.resolve(commit) == repository.resolve(commit[:9]) == commit
            assert repository.resolve(f"{commit[:9]}~1".upper()) == history.git("rev-parse", "HEAD~2")

    @pytest.mark.parametrize(
        "name",
        [
            "--upload-pack=touch ran", "-h", "", " ", "main..HEAD", "main...HEAD", ":a.tf", "HEAD:a.tf", ":/1", "@{u}",
            "@{-1}", "main@{0}", "main\nHEAD", "main\0", "ma*", "refs/heads/*", "main~-1", "main^{tree}", "main^{/x}",
        ],
    )  # fmt: skip
    def test_what_is_no_single_revision_is_refused(self, history: Workspace, name: str) -> None:
        with opened(history) as repository:
            assert code_of(repository.resolve, name) == "no-such-revision"

    @pytest.mark.parametrize("name", ["nothing", "refs/heads/nothing", "main~9", "0" * 40, "abcdef1", "HEAD^3"])
    def test_what_is_not_there_is_an_error(self, history: Workspace, name: str) -> None:
        with opened(history) as repository:
            assert code_of(repository.resolve, name) == "no-such-revision"

    def test_what_is_no_commit_is_an_error(self, history: Workspace) -> None:
        blob = history.git("rev-parse", "HEAD:a.tf")
        history.git("tag", "blob", blob)
        with opened(history) as repository:
            assert code_of(repository.resolve, blob) == "no-such-revision"
            assert code_of(repository.resolve, "blob") == "no-such-revision"

    def test_a_tag_cannot_shadow_a_branch(self, history: Workspace) -> None:
        history.git("tag", "main", "HEAD~2")
        history.git("update-ref", "refs/tags/origin/main", "HEAD")
        with opened(history) as repository:
            assert code_of(repository.resolve, "main") == "ambiguous-revision"
            assert code_of(repository.resolve, "origin/main") == "ambiguous-revision"
            assert repository.resolve("refs/heads/main") == history.git("rev-parse", "HEAD")

    def test_a_tag_cannot_shadow_a_commit(self, history: Workspace) -> None:
        commit = history.git("rev-parse", "HEAD~1")
        history.git("tag", commit[:9], "HEAD")
        history.git("update-ref", f"refs/tags/{commit}", "HEAD")
        with opened(history) as repository:
            assert code_of(repository.resolve, commit[:9]) == "ambiguous-revision"
            assert repository.resolve(commit) == commit

    def test_a_tag_cannot_stand_in_for_a_ref_that_was_not_fetched(self, history: Workspace) -> None:
        history.git("update-ref", "refs/tags/refs/remotes/origin/release", "HEAD")
        for state in ("FETCH_HEAD", "ORIG_HEAD"):
            history.git("update-ref", f"refs/tags/{state}", "HEAD")
        with opened(history) as repository:
            for name in ("refs/remotes/origin/release", "FETCH_HEAD", "ORIG_HEAD"):
                assert code_of(repository.resolve, name) == "no-such-revision"

    def test_a_tag_named_head_is_not_the_head_of_a_repository_without_commits(
        self, history: Workspace, make: Make
    ) -> None:
        unborn = make("unborn")
        unborn.git("fetch", "--quiet", str(history.path), "main:refs/tags/HEAD")
        with opened(unborn) as repository:
            assert code_of(repository.resolve, "HEAD") == "no-commit"

    def test_two_names_of_one_commit_are_not_ambiguous(self, history: Workspace) -> None:
        history.git("tag", "-a", "-m", "t", "main", "main")
        with opened(history) as repository:
            assert repository.resolve("main") == history.git("rev-parse", "HEAD")

    def test_a_replace_ref_changes_nothing(self, history: Workspace) -> None:
        evil = history.git("hash-object", "-w", "--stdin", data=b"evil")
        history.git("replace", history.git("rev-parse", "HEAD:a.tf"), evil)
        assert history.git("cat-file", "blob", "HEAD:a.tf") == "evil"
        with opened(history) as repository:
            assert repository.tree(repository.resolve("HEAD")).read("a.tf").data == b"2"


class TestMergeBase:
    def test_the_base_is_where_the_branches_part(self, repository: Workspace) -> None:
        base = repository.commit("base")
        repository.git("checkout", "--quiet", "-b", "side")
        side = repository.commit("side")
        repository.git("checkout", "--quiet", "main")
        main = repository.commit("main")
        with opened(repository) as parted:
            assert parted.merge_base(main, side) == parted.merge_base(side, main) == base

    def test_unrelated_histories_have_none(self, repository: Workspace) -> None:
        one = repository.commit("one")
        repository.git("checkout", "--quiet", "--orphan", "other")
        other = repository.commit("other")
        with opened(repository) as unrelated:
            assert code_of(unrelated.merge_base, one, other) == "no-merge-base"


class TestClones:
    """What a clone lacks, and that the fetch which the error names brings it."""

    @pytest.fixture
    def upstream(self, make: Make) -> Workspace:
        place = make("upstream")
        place.write("a.tf", b"0")
        place.commit("0")
        place.git("branch", "feature")
        for number in range(1, 4):
            place.write("a.tf", b"%d" % number)
            place.commit(str(number))
        place.git("checkout", "--quiet", "feature")
        place.write("b.tf", b"feature")
        place.commit("f")
        place.git("checkout", "--quiet", "main")
        place.git("config", "uploadpack.allowFilter", "true")
        place.git("config", "uploadpack.allowAnySHA1InWant", "true")
        return place

    def clone(self, upstream: Workspace, *options: str) -> Workspace:
        target = upstream.path.parent / "clone"
        upstream.git("clone", "--quiet", *options, f"file://{upstream.path}", str(target))
        return Workspace(target)

    def follow(self, place: Workspace, error: SourceError) -> None:
        """Run the command that the hint gives, as a person would."""
        command = shlex.split(error.hint.split("`")[1])
        place.git(*command[1:])

    def test_a_shallow_clone_names_the_fetch_that_brings_the_base(self, upstream: Workspace) -> None:
        shallow = self.clone(upstream, "--depth=1", "--branch=feature")
        with opened(shallow) as repository:
            head = repository.resolve("HEAD")
            with pytest.raises(SourceError) as caught:
                repository.resolve("origin/main")
            assert caught.value.code == "no-such-revision"
            assert "git fetch" in caught.value.hint
            self.follow(shallow, caught.value)
            base = repository.merge_base(repository.resolve("origin/main"), head)
            assert base == upstream.git("rev-parse", "main~3")
            assert repository.tree(base).read("a.tf").data == b"0"

    def test_a_shallow_clone_without_a_common_ancestor_names_the_fetch(self, upstream: Workspace) -> None:
        shallow = self.clone(upstream, "--depth=1", "--no-single-branch")
        with opened(shallow) as repository:
            ids = repository.resolve("origin/main"), repository.resolve("origin/feature")
            with pytest.raises(SourceError) as caught:
                repository.merge_base(*ids)
            assert caught.value.code == "no-merge-base"
            self.follow(shallow, caught.value)
            assert repository.merge_base(*ids) == upstream.git("rev-parse", "main~3")

    @pytest.mark.parametrize("name", ["HEAD~2", "{id}", "refs/heads/feature", "feature"])
    def test_whatever_is_missing_has_a_fetch_that_helps(self, upstream: Workspace, name: str) -> None:
        shallow = self.clone(upstream, "--depth=1")
        name = name.format(id=upstream.git("rev-parse", "feature"))
        with opened(shallow) as repository:
            with pytest.raises(SourceError) as caught:
                repository.resolve(name)
            self.follow(shallow, caught.value)
            if "name it " in caught.value.hint:
                name = caught.value.hint.rpartition("name it ")[2]
            repository.close()  # a running git does not see that history has grown
            assert repository.resolve(name)

    def test_a_partial_clone_is_read_without_fetching(self, upstream: Workspace) -> None:
        partial = self.clone(upstream, "--filter=blob:none")  # the checkout fetches the newest files
        with opened(partial) as repository:
            old = repository.tree(repository.resolve("origin/main~2"))
            old.prefetch(["a.tf"])
            with pytest.raises(SourceError) as caught:
                old.read("a.tf")
            assert caught.value.code == "object-missing"
            missing = subprocess.run(
                ["git", "cat-file", "-e", caught.value.content],
                cwd=partial.path,
                env={**scrubbed(partial.path), "GIT_NO_LAZY_FETCH": "1"},
                check=False,
                capture_output=True,
            )
            assert missing.returncode != 0  # reading did not bring it
            assert repository.tree(repository.resolve("HEAD")).read("a.tf").data == b"3"
            self.follow(partial, caught.value)
            repository.close()
            assert old.read("a.tf").data == b"1"

    def test_a_clone_without_trees_says_what_is_missing(self, upstream: Workspace) -> None:
        treeless = self.clone(upstream, "--filter=tree:0", "--no-checkout")
        with opened(treeless) as repository:
            commit = repository.resolve("HEAD")
            assert code_of(repository.tree, commit) == "object-missing"


class TestAttacks:
    def test_configured_programs_are_not_run(self, repository: Workspace) -> None:
        program = repository.path / "evil.sh"
        repository.write("evil.sh", b'#!/bin/sh\ntouch "$(dirname "$0")/ran"\ncat\n')
        program.chmod(0o755)
        for key in (
            "core.fsmonitor",
            "filter.x.smudge",
            "filter.x.clean",
            "diff.external",
            "core.sshCommand",
            "core.pager",
        ):
            repository.git("config", key, str(program))
        hooks = repository.path / "hooks"
        for name in ("post-index-change", "reference-transaction", "fsmonitor-watchman"):
            repository.write(f"hooks/{name}", b'#!/bin/sh\ntouch "$(dirname "$0")/../ran"\n')
            (hooks / name).chmod(0o755)
        repository.git("config", "core.hooksPath", str(hooks))
        repository.write(".gitattributes", b"* filter=x diff=x export-ignore\n")
        repository.write("a.tf", b"x")
        repository.commit()
        (repository.path / "ran").unlink(missing_ok=True)
        with opened(repository) as careful:
            tree = careful.tree(careful.resolve("HEAD"))
            assert tree.read("a.tf").data == b"x"  # export-ignore hides nothing
            assert "a.tf" in careful.index().entries()
            assert "a.tf" in worktree(root_of([], repository.path)).entries()
            careful.merge_base(careful.resolve("HEAD"), careful.resolve("HEAD"))
        assert not (repository.path / "ran").exists()

    def test_a_folder_that_looks_like_a_repository_is_input_and_nothing_else(
        self, repository: Workspace, make: Make
    ) -> None:
        decoy = make("decoy")
        decoy.write("a.tf", b"decoy")
        decoy.commit()
        decoy.git("update-ref", "refs/heads/trusted", "HEAD")
        repository.write("a.tf", b"real")
        for place in sorted((decoy.path / ".git").rglob("*")):
            if place.is_file():
                repository.write(f"sub/{place.relative_to(decoy.path / '.git')}", place.read_bytes())
        repository.write("sub/refs/keep", b"")
        real = repository.commit()
        for start in (repository.path, repository.path / "sub"):
            root = root_of(["."], start)
            assert (root.directory, root.bare) == (repository.path, False)
            with Repository(root) as found:
                assert found.resolve("HEAD") == real
                assert code_of(found.resolve, "trusted") == "no-such-revision"

    def test_names_that_git_would_not_check_out_are_not_listed(self, repository: Workspace) -> None:
        blob = repository.git("hash-object", "-w", "--stdin", data=b"x")

        def tree(*entries: tuple[str, str, str]) -> str:
            data = b"".join(f"{mode} {name}\0".encode() + bytes.fromhex(identity) for mode, name, identity in entries)
            return repository.git("hash-object", "-w", "--literally", "-t", "tree", "--stdin", data=data)

        inner = tree(("100644", "config", blob))
        outer = tree(
            ("40000", "..", inner), ("40000", ".GIT", inner), ("40000", ".git", inner), ("100644", "fine.tf", blob)
        )
        commit = repository.git("commit-tree", outer, "-m", "x")
        with opened(repository) as crafted:
            assert list(crafted.tree(commit).entries()) == ["fine.tf"]

    def test_huge_objects_cost_neither_time_nor_memory(
        self, repository: Workspace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(objects_module, "_DRAINED", 1000)
        repository.write("huge.yaml", b"\0" * (LIMIT + 1))
        repository.write("large.yaml", b"\0" * (LIMIT + 1) + b"2")
        for number in range(200):
            repository.write(f"m/{number:03}.yaml", b"%d" % number)
        commit = repository.commit()
        with opened(repository) as opened_repository:
            tree = opened_repository.tree(commit)
            tree.prefetch(tree.entries())
            for path in ("huge.yaml", "large.yaml"):
                with pytest.raises(SourceError) as caught:
                    tree.read(path)
                assert caught.value.code == "too-large"
                assert caught.value.content == repository.git("rev-parse", f"HEAD:{path}")
            assert [tree.read(f"m/{number:03}.yaml").data for number in range(200)] == [b"%d" % n for n in range(200)]

    @pytest.mark.parametrize(
        "content",
        [
            pytest.param(lambda _: b"", id="the same one at all paths"),
            pytest.param(lambda number: b"%d" % number, id="another one at each path"),
        ],
    )
    def test_many_huge_objects_cost_few_processes(
        self, repository: Workspace, monkeypatch: pytest.MonkeyPatch, content: Callable[[int], bytes]
    ) -> None:
        """A commit of some kilobytes can hold thousands of them, and git takes its time to put each together."""
        monkeypatch.setattr(objects_module, "WINDOW", 6)
        monkeypatch.setattr(objects_module, "MANY", 12)
        for number in range(14):
            repository.write(f"{number}.tf", b"\0" * (LIMIT + 1) + content(number))
        repository.write("0.md", b"fine")
        commit = repository.commit()
        with opened(repository) as opened_repository:
            start = opened_repository.git.open
            started: list[tuple[str, ...]] = []

            def noted(*arguments: str) -> subprocess.Popen[bytes]:
                started.append(arguments)
                return start(*arguments)

            monkeypatch.setattr(opened_repository.git, "open", noted)
            tree = opened_repository.tree(commit)
            for _ in range(2):
                told = {path: getattr(found, "code", "") for path, found in tree.read_each(tree.entries())}
                assert told == {"0.md": "", **{f"{number}.tf": "too-large" for number in range(14)}}
            assert [each for each in started if "--batch" in each][3:] == []
            assert started[6:] == []

    def test_a_broken_object_is_an_error_and_the_others_are_read(self, repository: Workspace) -> None:
        repository.write("a.tf", b"first")
        repository.write("b.tf", b"second")
        commit = repository.commit()
        identity = repository.git("rev-parse", "HEAD:a.tf")
        loose = repository.path / ".git" / "objects" / identity[:2] / identity[2:]
        loose.chmod(0o644)
        loose.write_bytes(zlib.compress(b"blob 5\0fi")[:-6])
        with opened(repository) as broken:
            tree = broken.tree(commit)
            tree.prefetch(tree.entries())
            assert code_of(tree.read, "a.tf") == "object-missing"
            assert tree.read("b.tf").data == b"second"


def test_the_reader_ends_with_its_repository(repository: Workspace) -> None:
    repository.write("a.tf", b"x")
    commit = repository.commit()
    with opened(repository) as closing:
        closing.tree(commit).read("a.tf")
        process = closing.objects._process
        assert process is not None
    assert process.returncode is not None


def test_a_forgotten_reader_ends_too(repository: Workspace) -> None:
    repository.write("a.tf", b"x")
    commit = repository.commit()
    forgotten = opened(repository)
    forgotten.tree(commit).read("a.tf")
    process = forgotten.objects._process
    assert process is not None
    del forgotten
    gc.collect()
    assert process.poll() is not None


def test_a_tree_of_more_files_than_are_listed_is_an_error(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten trees in each other, each ten times: a few kilobytes of objects, and 10¹⁰ files."""
    workspace = make()
    blob = workspace.git("hash-object", "-w", "--stdin", data=b"x")
    tree, entry = "", f"100644 blob {blob}\tf"
    for _ in range(10):
        listing = "\n".join(f"{entry}{number}" for number in range(10)).encode()
        tree = workspace.git("mktree", data=listing)
        entry = f"040000 tree {tree}\td"
    commit = workspace.git("commit-tree", "-m", "bomb", tree)
    monkeypatch.setattr(git_module, "LISTING", 1024 * 1024)
    with Repository(root_of([], workspace.path)) as repository, pytest.raises(SourceError) as told:
        repository.tree(commit)
    assert told.value.code == "too-many-files"
    assert told.value.hint


class TestNearTrees:
    """A commit's files are the same whether they are listed, or worked out from those of another commit."""

    def test_every_kind_of_change(self, furnished: Workspace) -> None:
        first = furnished.commit()
        outer = furnished.path
        (outer / "infra/main.tf").write_bytes(b"changed")
        (outer / "infra/with space.tf").unlink()
        (outer / "infra/é.tf").unlink()
        furnished.link("infra/é.tf", "main.tf")  # a file becomes a link
        (outer / "empty").unlink()
        furnished.write("empty/now a folder/a.tf", b"x")
        (outer / "crlf.tf").chmod(0o755)
        furnished.write("infra/new-\udcfe.tf", b"new")
        furnished.write("aaa.tf", b"first in order")
        second = furnished.commit()
        furnished.git("update-index", "--add", "--cacheinfo", f"160000,{first},sub")
        furnished.git("commit", "--quiet", "-m", "submodule")
        third = furnished.git("rev-parse", "HEAD")
        furnished.git("config", "diff.ignoreSubmodules", "all")
        furnished.git("config", "diff.renames", "copies")
        furnished.git("config", "diff.relative", "true")
        for near, far in ((first, second), (second, first), (second, third), (third, first)):
            with opened(furnished) as one, opened(furnished) as other:
                worked_out = one.tree(far, one.tree(near))
                listed = other.tree(far)
                assert list(worked_out.entries().items()) == list(listed.entries().items())
                assert contents(worked_out) == contents(listed)

    @pytest.mark.parametrize(
        "entries",
        [
            pytest.param(["b.tf evil", "a.tf kept"], id="out of order"),
            pytest.param(["a.tf evil", "a.tf kept"], id="a name twice"),
            pytest.param(["a.tf kept", "b.tf kept", "b.tf evil"], id="a name twice, the other one last"),
            pytest.param(["z empty", "a.tf kept", "b.tf kept"], id="an empty folder out of order"),
            pytest.param(["a.tf kept", "a.tf folder", "b.tf kept"], id="a file and a folder of one name"),
            pytest.param([".git folder", "a.tf kept", "b.tf evil"], id="a name that nobody may have"),
        ],
    )
    def test_a_head_that_was_made_by_hand_does_not_change_what_base_holds(
        self, repository: Workspace, entries: list[str]
    ) -> None:
        repository.write("a.tf", b"a")
        repository.write("b.tf", b"b")
        base = repository.commit()
        blobs = {
            "kept": repository.git("rev-parse", "HEAD:a.tf"),
            "evil": repository.git("hash-object", "-w", "--stdin", data=b"evil"),
            "empty": repository.git("hash-object", "-w", "-t", "tree", "--stdin"),
            "folder": repository.git("rev-parse", "HEAD^{tree}"),
        }
        raw = b""
        for name, what in (entry.split() for entry in entries):
            mode = "40000" if what in ("empty", "folder") else "100644"
            raw += f"{mode} {name}\0".encode() + bytes.fromhex(blobs[what])
        tree = repository.git("hash-object", "-w", "-t", "tree", "--literally", "--stdin", data=raw)
        head = repository.git("commit-tree", "-p", base, "-m", "by hand", tree)
        with opened(repository) as one, opened(repository) as other:
            assert one.tree(base, one.tree(head)).entries() == other.tree(base).entries()

    def test_a_commit_is_listed_once(self, repository: Workspace) -> None:
        repository.write("a.tf", b"x")
        commit = repository.commit()
        with opened(repository) as one:
            assert one.tree(commit) is one.tree(commit)


@pytest.mark.parametrize("written", ["", "100644 blob 0000\ta.tf\\0"], ids=["nothing", "a part of the listing"])
def test_a_listing_that_takes_too_long_is_told_as_such(
    repository: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    """Not as objects that are missing: no fetch would help."""
    commit = repository.commit()
    slow = tmp_path / "bin" / "git"
    slow.parent.mkdir()
    slow.write_text(f"#!/bin/sh\nprintf '{written}'\nexec sleep 60\n")
    slow.chmod(0o755)
    monkeypatch.setattr(command_module, "SECONDS", 0.2)
    with opened(repository, {"PATH": f"{slow.parent}:{os.environ['PATH']}"}) as hanging:
        with pytest.raises(SourceError) as caught:
            hanging.tree(commit)
        assert (caught.value.code, caught.value.message) == ("git-failed", "git ls-tree took over 0.2 seconds")


class TestReadingMany:
    """`read_each` gives what `read` does, however many files there are and whatever is wrong with some."""

    @pytest.mark.parametrize(("number", "format_"), [(3, "sha1"), (200, "sha1"), (2500, "sha1"), (200, "sha256")])
    def test_it_gives_what_read_does(
        self, make: Make, monkeypatch: pytest.MonkeyPatch, number: int, format_: str
    ) -> None:
        repository = make("many", f"--object-format={format_}")
        monkeypatch.setattr(objects_module, "_DRAINED", LIMIT + 100)
        for index in range(number):
            repository.write(f"m/{index:04}.tf", b"%d\n\0" % (index % 2000))
        repository.write("m/0001-large.tf", b"\0" * (LIMIT + 1))
        repository.write("m/0002-huge.tf", b"\0" * (LIMIT + 1000))
        repository.write("m/0003-pointer.tf", b"version https://git-lfs.github.com/spec/v1\n")
        repository.link("m/0004-link.tf", "0000.tf")
        repository.link("m/0005-out.tf", "/etc/passwd")
        commit = repository.commit()
        missing = repository.git("rev-parse", "HEAD:m/0000.tf")
        (repository.path / ".git" / "objects" / missing[:2] / missing[2:]).unlink()
        with opened(repository) as one, opened(repository) as other:
            paths = [*one.tree(commit).entries(), "m", "nowhere.tf"]
            found = {
                path: blob.code if isinstance(blob, SourceError) else blob
                for path, blob in one.tree(commit).read_each(paths)
            }
            assert found == {path: read_or_code(other.tree(commit), path) for path in paths}
        told = set(map(str, filter(lambda one: isinstance(one, str), found.values())))
        assert told == {"too-large", "lfs-pointer", "link-outside", "object-missing", "not-a-file", "missing"}

    @pytest.mark.parametrize("packed", [0, 150, 300])
    def test_objects_may_be_packed_or_not(self, repository: Workspace, packed: int) -> None:
        for index in range(300):
            if index == packed:
                repository.commit()
                repository.git("repack", "-a", "-d", "--quiet")
            repository.write(f"{index}.tf", b"# %d\n" % index)
        commit = repository.commit()
        if packed == 300:
            repository.git("repack", "-a", "-d", "--quiet")
        with opened(repository) as one, opened(repository) as other:
            paths = list(one.tree(commit).entries())
            found = dict(one.tree(commit).read_each(paths))
            assert found == {path: other.tree(commit).read(path) for path in paths}

    def test_what_is_not_read_on_leaves_no_process(self, repository: Workspace) -> None:
        for index in range(1000):
            repository.write(f"{index}.tf", b"%d" % index * 1000)
        commit = repository.commit()
        repository.git("repack", "-a", "-d", "--quiet")
        with opened(repository) as one:
            tree = one.tree(commit)
            reading = tree.read_each(tree.entries())
            next(iter(reading))
            processes = [each for each in gc.get_objects() if isinstance(each, subprocess.Popen)]
            running = [each for each in processes if each.args[-1] == "--buffer"]  # type: ignore[index]
            assert [each.poll() for each in running] == [None]
            del reading
            gc.collect()
            assert all(each.poll() is not None for each in running)
