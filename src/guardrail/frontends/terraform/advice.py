"""What to do about what goes wrong in Terraform configuration, by the code of the diagnostic."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from guardrail.frontends.budget import PARTS

ADVICE: Final[Mapping[str, str]] = {
    "hcl-evaluation": (
        "Terraform would stop here too. If it rests on a variable without a useful default, give it a value: in a"
        " *.tfvars file, or in `var_files` of a stack under `units` in guardrail.yaml."
    ),
    "hcl-reference": (
        "Declare it in this folder. If the files are parts that some script puts together elsewhere, leave the folder"
        " out: `exclude` in guardrail.yaml."
    ),
    "hcl-cycle": "Terraform refuses it as well: have one of them no longer refer to the next.",
    "hcl-undeclared": "Correct the name, remove the line, or declare the variable.",
    "hcl-missing": "Give the call a value for it, or the variable a default.",
    "hcl-module": "Correct `source`, or map it to a folder of the repository: `modules` in guardrail.yaml.",
    "hcl-type": "Write a type, such as string, list(string) or object({ name = string }).",
    "hcl-unsupported": "Correct the spelling; what stands there is not judged.",
    "hcl-declaration": "Remove it, or give it a name of its own.",
    "refused": "What rests on this stays not known. Where a policy needs it, write the value out.",
    "limit-instances": "State fewer, or have the number come from a variable with a smaller default.",
    "limit-modules": "Call fewer modules from one root: split it.",
    "limit-steps": "Split the root; what was not evaluated any more is not known.",
    "limit-resources": PARTS,
    "limit-diagnostics": "Correct what is told, and look again.",
    "limit-depth": "Shorten the chain of values that refer to each other.",
}


def advice(code: str) -> str:
    """Return what to do next, empty where the message says it all."""
    return ADVICE.get(code, "")
