"""HCL, native and JSON: text to tree, with positions."""

from __future__ import annotations

from guardrail.frontends.terraform.syntax.body import parse
from guardrail.frontends.terraform.syntax.json import parse_json, parse_json_values
from guardrail.frontends.terraform.syntax.parser import parse_expression, parse_template
from guardrail.frontends.terraform.syntax.problems import HclSyntaxError, SyntaxProblem
from guardrail.frontends.terraform.syntax.source import File

__all__ = [
    "File",
    "HclSyntaxError",
    "SyntaxProblem",
    "parse",
    "parse_expression",
    "parse_json",
    "parse_json_values",
    "parse_template",
]
