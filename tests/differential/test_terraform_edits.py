"""What an edit writes is read back by Terraform as the value that was asked for; skipped where there is none."""

from __future__ import annotations

import json
import random
import shutil
import tempfile
import unicodedata
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import terraform_facts
from edited import edited, root_of

from guardrail.frontends.terraform.edits import assign

pytestmark = pytest.mark.skipif(
    shutil.which("terraform") is None, reason="terraform is not on PATH: it is not asked how it reads what edits write"
)

NUMBER = 300
SIGNS = ["${", "%{", "$${", "%%{", "$$${", "$", "%", "{", "}", '"', "\\", "\n", "\r", "\t", "\x00", "\x7f", "é", "🚀"]
MORE = [
    "\u2028",
    "\ufeff",
    "\u200b",
    "//",
    "#",
    "/*",
    "<<EOT\n",
    "a",
    "B",
    " ",
    "~}",
    "${a}",
    "%{ if x }",
    "\U000e0001",
]


def _text(dice: random.Random) -> str:
    return unicodedata.normalize("NFC", "".join(dice.choices(SIGNS + MORE, k=dice.randrange(8))))


def _value(dice: random.Random, depth: int = 0) -> Any:
    """Return any plain value; no number that JSON would round."""
    kind = dice.randrange(7 if depth < 3 else 5)
    if kind < 2:
        return _text(dice)
    if kind == 2:
        return dice.choice([None, True, False])
    if kind == 3:
        return dice.choice([dice.randrange(-(10**15), 10**15), 0, 1])
    if kind == 4:
        return Decimal(dice.randrange(-(10**6), 10**6)) / 1000
    if kind == 5:
        return [_value(dice, depth + 1) for _ in range(dice.randrange(4))]
    return {_text(dice): _value(dice, depth + 1) for _ in range(dice.randrange(4))}


def _plain(value: Any) -> Any:
    """Return a value with its numbers as JSON has them, and as Terraform encodes it, which leaves no null out."""
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize("ending", [".tf", ".tf.json"], ids=["native syntax", "JSON syntax"])
def test_terraform_reads_what_was_asked_for(ending: str) -> None:
    dice = random.Random(5)
    values = [_value(dice) for _ in range(NUMBER)]
    if ending == ".tf.json":  # what is refused there
        values = [each for each in values if not any(sign in json.dumps(_plain(each)) for sign in ("\\r", "\\ufeff"))]
    with tempfile.TemporaryDirectory() as folder:
        for number, value in enumerate(values):
            Path(folder, f"m{number}{ending}").write_bytes(_written(value, number, ending).encode())
        outputs = "".join(
            f'output "o{number}" {{\n  value = jsonencode(local.v{number})\n}}\n' for number in range(len(values))
        )
        Path(folder, "outputs.tf").write_text(outputs, encoding="utf-8")
        plan, problems = terraform_facts.plan(Path(folder))
    assert plan is not None, problems
    for number, value in enumerate(values):
        assert json.loads(plan["planned_values"]["outputs"][f"o{number}"]["value"]) == _plain(value)


def _written(value: Any, number: int, ending: str) -> str:
    """Return a file with a local that an edit gave a value to, the resource that refers to it taken out again."""
    resource = 'resource "terraform_data" "a" {\n  input = local.v\n}\n'
    text = f"locals {{\n  v{number} = 17\n}}\n" if ending == ".tf" else f'{{"locals": {{"v{number}": 17}}}}'
    root = root_of({f"main{ending}": text, "other.tf": resource.replace("local.v", f"local.v{number}")})
    return edited(root, assign(root, ".//terraform_data.a", "/input", value))
