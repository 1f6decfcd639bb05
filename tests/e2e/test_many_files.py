"""In a repository of many files most are not opened; what is said of a change is the same as if all were."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from .repositories import Repository

ROOTS = 140
"""More than are opened one by one."""

INSTANCE = 'resource "aws_instance" "x" {\n  region        = "us-east-1"\n  instance_type = "t3.large"\n}\n'
TEMPLATE = 'resource "aws_launch_template" "x" {\n  name          = "gpu"\n  instance_type = "g5.xlarge"\n}\n'
GROUP = (
    'resource "aws_autoscaling_group" "x" {\n  region   = "us-east-1"\n  min_size = 1\n  max_size = 4\n'
    '  launch_template {\n    name    = "gpu"\n    version = "1"\n  }\n}\n'
)
HIDDEN = '{"\\u006dodule": {"x": {"source": "../modules/small"}}}'
READING = 'locals {\n  type = trimspace(file("${path.module}/type.txt"))\n}\n' + INSTANCE.replace(
    '"t3.large"', "local.type"
)

FILES = {
    **{f"roots/r{index:03}/main.tf": INSTANCE for index in range(ROOTS)},
    "modules/small/main.tf": INSTANCE,
    "roots/calling/main.tf": 'module "x" {\n  source = "../../modules/small"\n}\n',
    "hidden/main.tf.json": HIDDEN,
    "roots/reading/main.tf": READING,
    "roots/reading/type.txt": "t3.large\n",
    "templates/main.tf": TEMPLATE,
    "groups/main.tf": GROUP,
}

CHANGES = {
    "a root": {"roots/r007/main.tf": INSTANCE.replace("t3.large", "p4d.24xlarge")},
    "a module": {"modules/small/main.tf": INSTANCE.replace("t3.large", "p4d.24xlarge")},
    "what a function reads": {"roots/reading/type.txt": "p4d.24xlarge\n"},
    "what another unit names": {"templates/main.tf": TEMPLATE.replace("g5.xlarge", "p4d.24xlarge")},
    "what names something of another unit": {"groups/main.tf": GROUP.replace("= 4", "= 40")},
    "nothing": {},
}


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    made = Repository(tmp_path_factory.mktemp("many"))
    made.commit(FILES)
    return made


def said(repository: Repository, *arguments: str) -> Any:
    report = repository.check(*arguments).report
    return {key: report[key] for key in ("verdict", "summary", "findings", "cost")}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_the_same_is_said_as_if_all_were_opened(repository: Repository, change: dict[str, str]) -> None:
    repository.git("checkout", "--quiet", "-B", "change", "main")
    repository.commit(change)
    attributes = Path(repository.path / ".git" / "info" / "attributes")
    told = said(repository, "--base", "main")
    attributes.parent.mkdir(exist_ok=True)
    attributes.write_text("*.none ident\n", encoding="utf-8")  # git may keep another text: every file is opened
    try:
        opened = said(repository, "--base", "main")
    finally:
        attributes.unlink()
    assert told == opened
    assert told == said(repository, "--base", "main", "--head", "change")
    assert (float(told["cost"]["delta"]["max"]) > 0) is bool(change)
