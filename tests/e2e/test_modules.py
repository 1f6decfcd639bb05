"""Modules that Terraform would download: fetched by one command from a server on this machine, read by the others."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from loopback import Loopback, serve, tar, zipped

from .repositories import Repository, Told

FOLDER = ".guardrail/modules"
ROOT = Path(__file__).resolve().parents[2]

MACHINE = (
    'variable "type" {}\n\nresource "aws_instance" "x" {\n  ami           = "ami-1"\n  instance_type = var.type\n}\n'
)
POOL = (
    'variable "type" {}\n\nmodule "inner" {\n  source = "./inner"\n  type   = var.type\n}\n\n'
    'module "other" {\n  source  = "o/machine/aws"\n  version = "~> 1.0"\n  type    = var.type\n}\n'
)
CALLER = (
    'provider "aws" {\n  region = "eu-west-1"\n}\n\nmodule "pool" {\n  source  = "o/pool/aws"\n  version = "~> 2.0"\n'
    '  type    = "m5.large"\n}\n'
)


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Loopback]:
    """A registry with a module in a repository that calls one in an archive."""
    (tmp_path / "server").mkdir()
    with serve(tmp_path / "server") as loopback:
        loopback.repository("pool", {"main.tf": POOL, "inner/main.tf": MACHINE, "README.md": "x"}, "v2.0.0")
        for version in ("2.0.0", "2.1.0"):
            loopback.publish("o/pool/aws", version, "git::http://{host}/git/pool?ref=v2.0.0")
        loopback.publish("o/machine/aws", "1.0.0", "http://{host}/machine.tar.gz//*?archive=tar.gz")
        loopback.answers["/machine.tar.gz"] = (200, {}, tar({"main.tf": MACHINE}, "machine-1.0.0/"))
        loopback.answers["/machine.zip"] = (200, {}, zipped({"main.tf": MACHINE, "deep/main.tf": MACHINE}))
        yield loopback


def fetch(repository: Repository, there: Loopback, *arguments: str) -> Told:
    return repository.run("modules", "fetch", "--registry", there.host, "--insecure-host", there.host, *arguments)


def test_the_example_of_the_documentation(repository: Repository, there: Loopback) -> None:
    story = ROOT / "fixtures" / "repos" / "modules"
    for version in ("1.2.0", "1.3.1", "2.0.0"):
        there.publish("example/gpu-pool/aws", version, "http://{host}/pool.tar.gz")
    package = story / "fetched/example.gpu-pool.aws-1.3.1/main.tf"
    there.answers["/pool.tar.gz"] = (200, {}, tar({"main.tf": package.read_text()}))
    repository.commit({"infra/main.tf": (story / "head/infra/main.tf").read_text()})
    told = fetch(repository, there)
    page = (ROOT / "docs/modules.md").read_text(encoding="utf-8")
    assert f"$ guardrail modules fetch\n{told.err}{told.out}```" in page
    written = files(repository.path / FOLDER)
    del written[".gitignore"]
    assert written == files(story / "fetched"), "what the other examples read is what is fetched"
    for side in ("base", "head"):
        lock = (story / side / "guardrail.modules.lock").read_bytes()
        assert lock == (repository.path / "guardrail.modules.lock").read_bytes()


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


MACHINES = ["infra//module.pool.module.inner.aws_instance.x", "infra//module.pool.module.other.aws_instance.x"]


def test_modules_of_modules_are_fetched_and_judged(repository: Repository, there: Loopback) -> None:
    repository.commit({"infra/main.tf": CALLER})
    before = repository.document("infra")["resources"]
    assert {one["category"] for one in before.values()} == {"module.call"}
    told = fetch(repository, there)
    assert (told.code, told.out) == (0, f"2 packages for 2 calls of 1 root in {FOLDER}\n")
    assert told.err == "fetching o/pool/aws 2.1.0\nfetching o/machine/aws 1.0.0\n"
    after = repository.document("infra", "--modules", FOLDER)["resources"]
    assert sorted(after) == MACHINES
    assert {one["groups"]["main"]["machine_types"][0] for one in after.values()} == {"m5.large"}
    assert {one["region"] for one in after.values()} == {"eu-west-1"}
    index = json.loads((repository.path / FOLDER / "modules.json").read_text())
    assert [(one["Key"], one["Source"], one["Version"]) for one in index["Modules"]] == [
        ("pool", "o/pool/aws", "2.1.0"),
        ("pool.other", "o/machine/aws", "1.0.0"),
    ]
    assert repository.git("status", "--porcelain") == "?? guardrail.modules.lock", "git ignores the folder"


def test_what_stands_in_a_fetched_module_is_traced(repository: Repository, there: Loopback) -> None:
    repository.commit({"infra/main.tf": CALLER})
    fetch(repository, there)
    told = repository.run("explain", MACHINES[1], "/groups/main/machine_types", "--modules", FOLDER)
    for place in (
        f"{FOLDER}/o.machine.aws-1.0.0/main.tf:5",
        f"{FOLDER}/o.pool.aws-2.1.0/main.tf:11",
        "infra/main.tf:8",
    ):
        assert place in told.out


def test_the_same_bytes_again_also_when_there_is_a_newer_version(repository: Repository, there: Loopback) -> None:
    repository.commit({"infra/main.tf": CALLER})
    fetch(repository, there)
    lock, folder = (repository.path / "guardrail.modules.lock").read_bytes(), files(repository.path / FOLDER)
    there.publish("o/pool/aws", "2.9.0", "git::http://{host}/git/pool?ref=v2.0.0")
    assert fetch(repository, there).code == 0
    assert (repository.path / "guardrail.modules.lock").read_bytes() == lock
    assert files(repository.path / FOLDER) == folder
    assert "o/pool/aws 2.9.0" in fetch(repository, there, "--upgrade").err
    assert b'"2.9.0"' in (repository.path / "guardrail.modules.lock").read_bytes()


def test_a_tag_that_was_moved_is_no_longer_what_the_lock_says(repository: Repository, there: Loopback) -> None:
    repository.commit({"infra/main.tf": CALLER})
    fetch(repository, there)
    there.repository("pool", {"inner/main.tf": MACHINE.replace("var.type", '"t3.nano"')}, "v2.0.0")
    told = fetch(repository, there)
    assert told.code == 3
    assert "infra/main.tf:6:3: o/pool/aws 2.1.0 is not what it was" in told.err
    assert b"o/pool/aws" in (repository.path / "guardrail.modules.lock").read_bytes(), "the lock keeps it"
    assert fetch(repository, there, "--upgrade").code == 0


def test_every_kind_of_source(repository: Repository, there: Loopback) -> None:
    commit = there.repository("pool", {})
    sources = {
        "git": f"git::http://{there.host}/git/pool//inner?ref=v2.0.0&depth=1",
        "head": f"git::http://{there.host}/git/pool//inner",
        "commit": f"git::http://{there.host}/git/pool//inner?ref={commit}",
        "zip": f"http://{there.host}/machine.zip",
        "deep": f"http://{there.host}/machine.zip//deep",
        "host": f"{there.host}/o/machine/aws",
    }
    calls = [
        f'module "{name}" {{\n  source = "{source}"\n  type = "m5.large"\n}}\n' for name, source in sources.items()
    ]
    repository.commit({"main.tf": "".join(calls)})
    told = fetch(repository, there)
    assert told.code == 0, told.err
    found = repository.document("--modules", FOLDER)["resources"]
    assert sorted(found) == sorted(f".//module.{name}.aws_instance.x" for name in sources)


def test_what_a_module_of_the_repository_calls_is_fetched_too(repository: Repository, there: Loopback) -> None:
    there.repository("outer", {"main.tf": 'module "own" {\n  source = "corp/own/aws"\n}\n'}, "v1")
    repository.commit(
        {
            "guardrail.yaml": "version: 1\nmodules: {corp/own/aws: lib/own}\n",
            "lib/own/main.tf": 'module "m" {\n  source = "o/machine/aws"\n  type = "m5.large"\n}\n',
            "infra/main.tf": 'module "here" {\n  source = "corp/own/aws"\n}\n'
            f'module "there" {{\n  source = "git::http://{there.host}/git/outer?ref=v1"\n}}\n',
        }
    )
    told = fetch(repository, there)
    assert told.code == 0, told.err
    found = repository.document("infra", "--modules", FOLDER)["resources"]
    assert sorted(found) == [
        "infra//module.here.module.m.aws_instance.x",
        "infra//module.there.module.own.module.m.aws_instance.x",
    ]


def test_what_cannot_be_fetched_is_told_and_the_rest_is_there(repository: Repository, there: Loopback) -> None:
    bad = (
        'module "gone" {\n  source = "o/gone/aws"\n}\n'
        'module "s3" {\n  source = "s3::https://s3.amazonaws.com/b/m.zip?secret=forty-two"\n}\n'
        'module "old" {\n  source  = "o/pool/aws"\n  version = "< 1.0"\n}\n'
        'variable "v" {}\nmodule "computed" {\n  source = var.v\n}\n'
        'module "password" {\n  source = "git::https://u:geheim@h/r"\n}\n'
    )
    repository.commit({"infra/main.tf": CALLER, "infra/bad.tf": bad})
    told = fetch(repository, there)
    assert told.code == 3
    lines = [line for line in told.err.splitlines() if line.startswith("error:")]
    assert all(line.startswith("error: infra/bad.tf:") for line in lines)
    assert len(lines) == 5
    text = " ".join(lines)
    for part in (
        "status 404",
        "not fetched by s3",
        'no version that "< 1.0" allows',
        "no plain text",
        "a password stands",
    ):
        assert part in text
    assert "geheim" not in told.err + told.out
    assert "forty-two" not in told.err
    assert len(repository.document("infra", "--modules", FOLDER)["resources"]) == 2 + 5


def test_a_folder_of_somebody_else_is_not_overwritten(repository: Repository, there: Loopback) -> None:
    repository.commit({"infra/main.tf": CALLER, "kept/x": "x"})
    told = fetch(repository, there, "--modules", "kept")
    assert told.code == 2
    assert "is there already, and no folder of modules" in told.err
    assert (repository.path / "kept/x").read_text() == "x"


def test_those_of_the_base_are_fetched_too(repository: Repository, there: Loopback) -> None:
    repository.commit({"infra/main.tf": CALLER.replace("~> 2.0", "2.0.0")})
    repository.propose({"infra/main.tf": CALLER.replace("~> 2.0", "2.1.0").replace("m5.large", "m5.xlarge")})
    assert "o/pool/aws 2.0.0" not in fetch(repository, there).err
    assert "o/pool/aws 2.0.0" in fetch(repository, there, "--base", "main").err
    report = repository.check("--base", "main", "--head", "change", "--modules", FOLDER).report
    assert report["cost"]["delta"]["expected"] != "0"
    assert not [one for one in report["diagnostics"] if one["level"] == "error"]


def test_a_root_that_only_calls_what_was_fetched_is_left_alone(repository: Repository, there: Loopback) -> None:
    config = "version: 1\npolicies:\n  required-tags: {level: off}\n"
    repository.commit({"guardrail.yaml": config, "a/main.tf": CALLER, "b/main.tf": CALLER})
    fetch(repository, there)
    repository.propose({"a/main.tf": CALLER.replace("m5.large", "m5.xlarge")})
    report = repository.check("--base", "main", "--head", "change", "--modules", FOLDER).report
    assert report["untouched"] == ["b"]
    assert report["cost"]["delta"]["expected"] == "156.22"


READS = (
    'variable "path" {}\nresource "aws_instance" "x" {\n  ami = "a"\n  instance_type = trimspace(file(var.path))\n}\n'
)


def test_a_fetched_module_that_reads_a_file_of_the_repository(repository: Repository, there: Loopback) -> None:
    there.repository("reads", {"main.tf": READS}, "v1")
    root = f'module "m" {{\n  source = "git::http://{there.host}/git/reads?ref=v1"\n  path = "size.txt"\n}}\n'
    repository.commit({"a/main.tf": root, "a/size.txt": "m5.large\n", "b/main.tf": CALLER})
    fetch(repository, there)
    repository.propose({"a/size.txt": "m5.xlarge\n"})
    report = repository.check("--base", "main", "--head", "change", "--modules", FOLDER).report
    assert report["untouched"] == ["b"], "a is read, though none of its Terraform files changed"


class TestTheAuthorIsTheAdversary:
    def test_a_folder_that_the_head_has_is_refused(self, repository: Repository, there: Loopback) -> None:
        repository.commit({"infra/main.tf": CALLER})
        fetch(repository, there)
        repository.git("add", "--force", FOLDER)
        repository.git("commit", "--quiet", "-m", "mine")
        for arguments in (("--head", "HEAD"), ()):
            told = repository.run("check", "infra", "--modules", FOLDER, *arguments)
            assert told.code == 2
            assert "is part of what is judged" in told.err

    def test_a_link_to_a_folder_that_the_head_has_is_refused(self, repository: Repository, there: Loopback) -> None:
        repository.commit({"infra/main.tf": CALLER})
        fetch(repository, there, "--modules", "real")
        (repository.path / "real/.gitignore").unlink()
        repository.link("modules", "real")
        repository.commit({})
        told = repository.run("check", "infra", "--modules", "modules")
        assert told.code == 2
        assert "is part of what is judged" in told.err

    def test_a_dot_terraform_is_never_read_by_itself(self, repository: Repository, there: Loopback) -> None:
        repository.commit({"infra/main.tf": CALLER, ".gitignore": ".terraform/\n"})
        fetch(repository, there, "--modules", "infra/.terraform/modules")
        assert {one["category"] for one in repository.document("infra")["resources"].values()} == {"module.call"}
        assert sorted(repository.document("infra", "--modules", "infra/.terraform/modules")["resources"]) == MACHINES

    def test_files_that_were_changed_after_they_were_fetched(self, repository: Repository, there: Loopback) -> None:
        repository.commit({"infra/main.tf": CALLER})
        fetch(repository, there)
        inner = repository.path / FOLDER / "o.machine.aws-1.0.0/main.tf"
        inner.write_text(inner.read_text().replace("aws_instance", "aws_eip"))
        found = repository.document("infra", "--modules", FOLDER)
        assert sorted(found["resources"]) == [MACHINES[0], "infra//module.pool.module.other"]
        assert "are not those that guardrail.modules.lock has" in json.dumps(found["diagnostics"])

    def test_the_lock_of_the_trusted_side_counts(self, repository: Repository, there: Loopback) -> None:
        repository.write({"guardrail.yaml": "version: 1\n", "infra/main.tf": CALLER})
        fetch(repository, there)
        repository.commit({})
        repository.git("checkout", "--quiet", "-b", "change")
        there.repository("pool", {"inner/main.tf": MACHINE.replace("var.type", '"t3.nano"')}, "v2.0.0")
        fetch(repository, there, "--upgrade")
        repository.commit({})
        told = repository.check("--head", "change", "--trusted", "main", "--modules", FOLDER)
        assert "are not those that guardrail.modules.lock has" in told.out

    def test_a_module_that_leads_out_of_the_folder(self, repository: Repository, there: Loopback) -> None:
        for name, source in (("up", "../../../infra"), ("out", "../../..")):
            there.repository(name, {"main.tf": f'module "up" {{\n  source = "{source}"\n}}\n'}, "v1")
        calls = [
            f'module "{name}" {{\n  source = "git::http://{there.host}/git/{name}?ref=v1"\n}}\n'
            for name in ("up", "out")
        ]
        into = 'module "into" {\n  source = "../.guardrail/modules/x"\n}\n'
        repository.commit({"infra/main.tf": "".join([*calls, into])})
        assert fetch(repository, there).code == 0
        found = repository.document("infra", "--modules", FOLDER)
        assert {one["category"] for one in found["resources"].values()} == {"module.call"}
        assert json.dumps(found["diagnostics"]).count("leads into the folder of modules, or out of it") == 3

    def test_a_check_has_no_code_for_networks(self) -> None:
        program = (
            "import sys; from guardrail.cli import check, inspect; from guardrail import run;"
            "import guardrail.run.check, guardrail.frontends.terraform.read, guardrail.run.beside;"
            "print(sorted(name for name in sys.modules if name in ('urllib.request', 'http.client', 'ssl')"
            " or name.startswith('guardrail.fetch')))"
        )
        assert subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout == b"[]\n"


def test_a_folder_outside_of_the_repository(repository: Repository, there: Loopback, tmp_path: Path) -> None:
    repository.commit({"infra/main.tf": CALLER})
    fetch(repository, there, "--modules", str(tmp_path / "elsewhere"))
    found = repository.document("infra", "--modules", str(tmp_path / "elsewhere"))
    assert sorted(found["resources"]) == MACHINES
    told = repository.run("explain", MACHINES[0], "--modules", str(tmp_path / "elsewhere"))
    assert f"{FOLDER}/o.pool.aws-2.1.0/inner/main.tf:3" in told.out


def test_without_git(repository: Repository, there: Loopback) -> None:
    repository.write({"infra/main.tf": CALLER})
    fetch(repository, there)
    found = repository.document("--modules", FOLDER)
    assert sorted(found["resources"]) == MACHINES
    assert not [told for told in found["diagnostics"] if told["level"] == "error"], "that it is left out is no error"


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--modules", "nowhere"), "is not a folder"),
        (("--modules", "infra"), "is part of what is judged"),
        (("--modules", "."), "is what is to be judged"),
        (("--modules", "../empty"), "has no index"),
    ],
)
def test_folders_that_are_none(repository: Repository, arguments: tuple[str, ...], why: str) -> None:
    repository.commit({"infra/main.tf": CALLER})
    (repository.path.parent / "empty").mkdir()
    told = repository.run("check", *arguments)
    assert told.code == 2
    assert why in told.err


def test_who_lacks_a_module_learns_how_to_get_it(repository: Repository) -> None:
    repository.commit({"infra/main.tf": CALLER})
    told = repository.run("check")
    assert "guardrail modules fetch" in told.out


VALUES = (
    'provider "aws" {\n  region = "eu-west-1"\n}\n\nvariable "type" {\n  default = "m5.large"\n}\n\n'
    + MACHINE.partition("\n\n")[2]
)


class TestVarFiles:
    def types(self, repository: Repository, *arguments: str) -> Any:
        found = repository.document(*arguments)["resources"]
        return {address: one["groups"]["main"]["machine_types"] for address, one in found.items()}

    def test_the_order_is_that_of_terraform(self, repository: Repository) -> None:
        repository.commit(
            {"a/main.tf": VALUES, "a/x.auto.tfvars": 'type = "m5.xlarge"\n', ".gitignore": "secret.tfvars\n"}
        )
        repository.write({"one.tfvars": 'type = "m5.2xlarge"\n', "secret.tfvars": 'type = "m5.4xlarge"\n'})
        assert self.types(repository, "a") == {"a//aws_instance.x": ["m5.xlarge"]}
        assert self.types(repository, "a", "--var-file", "one.tfvars") == {"a//aws_instance.x": ["m5.2xlarge"]}
        both = ("--var-file", "one.tfvars", "--var-file", "secret.tfvars")
        assert self.types(repository, "a", *both) == {"a//aws_instance.x": ["m5.4xlarge"]}
        told = repository.run("explain", "a//aws_instance.x", "/groups/main/machine_types", *both)
        assert "secret.tfvars:1" in told.out
        assert json.loads(repository.run("cost", "a", *both, "--format", "json").out)
        assert repository.check("a", *both).code in (0, 1)

    def test_a_change_of_the_file_touches_the_root(self, repository: Repository) -> None:
        repository.commit({"a/main.tf": VALUES, "b/main.tf": VALUES, "v.tfvars": 'type = "m5.large"\n'})
        repository.propose({"v.tfvars": 'type = "m5.xlarge"\n'})
        report = repository.check("--base", "main", "--head", "change", "--var-file", "v.tfvars", "a").report
        assert report["cost"]["delta"]["expected"] == "78.11"

    def test_names_that_nobody_declares(self, repository: Repository) -> None:
        repository.commit({"main.tf": VALUES, "v.tfvars": 'typ = "x"\n', "w.tfvars.json": '{"typ": 1, "typ": 2}'})
        found = repository.document("--var-file", "v.tfvars", "--var-file", "w.tfvars.json")
        told = [(one["level"], one["message"]) for one in found["diagnostics"] if one["code"] == "hcl-undeclared"]
        assert told
        assert set(told) == {("warning", "there is no variable typ")}

    def test_a_property_that_stands_twice(self, repository: Repository) -> None:
        repository.commit({"main.tf": VALUES, "v.tfvars.json": '{"type": "m5.large", "type": "m5.xlarge"}'})
        found = repository.document("--var-file", "v.tfvars.json")
        assert [one["level"] for one in found["diagnostics"]] == ["error"], "Terraform refuses it as well"

    def test_a_link(self, repository: Repository) -> None:
        repository.write({"main.tf": VALUES, "values/real.tfvars": 'type = "m5.xlarge"\n'})
        repository.link("link.tfvars", "values/real.tfvars")
        repository.link("out.tfvars", "/etc/hostname")
        repository.commit({})
        assert self.types(repository, ".", "--var-file", "link.tfvars") == {".//aws_instance.x": ["m5.xlarge"]}
        told = repository.run("check", ".", "--var-file", "out.tfvars")
        assert told.code == 2
        assert "is a link that leads out of the tree" in told.err

    @pytest.mark.parametrize(
        ("arguments", "why"),
        [
            (("--var-file", "v.tfvars"), "here are several: a, b"),
            (("a", "--var-file", "../x.tfvars"), "is outside of"),
            (("a", "--var-file", "gone.tfvars"), "is not there"),
        ],
    )
    def test_what_is_refused(self, repository: Repository, arguments: tuple[str, ...], why: str) -> None:
        repository.commit({"a/main.tf": VALUES, "b/main.tf": VALUES, "v.tfvars": ""})
        told = repository.run("check", *arguments)
        assert told.code == 2
        assert why in told.err

    def test_the_environment_is_never_asked(self, repository: Repository) -> None:
        repository.commit({"a/main.tf": VALUES})
        told = repository.run("graph", environment={"TF_VAR_type": "m5.xlarge", "TF_CLI_ARGS": "-var type=m5.xlarge"})
        assert '"m5.large"' in told.out
        assert "m5.xlarge" not in told.out
