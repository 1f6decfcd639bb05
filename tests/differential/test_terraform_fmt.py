"""Our parser accepts what `terraform fmt` accepts, and nothing else; skipped where there is no Terraform."""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from guardrail.frontends.terraform.syntax import parse

TERRAFORM = shutil.which("terraform")
pytestmark = pytest.mark.skipif(TERRAFORM is None, reason="terraform is not on PATH: the syntax oracle is not asked")

SAMPLES = [path.read_text(encoding="utf-8") for path in sorted(Path(__file__).parent.glob("samples/*.tf"))]
_TOKEN = re.compile(r"[^\W\d][\w-]*|[0-9]+|\s+|\$\{|%\{|.", re.DOTALL)
_INSERTED = [
    *"{}()[]\"\n,=:?.*!-#\\$%1'`;&|@~^é²\u00a0\ufeff\r\t ",
    *("${", "%{", "~}", "${~", "...", "=>", "[*]", ".*", "==", "&&", "||", "::", "//", "/*", "*/", "$$", "$${", "%%{"),
    *(
        "<<E\n",
        "<<-E\n",
        "E\n",
        "\nE\n",
        "for ",
        "if ",
        "in ",
        "else",
        "endif",
        "0.1",
        "1e5",
        "a.0.1",
        "\\n",
        "\\u00e9",
    ),
    *("%{ if a }", "%{ endif }", "%{ for a in b }", "%{ endfor }", "%{ else }", '"a"', "null", "{for a in b: a => b}"),
]


def _mutant(text: str, chance: random.Random) -> str:
    tokens = _TOKEN.findall(text)
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        at, other = chance.randrange(len(tokens)), chance.randrange(len(tokens))
        match chance.randrange(5):
            case 0:
                tokens[at : at + chance.randrange(1, 5)] = [""]
            case 1:
                tokens.insert(at, chance.choice(_INSERTED))
            case 2:
                tokens[at] = chance.choice(_INSERTED)
            case 3:
                tokens[at], tokens[other] = tokens[other], tokens[at]
            case _:
                tokens.insert(at, tokens[other])
    return "".join(tokens)


def _rejected(texts: list[str], folder: Path) -> set[int]:
    """Return which of the texts Terraform cannot parse; one process for all."""
    for number, text in enumerate(texts):
        (folder / f"m{number}.tf").write_bytes(text.encode())
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "CHECKPOINT_DISABLE": "1"}
    done = subprocess.run(
        ["terraform", "fmt", "-no-color", "-write=false", "-list=false", "."],
        cwd=folder, env=environment, capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    return {int(number) for number in re.findall(r"on m(\d+)\.tf line", done.stderr.decode(errors="replace"))}


def test_samples_are_valid(tmp_path: Path) -> None:
    assert _rejected(SAMPLES, tmp_path) == set()
    assert [parse(text, "sample.tf").errors for text in SAMPLES] == [()] * len(SAMPLES)


@pytest.mark.parametrize("seed", range(2))
def test_mutants_get_the_same_verdict(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    texts = [_mutant(chance.choice(SAMPLES), chance) for _ in range(400)]
    rejected = _rejected(texts, tmp_path)
    assert 100 < len(rejected) < 390  # else the mutations prove nothing
    differing = [text for number, text in enumerate(texts) if bool(parse(text, "m.tf").errors) != (number in rejected)]
    assert differing == []
