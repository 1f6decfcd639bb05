"""
Prices of plain machines under the names of services that run them for people.

SageMaker takes 15 to 40 % more than EC2 for the same machine, Vertex AI 15 % more than Compute Engine, Azure ML nothing
more than the machine costs. A list that copies the plain price, or adds what somebody guesses, shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Final

from guardrail.pricing.checks.problem import Problem, Winners, against, more_than_a_year
from guardrail.pricing.rows import Key, Row

_SAGEMAKER: Final = (Decimal("1.12"), Decimal("1.45"))
_VERTEX: Final = (Decimal("1.10"), Decimal("1.20"))
_AZURE_ML: Final = (Decimal("0.99"), Decimal("1.01"))
"""Measured in the rows at hand: 1.15 to 1.402, 1.141 to 1.158, 1."""


def managed(winners: Winners, rows: Iterable[Row]) -> Iterator[Problem]:
    """Yield machines of such services that are not so much dearer than the plain ones of their name and region."""
    for row in rows:
        if row.key.option != "on-demand" or row.key.unit != "hour":
            continue
        plain = winners.get(_plain(row.key))
        if plain is None or plain.key == row.key:
            continue
        least, most = _bounds(row.key.service)
        ratio = row.usd / plain.usd
        if not least <= ratio <= most:
            why = f"{ratio:.3f} times the plain machine, where it is {least} to {most}"
            stale = more_than_a_year(row.age, plain.age)  # whose price has changed since
            yield against("managed", row, plain, why, refuses=not stale)


def _plain(key: Key) -> Key:
    """Return the key of the machine by itself; that of anything else is its own."""
    if key.service.startswith("sagemaker-") and key.sku.startswith("ml."):
        return key._replace(service="ec2", sku=key.sku.removeprefix("ml."))
    if key.service in ("vertex-prediction", "vertex-training"):
        return key._replace(service="gce-machine")
    return key._replace(service="azure-vm") if key.service.startswith("azureml-") else key


def _bounds(service: str) -> tuple[Decimal, Decimal]:
    if service.startswith("sagemaker-"):
        return _SAGEMAKER
    return _VERTEX if service.startswith("vertex-") else _AZURE_ML
