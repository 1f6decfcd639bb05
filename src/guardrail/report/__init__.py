"""
What is printed. Every reporter is a function from what is known to text; nothing here reads or writes.

`REPORTERS` holds those of `guardrail check`, by the name of the format: report, in colour or not, columns.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from guardrail.model.report import Report
from guardrail.report import as_json, terminal
from guardrail.report.as_json import render_cost as cost_json
from guardrail.report.explain import explanation
from guardrail.report.graph_json import render as graph_json
from guardrail.report.terminal import render_cost as cost_terminal

REPORTERS: Final[Mapping[str, Callable[[Report, bool, int], str]]] = {
    "json": as_json.render,
    "terminal": terminal.render,
}

__all__ = ["REPORTERS", "cost_json", "cost_terminal", "explanation", "graph_json"]
