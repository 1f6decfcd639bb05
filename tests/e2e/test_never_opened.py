"""
What lies outside of the repository is never opened, whatever the files in it name: every opening of a file is noted.

The interpreter itself says what is opened (`sys.addaudithook`), so this sees more than what a report would tell.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from .repositories import Repository

NOTING = """\
import os, runpy, sys
notes = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
OPENING = {"open", "os.listdir", "os.scandir", "os.chdir", "shutil.copyfile", "socket.connect", "socket.getaddrinfo"}

def note(event, arguments):
    if event in OPENING:
        told = arguments[0] if event != "socket.connect" else arguments[1]
        told = told.decode("utf-8", "surrogateescape") if isinstance(told, bytes) else str(told)
        os.write(notes, f"{event} {os.path.realpath(told)}\\n".encode("utf-8", "surrogateescape"))

sys.addaudithook(note)
sys.argv[:] = ["guardrail", *sys.argv[2:]]
runpy.run_module("guardrail", run_name="__main__", alter_sys=True)
"""
FUNCTIONS = (
    "file", "filebase64", "fileexists", "filemd5", "filesha1", "filesha256", "filesha512", "filebase64sha256",
    "filebase64sha512",
)  # fmt: skip


def _reading(path: str) -> list[str]:
    """Return expressions that read a file."""
    return [
        *(f'{function}("{path}")' for function in FUNCTIONS),
        f'templatefile("{path}", {{}})',
        f'fileset(dirname("{path}"), "**")',
        f'try(file("{path}"), "none")',
        f'templatestring("$${{file(\\"{path}\\")}}", {{}})',
        f'yamldecode(file("{path}"))',
        f'jsondecode(file(pathexpand("{path}")))',
    ]


@pytest.mark.parametrize("commit", [True, False])
def test_nothing_outside_is_opened(repository: Repository, tmp_path: Path, commit: bool) -> None:
    outside = tmp_path / "outside"
    outside.mkdir(exist_ok=True)
    secret = outside / "secret.tf"
    secret.write_text('variable "x" {\n  default = "s3cret"\n}\n', encoding="utf-8")
    up = os.path.relpath(secret, repository.path / "infra")
    names = ("/etc/passwd", str(secret), up, "~/.aws/credentials", "link", "${path.cwd}/../secret.tf", "/dev/stdin")
    expressions = [expression for name in names for expression in _reading(name)]
    made = "".join(f"  l{index} = {expression}\n" for index, expression in enumerate(expressions))
    repository.write({
        "infra/main.tf": "locals {\n" + made + "}\n" + f'module "m" {{\n  source = "{Path(up).parent.as_posix()}"\n}}\n'
        'resource "aws_instance" "a" {\n  ami = "a"\n  instance_type = "t3.micro"\n'
        + "".join(f"  x{index} = local.l{index}\n" for index in range(len(expressions))) + "}\n",
    })  # fmt: skip
    for name in ("infra/link", "infra/linked.tf", "infra/terraform.tfvars", "k8s/linked.yaml", "more"):
        repository.link(name, str(outside if name == "more" else secret))
    repository.commit()
    notes, program = tmp_path / "notes", tmp_path / "noting.py"
    program.write_text(NOTING, encoding="utf-8")
    ran = subprocess.run(
        [
            sys.executable,
            str(program),
            str(notes),
            "check",
            *(["--head", "HEAD"] if commit else []),
            "--format",
            "json",
        ],
        cwd=repository.path,
        env={"PATH": os.environ["PATH"], "HOME": str(outside), "PYTHONPATH": os.environ.get("PYTHONPATH", "")},
        capture_output=True,
        check=False,
        timeout=120,
    )
    report = json.loads(ran.stdout)
    assert report["summary"]["resources"] >= 1
    assert {"refused", "link-outside"} <= {one["code"] for one in report["diagnostics"]}
    assert b"s3cret" not in ran.stdout + ran.stderr
    opened = notes.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    assert any(line.endswith("/infra/main.tf") for line in opened) is not commit, "openings are noted"
    forbidden = ("/etc/passwd", str(outside.resolve()), "/dev/stdin", "socket.")
    assert [line for line in opened if any(one in line for one in forbidden)] == []
