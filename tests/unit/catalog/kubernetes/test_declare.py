"""Rows of a user's own: read like the catalogue's, refused with the key where they are wrong."""

from __future__ import annotations

from typing import Any

import pytest

from guardrail.catalog.kubernetes.declare import declare
from guardrail.catalog.kubernetes.rows import builtin, rows
from guardrail.catalog.kubernetes.workload import Count, Pods, Workload
from guardrail.errors import ConfigError
from guardrail.model.value import UNBOUNDED

GOOD: dict[str, Any] = {"type": "acme.io/Trainer", "category": "ml.training", "pods": [{"template": "/spec/worker"}]}


def test_a_row_is_the_same_in_both_spellings() -> None:
    row = {
        **GOOD,
        "also": "old.acme.io",
        "cluster_scoped": True,
        "pods": [
            {
                "group": "workers",
                "template": ["/spec/a", "/spec/b"],
                "required": True,
                "desired": "/spec/size",
                "min": 1,
                "max": {"at": ["/spec/limit", "/spec/size"], "default": "unbounded", "zero": "unbounded"},
                "times": [{"at": "/spec/hosts", "default": 1, "less": 1}],
            }
        ],
        "lifetime": {"ttl_seconds": "/spec/ttl", "max_retries": {"at": "/spec/retries", "default": 3}},
        "suspended": "/spec/paused",
    }
    assert declare(row, "kinds[0]") == Workload(
        type="acme.io/Trainer",
        category="ml.training",
        also=("old.acme.io",),
        cluster_scoped=True,
        pods=(
            Pods(
                group="workers",
                template=("/spec/a", "/spec/b"),
                required=True,
                desired=Count(("/spec/size",)),
                min=Count(default=1),
                max=Count(("/spec/limit", "/spec/size"), UNBOUNDED, zero=UNBOUNDED),
                times=(Count(("/spec/hosts",), 1, less=1),),
            ),
        ),
        lifetime={"ttl_seconds": Count(("/spec/ttl",)), "max_retries": Count(("/spec/retries",), 3)},
        suspended="/spec/paused",
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param({"tipe": "x"}, "kinds[0]: unknown key 'tipe', did you mean \"type\"?", id="a misspelt key"),
        pytest.param({"type": "Trainer"}, "kinds[0].type: 'Trainer' is not <API group>/<Kind>", id="no group"),
        pytest.param({"category": "ml.trainin"}, 'did you mean "ml.training"?', id="a misspelt category"),
        pytest.param({"pods": {}}, "kinds[0].pods: must be a list", id="pods that are no list"),
        pytest.param({"pods": [1]}, "kinds[0].pods[0]: must be a mapping", id="pods that are no mapping"),
        pytest.param({"pods": [{"desired": "x"}]}, "kinds[0].pods[0].desired: 'x' is no JSON Pointer", id="no pointer"),
        pytest.param({"pods": [{"desired": -1}]}, "kinds[0].pods[0].desired: must be a whole number", id="below none"),
        pytest.param({"pods": [{"desired": True}]}, "kinds[0].pods[0].desired: must be", id="a boolean number"),
        pytest.param(
            {"pods": [{"max": {"att": "/x"}}]},
            "kinds[0].pods[0].max: unknown key 'att', did you mean \"at\"?",
            id="a misspelt count",
        ),
        pytest.param(
            {"pods": [{"times": "/x"}]},
            "kinds[0].pods[0].times: must be a list",
            id="factors that are no list",
        ),
        pytest.param(
            {"pods": [{"required": "yes"}]},
            "kinds[0].pods[0].required: must be true or false",
            id="text for a boolean",
        ),
        pytest.param({"suspended": "spec"}, "kinds[0].suspended: 'spec' is no JSON Pointer", id="a path with dots"),
        pytest.param({"lifetime": []}, "kinds[0].lifetime: must be a mapping", id="a lifetime that is no mapping"),
        pytest.param({"scaler": {}}, "kinds[0]: unknown key 'scaler'", id="what only the catalogue has"),
    ],
)
def test_what_is_wrong_is_named(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        declare({**GOOD, **change}, "kinds[0]")
    assert message in str(caught.value)


def test_a_row_without_its_type_is_refused() -> None:
    with pytest.raises(ConfigError, match="type is not given"):
        declare({"category": "other"}, "kinds[0]")


def test_rows_of_ones_own_win_over_the_catalogue() -> None:
    assert rows() is builtin()
    own = rows(({**GOOD, "type": "apps/Deployment"},))
    assert own["apps/Deployment"].category == "ml.training"
    assert own["core/Pod"] is builtin()["core/Pod"]


def test_kinds_are_declared_once() -> None:
    from guardrail.catalog.kubernetes import batch, core, free, ray, serving, training

    types = [row.type for module in (batch, core, free, ray, serving, training) for row in module.WORKLOADS]
    assert len(types) == len(set(types))
