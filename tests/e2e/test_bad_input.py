"""Bad input: a clear word with file, line and next step, everything else still judged, and never a traceback."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .hostile import BOMB
from .repositories import Repository

GOOD = """\
provider "aws" {
  region = "us-east-1"
}

resource "aws_ebs_volume" "good" {
  size = 10
  type = "gp3"
}
"""
MANIFEST = "apiVersion: v1\nkind: Namespace\nmetadata: {name: ml}\n"


@pytest.mark.parametrize(
    ("files", "place", "message"),
    [
        pytest.param(
            {"infra/bad.tf": 'resource "aws_eip" "a" {\n  tags = {\n}\n'},
            ("infra/bad.tf", 1),
            "",
            id="a .tf file that does not parse",
        ),
        pytest.param(
            {"k8s/bad.yaml": MANIFEST + "---\napiVersion: v1\nkind: [\n"}, ("k8s/bad.yaml", 7), "", id="broken YAML"
        ),
        pytest.param({"k8s/bomb.yaml": MANIFEST + BOMB}, ("k8s/bomb.yaml", None), "alias", id="aliases that explode"),
    ],
)
def test_what_cannot_be_read_blocks_and_the_rest_is_judged(
    repository: Repository, files: dict[str, str], place: tuple[str, Any], message: str
) -> None:
    repository.write({"infra/main.tf": GOOD, "k8s/good.yaml": MANIFEST.replace("ml", "good"), **files})
    told = repository.check()
    assert told.code == 1
    (finding,) = told.of("scan-incomplete")
    assert finding["subject"] == f"file:{place[0]}"
    assert finding["blocking"]
    assert message in finding["message"]
    assert finding["location"]["file"] == place[0]
    if place[1] is not None:
        assert finding["location"]["line"] == place[1]
    assert told.report["summary"]["resources"] >= 2


def test_an_old_broken_file_does_not_stop_everybody(repository: Repository) -> None:
    repository.commit({"infra/main.tf": GOOD, "infra/bad.tf": "resource {{{\n"})
    repository.propose({"infra/main.tf": GOOD.replace("10", "20")})
    told = repository.check("--base", "main", "--head", "change")
    (finding,) = told.of("scan-incomplete")
    assert (told.code, finding["introduced"], finding["blocking"]) == (0, False, False)
    repository.commit({"infra/bad.tf": "resource {{{{\n"})
    assert repository.check("--base", "main", "--head", "change").code == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("locals {\n  a = local.b\n  b = local.a\n}\n", "depend on each other", id="a cycle"),
        pytest.param(
            'resource "aws_eip" "a" {\n  count = 1e9\n}\n', "too many instances", id="a thousand million copies"
        ),
        pytest.param(
            'resource "aws_eip" "a" {\n  instance = aws_instance.nobody.id\n}\n', "nobody", id="a dangling reference"
        ),
    ],
)
def test_one_bad_expression_spares_the_others(repository: Repository, text: str, says: str) -> None:
    repository.write({"main.tf": GOOD, "bad.tf": text + '\noutput "o" {\n  value = local.a\n}\n'})
    told = repository.check()
    assert told.code in (0, 1, 3)
    diagnostics = [one for one in told.report["diagnostics"] if says in one["message"]]
    assert diagnostics, told.report["diagnostics"]
    assert all(one["file"] == "bad.tf" and one["line"] for one in diagnostics)
    assert "aws_ebs_volume.good" in told.out


def test_a_module_that_is_not_there_is_said(repository: Repository) -> None:
    repository.write({"main.tf": GOOD + '\nmodule "gone" {\n  source = "./gone"\n}\n'})
    told = repository.check()
    assert told.code in (0, 1)
    assert "gone" in " ".join(one["message"] for one in told.report["diagnostics"])
    assert ".//module.gone" in [one["address"] for one in told.report["cost"]["unpriced"]]


def test_a_huge_file_is_not_read(repository: Repository) -> None:
    repository.write({"main.tf": GOOD})
    with (repository.path / "huge.tf").open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    told = repository.check()
    (finding,) = told.of("scan-incomplete")
    assert told.code == 1
    assert "104,857,600 bytes" in finding["message"]


UNSAFE = """\
# METADATA
# title: Unsafe
# description: A variable that is bound nowhere.
# scope: package
# custom:
#   id: unsafe
#   revision: 1
#   severity: high
#   remediation: None.
#   applies_to: {all: true}
package acme.unsafe

deny contains decision if {
	decision := {"resource": nobody, "message": "m"}
}
"""


def test_a_broken_policy_is_named_and_is_no_pass(repository: Repository) -> None:
    repository.write(
        {"main.tf": GOOD, "policies/unsafe.rego": UNSAFE, "guardrail.yaml": "version: 1\npolicy_sources: [policies]\n"}
    )
    told = repository.check()
    (diagnostic,) = [one for one in told.report["diagnostics"] if one["level"] == "error"]
    assert (told.code, told.report["verdict"]) == (3, "error")
    assert (diagnostic["file"], diagnostic["line"]) == ("policies/unsafe.rego", 14)


MISSPELT = """\
version: 1
profile: standard
exclude: []
environments:
  - {name: prod, paths: ["infra/prod/**"]}
