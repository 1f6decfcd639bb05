"""What a person is told who runs guardrail in the wrong place, or names what is not there: what, and what to do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from guardrail.cli import main

from .repositories import Repository

MAIN = 'resource "aws_eip" "a" {\n}\n'


def _plain(there: Repository) -> None:
    there.write({"a.tf": MAIN, "notes/a.txt": "a"})


def _unborn(there: Repository) -> None:
    _plain(there)
    there.git("init", "--quiet", "--initial-branch=main")


def _committed(there: Repository) -> None:
    _plain(there)
    there.commit()


def _cloned(there: Repository) -> None:
    _committed(there)
    there.git("remote", "add", "upstream", "https://example.com/a.git")


CASES = [
    pytest.param(_plain, ["--base", "main"], "is not in a git repository", "inside the repository", id="no repository"),
    pytest.param(_plain, ["--staged"], "is not in a git repository", "inside the repository", id="no index"),
    pytest.param(_unborn, ["--base", "main"], "the repository has no commit yet", "commit first", id="no commit"),
    pytest.param(_unborn, ["--base", "HEAD"], "the repository has no commit yet", "commit first", id="no HEAD"),
    pytest.param(
        _committed, ["--base", "mian"], 'no revision mian in this clone, did you mean "main"?', "has no remote",
        id="a misspelt branch, and nowhere to fetch from",
    ),
    pytest.param(
        _cloned, ["--base", "feature"], "no revision feature in this clone\n", "git fetch upstream +refs/heads/feature",
        id="a branch that is not fetched",
    ),
    pytest.param(_committed, ["nope"], "error: nope is not there\n", "that are in the working tree", id="no such path"),
    pytest.param(_committed, ["notes"], "there is no input in notes", "Terraform (.tf, .tofu) or", id="no input"),
]  # fmt: skip


@pytest.mark.parametrize(("prepare", "arguments", "what", "next_step"), CASES)
def test_nothing_is_judged_and_a_person_is_told(
    prepare: Callable[[Repository], None], arguments: list[str], what: str, next_step: str, repository: Repository
) -> None:
    prepare(repository)
    told = repository.run("check", *arguments)
    assert (told.code, told.out) == (2, "")
    assert what in told.err
    assert next_step in told.err.splitlines()[-1]


def test_variables_of_git_lead_nowhere(repository: Repository, tmp_path: Path) -> None:
    _committed(repository)
    repository.write({"a.tf": MAIN + MAIN.replace('"a"', '"b"')})
    lost = {"GIT_DIR": str(tmp_path / "nowhere"), "GIT_WORK_TREE": "/", "GIT_OBJECT_DIRECTORY": "/nowhere"}
    told = repository.check("--base", "main", environment=lost)
    assert (told.code, told.report["summary"]["units"]) == (0, 1)


def test_a_linked_working_tree_is_a_repository(repository: Repository, tmp_path: Path) -> None:
    _committed(repository)
    repository.git("worktree", "add", "--quiet", str(tmp_path / "linked"), "-b", "other")
    linked = Repository(tmp_path / "linked")
    linked.write({"a.tf": MAIN + MAIN.replace('"a"', '"b"')})
    told = linked.check("--base", "main")
    assert (told.code, told.report["summary"]["units"]) == (0, 1)


COMMANDS = [
    "",
    "check",
    "cost",
    "graph",
    "explain",
    "policy",
    "policy list",
    "policy show",
    "config",
    "config validate",
    "prices",
    "prices show",
    "modules",
    "modules fetch",
]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_help_teaches_by_example(command: str, repository: Repository) -> None:
    told = repository.run(*command.split(), "--help")
    assert told.code == 0
    _, _, examples = told.out.partition("\n  Examples:\n")
    assert examples.startswith(f"    guardrail {command}".rstrip())


def test_every_command_is_among_these() -> None:
    assert {command.split()[0] for command in COMMANDS if command} == set(main.COMMANDS)


def test_a_misspelt_command_is_guessed(repository: Repository) -> None:
    told = repository.run("polcy", "list")
    assert told.code == 2
    assert "No such command 'polcy', did you mean \"policy\"?" in told.err


@pytest.mark.parametrize(
    ("shell", "offered"), [("bash", "plain,check\n"), ("zsh", "plain\ncheck\n"), ("fish", "check")]
)
def test_shells_complete(shell: str, offered: str, repository: Repository) -> None:
    words = {"COMP_WORDS": "guardrail ch", "COMP_CWORD": "ch" if shell == "fish" else "1"}
    told = repository.run(environment={**words, "_GUARDRAIL_COMPLETE": f"{shell}_complete"})
    assert offered in told.out
    script = repository.run(environment={"_GUARDRAIL_COMPLETE": f"{shell}_source"})
    assert "_guardrail_completion" in script.out
