"""Whose rules hold: what the trusted revision has × what the head makes of it. Only the first decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from .own_policy import NO_ADDRESSES
from .repositories import Repository, Told

STRICT = "version: 1\npolicies: {required-tags: {params: {keys: [team]}}}\n"
LENIENT = "version: 1\npolicies: {required-tags: {level: off}}\n"
OWN = "version: 1\npolicy_sources: [policies]\n"
MAIN = 'provider "aws" {\n  region = "us-east-1"\n}\n\n'
ADDRESS = 'resource "aws_eip" "a" {\n}\n'

Head = Callable[[Repository], None]


def _writes(files: Mapping[str, str], *gone: str) -> Head:
    def write(there: Repository) -> None:
        there.remove(*gone)
        there.write(files)

    return write


def _moves(old: str, new: str) -> Head:
    def write(there: Repository) -> None:
        there.git("mv", old, new)

    return write


def _links(name: str, target: str, files: Mapping[str, str] = {}) -> Head:
    def write(there: Repository) -> None:
        there.write(files)
        there.link(name, target)

    return write


HAS = {"guardrail.yaml": STRICT}
HAS_POLICY = {"guardrail.yaml": OWN, "policies/a.rego": NO_ADDRESSES}
TRUSTED = ("required-tags",)

HELD = [
    pytest.param(HAS, _writes({}), TRUSTED, (), id="nothing of it is touched"),
    pytest.param(HAS, _writes({"guardrail.yaml": LENIENT}), TRUSTED, ("guardrail.yaml",), id="it is relaxed"),
    pytest.param(HAS, _writes({}, "guardrail.yaml"), TRUSTED, ("guardrail.yaml",), id="it is deleted"),
    pytest.param(
        HAS, _moves("guardrail.yaml", "guardrail.yml"), TRUSTED, ("guardrail.yaml", "guardrail.yml"),
        id="it is renamed",
    ),
    pytest.param(
        HAS, _moves("guardrail.yaml", "Guardrail.yaml"), TRUSTED, ("Guardrail.yaml", "guardrail.yaml"),
        id="its name becomes capital",
    ),
    pytest.param(HAS, _moves("guardrail.yaml", "docs.yaml"), TRUSTED, ("guardrail.yaml",), id="it moves away"),
    pytest.param(
        HAS, _links("guardrail.yaml", "lenient.yaml", {"lenient.yaml": LENIENT}), TRUSTED, ("guardrail.yaml",),
        id="it becomes a link to other rules",
    ),
    pytest.param(
        HAS, _writes({".guardrail/approvers.yaml": "a"}), TRUSTED, (".guardrail/approvers.yaml",),
        id="a file of guardrail's is added",
    ),
    pytest.param(
        HAS, _writes({".guardrail/waivers/a.yaml": "a"}), TRUSTED, (), id="a waiver is added, which is no rule",
    ),
    pytest.param(
        HAS_POLICY, _writes({}, "policies/a.rego"), ("no-addresses",), ("policies/a.rego",), id="a policy is deleted",
    ),
    pytest.param(
        HAS_POLICY, _writes({"policies/a.rego": NO_ADDRESSES.replace("aws_eip", "aws_nothing")}), ("no-addresses",),
        ("policies/a.rego",), id="a policy is changed",
    ),
    pytest.param(
        HAS_POLICY, _moves("policies", "rules"), ("no-addresses",), ("policies/a.rego",), id="the policies move away",
    ),
    pytest.param(
        HAS_POLICY, _writes({"guardrail.yaml": OWN.replace("[policies]", "[rules]"), "rules/a.rego": NO_ADDRESSES}),
        ("no-addresses",), ("guardrail.yaml", "rules/a.rego"), id="other policies take their place",
    ),
    pytest.param(
        {".guardrail/approvers.yaml": "a"}, _writes({"guardrail.yaml": STRICT}), (), ("guardrail.yaml",),
        id="a file of guardrail's is there: the defaults, and the head's come with the merge",
    ),
    pytest.param(
        {".guardrail/waivers/a.yaml": "a"}, _writes({"guardrail.yaml": STRICT}), (), ("guardrail.yaml",),
        id="only a waiver is there: the defaults",
    ),
    pytest.param(
        {".guardrail/approvers.yaml": "a"}, _writes({}, ".guardrail/approvers.yaml"), (),
        (".guardrail/approvers.yaml",), id="the only file of guardrail's is deleted",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("trusted", "change", "found", "changed"), HELD)
def test_the_trusted_revision_s_rules_hold_when(
    repository: Repository,
    trusted: Mapping[str, str],
    change: Head,
    found: tuple[str, ...],
    changed: tuple[str, ...],
) -> None:
    told = _judged(repository, trusted, change)
    assert (told.blocking, _changed(told)) == (set(found), changed)
    assert (told.report["run"]["bootstrap"], told.report["run"]["advisory"]) == (False, False)
    defaults = "default-rules" in {one["code"] for one in told.report["diagnostics"]}
    assert defaults is ("guardrail.yaml" not in trusted)


FIRST = [
    pytest.param({}, _writes({}), (), (), id="nobody has any: the defaults"),
    pytest.param({}, _writes(HAS), ("required-tags",), ("guardrail.yaml",), id="the head brings it"),
    pytest.param(
        {}, _writes(HAS_POLICY), ("no-addresses",), ("guardrail.yaml", "policies/a.rego"), id="with policies"
    ),
    pytest.param(
        {"policies/a.rego": NO_ADDRESSES}, _writes({"guardrail.yaml": OWN}), ("no-addresses",), ("guardrail.yaml",),
        id="policies that no configuration names are no file of guardrail's",
    ),
    pytest.param(
        {"sub/guardrail.yaml": LENIENT, "docs/.guardrail/x": "a"}, _writes(HAS), ("required-tags",),
        ("guardrail.yaml",), id="files of these names elsewhere are none",
    ),
    pytest.param(
        {}, _links("guardrail.yaml", "conf/g.yaml", {"conf/g.yaml": STRICT}), ("required-tags",), ("guardrail.yaml",),
        id="a link brings it",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("trusted", "change", "found", "changed"), FIRST)
def test_the_head_s_rules_hold_once_and_that_is_told_when(
    repository: Repository,
    trusted: Mapping[str, str],
    change: Head,
    found: tuple[str, ...],
    changed: tuple[str, ...],
) -> None:
    told = _judged(repository, trusted, change)
    assert (told.blocking, _changed(told)) == (set(found), changed)
    assert (told.report["run"]["bootstrap"], told.report["run"]["advisory"]) == (True, False)
    text = repository.run("check", "--base", "main", "--head", "change", "--trusted", "main").out
    assert "have code owners own guardrail.yaml" in " ".join(text.split())


MISTAKEN = [
    pytest.param({"guardrail.yml": STRICT}, "guardrail.yml: is not read", id="another ending"),
    pytest.param({"Guardrail.yaml": STRICT}, "Guardrail.yaml: is not read", id="a capital letter"),
    pytest.param({"guardrail.yaml/a": STRICT}, "guardrail.yaml: is a folder", id="a folder of that name"),
    pytest.param({"guardrail.yaml": "version: 2\n"}, "guardrail.yaml:1:10: ", id="a mistake in it"),
    pytest.param({"guardrail.yaml": OWN}, 'guardrail.yaml:2:18: "policies"', id="policies that are not there"),
]


@pytest.mark.parametrize(("trusted", "message"), MISTAKEN)
def test_rules_that_were_meant_are_not_replaced_by_the_head_s(
    repository: Repository, trusted: Mapping[str, str], message: str
) -> None:
    main = repository.commit({"main.tf": MAIN, **trusted})
    repository.git("checkout", "--quiet", "-b", "change")
    repository.git("rm", "--quiet", "-r", *trusted)
    repository.commit({"guardrail.yaml": LENIENT, "a.tf": ADDRESS})
    told = repository.judge()
    assert (told.code, told.out) == (2, "")
    assert message in told.err
    assert f"in the trusted revision {main[:12]}," in told.err


def test_a_linked_configuration_holds_and_what_it_leads_to_is_guarded(repository: Repository) -> None:
    repository.write({"conf/g.yaml": STRICT, "main.tf": MAIN})
    repository.link("guardrail.yaml", "conf/g.yaml")
    repository.commit()
    repository.propose({"conf/g.yaml": LENIENT, "a.tf": ADDRESS})
    told = repository.judge()
    assert (told.blocking, _changed(told)) == ({"required-tags"}, ("guardrail.yaml",))


@pytest.mark.parametrize("kind", ["tag", "branch"])
def test_a_name_that_an_author_can_take_is_no_trusted_revision(repository: Repository, kind: str) -> None:
    repository.commit({"main.tf": MAIN, **HAS})
    repository.git("update-ref", "refs/remotes/origin/main", "HEAD")
    repository.git("checkout", "--quiet", "--orphan", "change")
    repository.git("rm", "--quiet", "--cached", "guardrail.yaml")
    repository.remove("guardrail.yaml")
    repository.commit({"a.tf": ADDRESS})
    repository.git(kind, "origin/main")
    told = repository.check("--head", "change", "--trusted", "origin/main")
    assert told.code == 2
    assert "ambiguous" in told.err


def _judged(repository: Repository, trusted: Mapping[str, str], change: Head) -> Told:
    repository.commit({"main.tf": MAIN, **trusted})
    repository.git("checkout", "--quiet", "-b", "change")
    change(repository)
    repository.commit({"a.tf": ADDRESS})
    return repository.judge()


def _changed(told: Told) -> tuple[str, ...]:
    """Return the files that the report says are guardrail's own."""
    found = told.of("guardrail-config-changed")
    assert {one["status"] for one in found} <= {"warn"}
    return tuple(sorted(one["subject"].removeprefix("file:") for one in found))