policies:
  max-replicas:
    params: {max: 3}
    levl: deny
"""


def test_a_misspelt_key_is_told_with_its_line_and_what_was_meant(repository: Repository) -> None:
    repository.write({"main.tf": GOOD, "guardrail.yaml": MISSPELT})
    for arguments in (("check",), ("config", "validate"), ("cost",)):
        told = repository.run(*arguments)
        assert told.code == 2
        assert 'guardrail.yaml:9:5: unknown key "levl", did you mean "level"?' in told.err


def test_signed_configuration_is_refused_until_waivers_exist(repository: Repository) -> None:
    repository.write({"main.tf": GOOD, "guardrail.yaml": "version: 1\nconfig_changes: signed\n"})
    told = repository.run("check")
    assert told.code == 2
    assert "guardrail.yaml:2:17" in told.err
    assert "waiver" in told.err


def test_a_shallow_clone_says_which_fetch_helps(repository: Repository, another: Callable[[str], Repository]) -> None:
    repository.commit({"main.tf": GOOD})
    repository.propose({"main.tf": GOOD.replace("10", "20")})
    shallow = another("shallow")
    shallow.git("clone", "--quiet", "--depth=1", "--branch=change", f"file://{repository.path}", ".")
    told = shallow.run("check", "--base", "origin/main")
    assert told.code == 2
    assert "git fetch" in told.err
    assert "Traceback" not in told.err


def test_before_the_first_commit_all_that_is_staged_is_new(repository: Repository) -> None:
    repository.git("init", "--quiet", "--initial-branch=main")
    repository.write({"main.tf": GOOD})
    assert repository.check().code == 0
    assert repository.run("check", "--base", "main").code == 2
    repository.git("add", "main.tf")
    told = repository.check("--staged")
    assert told.code == 0
    assert told.report["cost"]["delta"]["expected"] == "0.80"


def test_a_bare_repository_needs_a_revision(repository: Repository, another: Callable[[str], Repository]) -> None:
    repository.commit({"main.tf": GOOD})
    bare = another("bare.git")
    bare.git("clone", "--quiet", "--bare", str(repository.path), ".")
    told = bare.run("check")
    assert (told.code, "--head" in told.err) == (2, True)
    assert bare.check("--head", "main").report["summary"]["resources"] == 1


def test_in_the_middle_of_a_rebase_a_conflict_is_said(repository: Repository) -> None:
    repository.commit({"main.tf": GOOD, "other.tf": "locals {}\n"})
    repository.propose({"main.tf": GOOD.replace("10", "20")})
    repository.git("checkout", "--quiet", "main")
    repository.commit({"main.tf": GOOD.replace("10", "30")})
    repository.git("checkout", "--quiet", "change")
    with contextlib.suppress(subprocess.CalledProcessError):
        repository.git("rebase", "main")
    told = repository.check("--staged")
    (finding,) = told.of("scan-incomplete")
    assert (told.code, finding["subject"]) == (1, "file:main.tf")
    assert repository.check("--base", "main").code == 1  # the markers of the conflict are no Terraform


def test_paths_without_any_input_are_no_pass(repository: Repository) -> None:
    repository.write({"main.tf": GOOD, "docs/readme.md": "hello\n"})
    assert repository.run("check", "docs").code == 2
    assert repository.run("check", "nowhere").code == 2


def test_a_chart_that_a_change_edits_is_no_pass(repository: Repository) -> None:
    repository.commit(
        {"main.tf": GOOD, "chart/Chart.yaml": "name: a\nversion: 1.0.0\n", "chart/templates/a.yaml": MANIFEST}
    )
    repository.propose({"main.tf": GOOD.replace("10", "20")})
    assert repository.check("--base", "main").code == 0
    repository.commit({"chart/templates/a.yaml": MANIFEST.replace("ml", "other")})
    told = repository.check("--base", "main")
    assert told.code == 3
    assert [one["file"] for one in told.report["diagnostics"] if one["level"] == "error"] == ["chart/"]


def test_a_path_from_outside_the_repository_works(repository: Repository, tmp_path: Path) -> None:
    repository.commit({"main.tf": GOOD})
    told = repository.run("check", str(repository.path), "--format", "json", cwd=tmp_path)
    assert told.report["summary"]["resources"] == 1


def test_a_check_writes_nothing(repository: Repository) -> None:
    repository.commit({"main.tf": GOOD, "k8s/a.yaml": MANIFEST})
    before = _files(repository.path)
    for arguments in (("check",), ("check", "--base", "HEAD"), ("check", "--staged"), ("cost",), ("graph",)):
        repository.run(*arguments)
    assert _files(repository.path) == before


def _files(folder: Path) -> dict[str, bytes]:
    return {str(file): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}
