"""`guardrail prices show`: what goes together, and what is said of what does not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from guardrail.cli.main import main


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param([], "name a MACHINE, a --region, or a machine to be --like", id="nothing"),
        pytest.param(["g5.xlarge", "--like", "g5.xlarge"], "either MACHINE or --like", id="two questions"),
        pytest.param(["g5.xlarge", "--accelerator", "a10g"], "--accelerator goes with --region", id="a machine's own"),
        pytest.param(["--accelerator", "a100"], "name a MACHINE", id="accelerators nowhere"),
        pytest.param(["g5.xlage"], 'did you mean "g5.xlarge"?', id="a slip of a machine"),
        pytest.param(["g5.xlarge", "--region", "us-east-11"], 'did you mean "us-east-1"?', id="a slip of a region"),
        pytest.param(["--region", "eastus", "--accelerator", "h10"], "did you mean", id="a slip of an accelerator"),
        pytest.param(["--like", "p4d.24xlage"], 'did you mean "p4d.24xlarge"?', id="a slip of what it is to be like"),
        pytest.param(["trn2.48xlarge"], "sold in capacity blocks only", id="a machine without a price"),
        pytest.param(["g5.xlarge", "--format", "xml"], "'xml' is not one of", id="a format that there is not"),
        pytest.param(["g5.xlarge", "--output", "no/such/folder/x"], "cannot write", id="a folder that is not there"),
        pytest.param(["g5.xlarge\x1b[31m"], r"g5.xlarge\x1b[31m", id="what would colour a terminal"),
    ],
)
def test_what_cannot_be_meant_is_refused(arguments: list[str], says: str) -> None:
    told = CliRunner().invoke(main, ["prices", "show", *arguments])
    assert told.exit_code == 2
    assert says in told.output
    assert told.stdout == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ["p5.48xlarge"],
        ["--region", "us-east-1", "--region", "eastus", "--accelerator", "h100"],
        ["--like", "Standard_ND96isr_H100_v5"],
    ],
)
def test_an_answer_goes_to_a_file_in_any_format(tmp_path: Path, arguments: list[str]) -> None:
    for style in ("terminal", "csv", "json"):
        file = tmp_path / style
        told = CliRunner().invoke(main, ["prices", "show", *arguments, "--format", style, "--output", str(file)])
        assert (told.exit_code, told.output) == (0, "")
        assert "p5.48xlarge" in file.read_text("utf-8")
    assert json.loads((tmp_path / "json").read_text("utf-8"))["schema"] == "guardrail.price-list/v1"
