"""
Write `data/policies/index.json`: the analysis of the built-in policies, so that a run need not repeat it.

Run it after any change to a built-in policy or to the library: `python tools/build_policy_index.py`.
"""

from __future__ import annotations

import sys

from guardrail.policy.analyse import analyse
from guardrail.policy.index import BUILTIN, FILE, render
from guardrail.policy.library import shared_module
from guardrail.policy.model import Loaded
from guardrail.policy.regorus import start_worker


def build() -> str:
    """Return the text of the index. Raises `SystemExit` for a policy that is in error."""
    shared = shared_module()
    engine = start_worker(shared)
    try:
        found = []
        for path in sorted(BUILTIN.glob("*/*.rego")):
            if path.stem != path.parent.name or path.stem == "lib":
                continue
            answer = analyse(engine, path.read_bytes(), f"guardrail/policies/{path.stem}/{path.name}", "builtin")
            if not isinstance(answer, Loaded):
                sys.exit(f"{answer.place}: {answer.message}")
            found.append(answer)
    finally:
        engine.close()
    return render(shared.source, found)


if __name__ == "__main__":
    FILE.write_text(build(), encoding="utf-8")
