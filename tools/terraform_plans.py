"""
Asks the real Terraform for plans, and writes them down.

    python tools/terraform_plans.py tests/facts/terraform

`plans.txt` has a sentence and files per case: those in `was/` are applied first, if there are any, and then those in
`is/` are planned. What `terraform show -json` prints goes to `plans.json`, without what is another each time. Only
the built-in `terraform_data` is used, so that neither a provider nor the network is needed.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from terraform_facts import available, configurations, run

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_CHANGING = frozenset({"timestamp", "relevant_attributes"})


def ask(facts: Path) -> dict[str, Any]:
    """Return the plan of each case by its sentence."""
    return {sentence: plan(files) for sentence, files in configurations(facts / "plans.txt").items()}


def plan(files: Mapping[str, str]) -> Any:
    """Return what Terraform shows of the plan of a case."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        if any(path.startswith("was/") for path in files):
            _write(root, files, "was/")
            _terraform(root, "init", "-input=false")
            _terraform(root, "apply", "-auto-approve", "-input=false")
            for file in root.glob("*.tf"):
                file.unlink()
        _write(root, files, "is/")
        _terraform(root, "init", "-input=false")
        _terraform(root, "plan", "-input=false", "-out=plan.bin")
        shown = _terraform(root, "show", "-json", "plan.bin")
    told = json.loads(_ID.sub(_numbered(shown), shown))
    return {key: value for key, value in told.items() if key not in _CHANGING}


def _numbered(text: str) -> Any:
    """Return what replaces each id by its number in the order of the text."""
    numbers = {found: index for index, found in enumerate(dict.fromkeys(_ID.findall(text)))}
    return lambda found: f"00000000-0000-0000-0000-{numbers[found[0]]:012d}"


def _write(root: Path, files: Mapping[str, str], prefix: str) -> None:
    for path, text in files.items():
        if path.startswith(prefix):
            place = root / path.removeprefix(prefix)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")


def _terraform(root: Path, *arguments: str) -> str:
    done = run(root, *arguments)
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)
    return done.stdout


def main() -> None:
    """Write the answers beside the cases."""
    if not available():
        sys.exit("terraform is not on PATH")
    facts = Path(sys.argv[1])
    text = json.dumps(ask(facts), indent=1, ensure_ascii=False)
    (facts / "plans.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
