"""Every kind of Kubernetes object that is understood, by type, together with the rows of a user's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from guardrail.catalog.kubernetes.workload import Workload

Rows = Mapping[str, Workload]


@cache
def builtin() -> Rows:
    """Return the rows of the catalogue by type, the other groups that serve a kind included."""
    from guardrail.catalog.kubernetes import (
        batch,
        core,
        distributions,
        engines,
        free,
        kserve,
        kueue,
        models,
        nodes,
        nvidia,
        ray,
        scaling,
        seldon,
        serving,
        training,
        workflows,
    )

    modules = (
        core,
        batch,
        kueue,
        ray,
        training,
        workflows,
        engines,
        serving,
        kserve,
        nvidia,
        models,
        seldon,
        scaling,
        nodes,
        free,
    )
    return {type_: row for module in (*modules, distributions) for row in module.WORKLOADS for type_ in _types(row)}


def rows(own: Sequence[Mapping[str, Any]] = ()) -> Rows:
    """Return the catalogue with a user's own rows, which win. A row that is wrong raises `ConfigError`."""
    if not own:
        return builtin()
    from guardrail.catalog.kubernetes.declare import declare

    declared = [declare(row, f"kubernetes.kinds[{index}]") for index, row in enumerate(own)]
    return {**builtin(), **{type_: row for row in declared for type_ in _types(row)}}


def _types(row: Workload) -> tuple[str, ...]:
    kind = row.type.rpartition("/")[2]
    return (row.type, *(f"{group}/{kind}" for group in row.also))
