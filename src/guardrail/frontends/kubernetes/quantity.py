"""Quantities of Kubernetes, as the catalogue reads them."""

from __future__ import annotations

from guardrail.catalog.kubernetes.quantity import MILLIS, QuantityError, gibibytes, named, units, wrong

__all__ = ["MILLIS", "QuantityError", "gibibytes", "named", "units", "wrong"]
