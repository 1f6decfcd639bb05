"""
An author who calls what is deployed by itself, so that it looks like a module: with other arguments, or no times.

A folder that was a root stays one, whoever calls it now; and what was judged as a root because nobody called it costs
more once somebody does.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from .repositories import Repository

CONFIG = "version: 1\n"
PROVIDER = 'provider "aws" {\n  region = "us-east-1"\n}\n'
MACHINE = 'resource "aws_instance" "a" {\n  ami           = "ami-1"\n  instance_type = var.size\n}\n'
VARIABLE = 'variable "size" {\n  default = "SIZE"\n}\n'
CALL = 'module "a" {\n  source = "../live"\n  ARGUMENT\n}\n'


def live(size: str) -> str:
    return VARIABLE.replace("SIZE", size) + MACHINE


SMALL, BIG = live("t3.micro"), live("m5.24xlarge")


@pytest.mark.parametrize("everything", [(), ("--all",)])
@pytest.mark.parametrize(
    ("base", "head", "delta"),
    [
        pytest.param(SMALL, {"live/main.tf": BIG}, "3356.248", id="called by nobody"),
        pytest.param(
            SMALL,
            {"live/main.tf": BIG, "other/main.tf": CALL.replace("ARGUMENT", "count = 0")},
            "3356.248",
            id="called no times",
        ),
        pytest.param(
            SMALL,
            {"live/main.tf": BIG, "other/main.tf": PROVIDER + CALL.replace("ARGUMENT", 'size = "t3.micro"')},
            "3363.84",
            id="called with another size",
        ),
        pytest.param(
            BIG,
            {"other/main.tf": PROVIDER + CALL.replace("ARGUMENT", 'size = "m5.24xlarge"')},
            "3363.84",
            id="called for the first time",
        ),
    ],
)
def test_a_root_that_is_called_stays_one(
    repository: Repository, base: str, head: Mapping[str, str], delta: str, everything: tuple[str, ...]
) -> None:
    repository.commit({"guardrail.yaml": CONFIG, "live/p.tf": PROVIDER, "live/main.tf": base})
    repository.propose(head)
    told = repository.check("--base", "main", "--head", "change", "--trusted", "main", *everything)
    assert (told.code, told.report["cost"]["delta"]["expected"]) == (1, delta)
    assert "cost-increase" in told.blocking


def test_a_root_that_is_gone_is_none(repository: Repository) -> None:
    repository.commit({"guardrail.yaml": CONFIG, "live/p.tf": PROVIDER, "live/main.tf": BIG})
    repository.git("checkout", "--quiet", "-b", "change")
    repository.remove("live/p.tf", "live/main.tf")
    repository.commit({"other/main.tf": CALL.replace("ARGUMENT", 'size = "t3.micro"')})
    told = repository.judge()
    assert [unit for unit in told.report["untouched"] if unit == "live"] == []
    assert told.report["cost"]["delta"]["expected"] == "-3363.84"
