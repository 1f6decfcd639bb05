"""
The order of a run, written once: sources, frontends, graph, prices, policies, verdict.

`check` judges, `price` and `document` stop half-way, `policies` and `configuration` say what a check would ask.
"""

from __future__ import annotations

from guardrail.run.check import check, document, price, price_by_book
from guardrail.run.request import Request, silent
from guardrail.run.rules import Listed, configuration, policies

__all__ = [
    "Listed",
    "Request",
    "check",
    "configuration",
    "document",
    "policies",
    "price",
    "price_by_book",
    "silent",
]
