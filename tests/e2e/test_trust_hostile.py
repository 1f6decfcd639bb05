"""The head says nothing about how it is judged, and cannot stop that it is: whatever stands where its rules would."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest

from .hostile import BOMB
from .own_policy import NO_ADDRESSES
from .repositories import Repository, Told

CONFIG = """\
version: 1
policy_sources: [policies]
policies: {required-tags: {params: {keys: [team]}}}
"""
LENIENT = "version: 1\npolicies: {required-tags: {level: off}}\n"
CLEAN = 'provider "aws" {\n  region = "us-east-1"\n}\n\n'
BAD = 'resource "aws_eip" "own" {\n}\n'
POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "0" * 64 + "\nsize 12\n"


def _file(name: str, text: str) -> Callable[[Repository], None]:
    return lambda there: there.write({name: text})


def _text(text: str) -> Callable[[Repository], None]:
    return _file("guardrail.yaml", text)


def _bytes(data: bytes) -> Callable[[Repository], None]:
    def write(there: Repository) -> None:
        (there.path / "guardrail.yaml").write_bytes(data)

    return write


def _linked(name: str, target: str) -> Callable[[Repository], None]:
    return lambda there: there.link(name, target)


def _link(target: str) -> Callable[[Repository], None]:
    return _linked("guardrail.yaml", target)


def _folder(there: Repository) -> None:
    there.write({"guardrail.yaml/a.txt": "a"})


def _submodule(there: Repository) -> None:
    there.git("update-index", "--add", "--cacheinfo", f"160000,{there.git('rev-parse', 'HEAD')},guardrail.yaml")


def _nothing(there: Repository) -> None:
    del there


HOSTILE = [
    pytest.param(_text("# " + "x" * 5_000_000), id="larger than any file that is read"),
    pytest.param(_text("# " + "x" * 1_100_000), id="larger than any configuration that is read"),
    pytest.param(_text(POINTER), id="a Git LFS pointer"),
    pytest.param(_link("nowhere.yaml"), id="a link that leads nowhere"),
    pytest.param(_link("../../etc/passwd"), id="a link out of the repository"),
    pytest.param(_link("guardrail.yaml"), id="a link to itself"),
    pytest.param(_link("infra"), id="a link to a folder"),
    pytest.param(_submodule, id="a submodule"),
    pytest.param(_folder, id="a folder"),
    pytest.param(_bytes(b"version: 1\n# \xff\xfe\n"), id="not UTF-8"),
    pytest.param(_bytes(b"\x00\x01\x02"), id="not text"),
    pytest.param(_text(BOMB), id="aliases that explode"),
    pytest.param(_text("[" * 100_000), id="brackets without end"),
    pytest.param(_text("a: &a [*a]\n"), id="an alias of itself"),
    pytest.param(_text("version: [\n"), id="not YAML"),
    pytest.param(_text("version: 7\nno: such key\n"), id="keys that nobody knows"),
    pytest.param(_text(""), id="an empty file"),
    pytest.param(_text("version: 1\npolicy_sources: [../..]\n"), id="policies out of the repository"),
    pytest.param(_text("version: 1\npolicy_sources: [infra, policies, no]\n"), id="the infrastructure as policies"),
    pytest.param(_nothing, id="nothing at all"),
]


def _base(repository: Repository) -> None:
    repository.commit({"guardrail.yaml": CONFIG, "policies/own.rego": NO_ADDRESSES, "infra/main.tf": CLEAN})
    repository.git("checkout", "--quiet", "-b", "change")


def _commit(repository: Repository) -> None:
    """Commit what is staged, and what is on disk but the file that the index may hold as something else."""
    repository.git("add", "--all", "--", "infra", "policies", ".", ":!guardrail.yaml")
    if os.path.lexists(repository.path / "guardrail.yaml"):
        repository.git("add", "guardrail.yaml")
    repository.git("commit", "--quiet", "--allow-empty", "--message=change")


def _judged(repository: Repository, *how: str) -> Told:
    return repository.check(*how, "--head", "change", "--trusted", "main")


def _findings(told: Told) -> set[tuple[str, str, str]]:
    found: list[dict[str, Any]] = told.report["findings"]
    return {(one["policy"], one["status"], one["subject"] or one["resource"]) for one in found}


@pytest.mark.parametrize("against", [("--base", "main"), ()], ids=["against base", "without base"])
@pytest.mark.parametrize("write", HOSTILE)
def test_whatever_is_in_place_of_the_configuration_changes_no_answer(
    repository: Repository, write: Callable[[Repository], None], against: tuple[str, ...]
) -> None:
    _base(repository)
    repository.git("rm", "--quiet", "guardrail.yaml")
    repository.write({"infra/bad.tf": BAD})
    write(repository)
    _commit(repository)
    told = _judged(repository, *against)
    assert told.code == 1, told.err
    assert {
        ("no-addresses", "deny", "infra//aws_eip.own"),
        ("required-tags", "deny", "infra//aws_eip.own"),
        ("guardrail-config-changed", "warn", "file:guardrail.yaml"),
    } <= _findings(told)
    assert not told.report["run"]["bootstrap"]
    assert not told.report["run"]["advisory"]


def _crowd(there: Repository) -> None:
    there.write({f".guardrail/{number}.yaml": "a" for number in range(500)})


OWN_FILES = [
    pytest.param(_file("policies/own.rego", "package own.no_addresses\n"), "policies/own.rego", id="a policy emptied"),
    pytest.param(_file("policies/own.rego", "package own\ndeny := {{{"), "policies/own.rego", id="a policy broken"),
    pytest.param(_file("policies/own.rego", POINTER), "policies/own.rego", id="a policy as a Git LFS pointer"),
    pytest.param(_file("policies/own.rego", "#" * 5_000_000), "policies/own.rego", id="a policy that is too large"),
    pytest.param(
        _file("policies/loop.rego", NO_ADDRESSES.replace("lib.of_type", "numbers.range(1, 1e12); lib.of_type")),
        "policies/loop.rego",
        id="a policy that never ends",
    ),
    pytest.param(_file("policies/twice.rego", NO_ADDRESSES), "policies/twice.rego", id="a policy of the same id"),
    pytest.param(_linked("policies/l.rego", "/etc/passwd"), "policies/l.rego", id="a policy out of the repository"),
    pytest.param(_linked(".guardrail", "nowhere"), ".guardrail", id="a link in place of the folder"),
    pytest.param(_file(".guardrail", "a"), ".guardrail", id="a file in place of the folder"),
    pytest.param(_file(".guardrail/approvers.yaml", BOMB), ".guardrail/approvers.yaml", id="approvers that explode"),
    pytest.param(_file(".guardrail/a\n\x1b[31m.yaml", "a"), ".guardrail/a\n\x1b[31m.yaml", id="a name to be escaped"),
    pytest.param(_linked(".guardrail/x/y", ".."), ".guardrail/x/y", id="a link in a circle"),
    pytest.param(_crowd, ".guardrail/499.yaml", id="very many files"),
    pytest.param(_file("Guardrail.yaml", LENIENT), "Guardrail.yaml", id="the configuration in capitals"),
    pytest.param(_file("guardrail.yml", LENIENT), "guardrail.yml", id="the configuration by another ending"),
]


@pytest.mark.parametrize(("write", "named"), OWN_FILES)
def test_whatever_else_the_head_tells_guardrail_changes_no_answer(
    repository: Repository, write: Callable[[Repository], None], named: str
) -> None:
    _base(repository)
    repository.write({"infra/bad.tf": BAD})
    write(repository)
    repository.commit()
    told = _judged(repository, "--base", "main")
    assert told.code == 1, told.err
    assert {
        ("no-addresses", "deny", "infra//aws_eip.own"),
        ("required-tags", "deny", "infra//aws_eip.own"),
        ("guardrail-config-changed", "warn", f"file:{named}"),
    } <= _findings(told)
