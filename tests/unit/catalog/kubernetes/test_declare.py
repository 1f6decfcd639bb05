"""Rows of a user's own: read like the catalogue's, refused with the key where they are wrong."""

from __future__ import annotations

from dataclasses import fields
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import pytest

from guardrail.catalog import kubernetes as package
from guardrail.catalog.kubernetes.declare import _READERS, RECORDS, declare, read
from guardrail.catalog.kubernetes.rows import builtin, rows
from guardrail.catalog.kubernetes.workload import Ask, Case, Count, Join, Nested, Pods, Scaler, Spread, Workload
from guardrail.errors import ConfigError
from guardrail.model.value import UNBOUNDED, Unknown

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
        pytest.param({"scaler": {}}, "kinds[0].scaler: target is not given", id="a scaler of nobody"),
        pytest.param({"controller": "ray"}, "kinds[0]: unknown key 'controller'", id="what only code can say"),
        pytest.param(
            {"pods": [{"desired": "spec.size"}]},
            "'spec.size' is no JSON Pointer; it begins with a slash; did you mean /spec/size?",
            id="a path with dots, and the pointer that is meant",
        ),
        pytest.param({"pods": [{"named": "/a~b"}]}, "'/a~b' is no JSON Pointer", id="a tilde that escapes nothing"),
        pytest.param(
            {"lifetime": {"ttl_second": "/spec/ttl"}},
            "kinds[0].lifetime: unknown fact 'ttl_second', did you mean \"ttl_seconds\"?",
            id="a fact that nobody reads",
        ),
        pytest.param({"category": "other"}, "kinds[0]: category is not given", id="pods that no policy would find"),
        pytest.param({"template": ["/spec"]}, "kinds[0].template: must be true or false", id="a list for a boolean"),
        pytest.param(
            {"refers": {"/spec/ref/name": "Runtime"}},
            "kinds[0].refers./spec/ref/name: 'Runtime' is not <API group>/<Kind>",
            id="a type without its group",
        ),
        pytest.param(
            {"joins": [{"name": "/spec/runtime"}]}, "kinds[0].joins[0]: types is not given", id="a join with anything"
        ),
        pytest.param({"pods": [{"min": {"zero": 1}}]}, "kinds[0].pods[0].min.zero: is", id="nothing that means one"),
        pytest.param(
            {"pods": [{"max": {"default": "unlimited"}}]},
            'kinds[0].pods[0].max.default: must be a whole number, "unbounded" or "unknown"',
            id="a word that means no number",
        ),
    ],
)
def test_what_is_wrong_is_named(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        declare({**GOOD, **change}, "kinds[0]")
    assert message in str(caught.value)


def test_everything_is_told_that_is_wrong_with_a_row() -> None:
    row = {"type": "Trainer", "categry": "other", "pods": [{"desired": "spec"}, {"template": 1}], "lifetime": {"x": []}}
    found, problems = read(row, "kinds[0]")
    assert found is None
    assert [(one.path, one.key) for one in problems] == [
        (("type",), False),
        (("categry",), True),
        (("pods", "0", "desired"), False),
        (("pods", "1", "template"), False),
        (("lifetime", "x"), False),
    ]


@pytest.mark.parametrize("record", RECORDS.values(), ids=lambda one: one.__name__)
def test_every_field_can_be_written(record: type) -> None:
    known = {
        *_READERS,
        *RECORDS,
        *(f"tuple[{name}, ...]" for name in RECORDS),
        *(f"Optional[{name}]" for name in RECORDS),
    }
    assert {str(one.type) for one in fields(record) if one.name != "controller"} <= known


FULL: dict[str, Any] = {
    "type": "acme.io/Fleet",
    "category": "ml.endpoint",
    "template": False,
    "stopped": "/metadata/annotations/acme.io~1stopped",
    "refers": {"/spec/queue": "kueue.x-k8s.io/LocalQueue"},
    "joins": [
        {"name": "/spec/runtime", "types": ["acme.io/Runtime"], "homes": "acme", "leave": ["replicas"], "present": True}
    ],
    "nested": [{"each": "/spec/jobs", "at": "/template", "times": ["/count"]}],
    "scaler": {"target": "/spec/of", "min": 0, "max": {"at": "/spec/most", "default": "unbounded"}, "cooldown": 300},
    "pods": [
        {
            "each": "/spec/pools/*/roles",
            "named": "/name",
            "template": "",
            "pod": "",
            "asks": [{"amount": "/gpu", "resource": "nvidia.com/gpu", "named": "/gpuType"}],
            "selects": {"node.kubernetes.io/instance-type": "/machine"},
            "whole": True,
            "unread": {"/claims": "claims are not counted"},
            "desired": {"at": ["/replicas", "^/replicas", "#/spec/replicas"], "words": {"none": 0}, "default": 1},
            "max": {"at": "/most", "by": "/ranks", "most": "#/spec/nodes", "default": "unknown"},
            "cases": [{"at": "#/spec/mode", "words": ["fixed"]}],
            "spread": {"devices": ["/tensor", {"at": "/pipeline", "default": 1}], "less": 1},
        }
    ],
}


def test_a_row_may_have_all_that_the_catalogue_has() -> None:
    row = declare(FULL, "kinds[0]")
    (pods,) = row.pods
    assert pods.asks == (Ask(amount=("/gpu",), resource="nvidia.com/gpu", named="/gpuType"),)
    assert pods.selects == {"node.kubernetes.io/instance-type": ("/machine",)}
    assert pods.desired == Count(("/replicas", "^/replicas", "#/spec/replicas"), 1, words={"none": 0})
    assert pods.max is not None
    assert (pods.max.by, pods.max.most) == (("/ranks",), ("#/spec/nodes",))
    assert isinstance(pods.max.default, Unknown)
    assert pods.cases == (Case(at="#/spec/mode", words=frozenset({"fixed"})),)
    assert pods.spread == Spread(devices=(Count(("/tensor",)), Count(("/pipeline",), 1)), less=1)
    assert row.joins == (
        Join(
            name="/spec/runtime",
            types=("acme.io/Runtime",),
            homes=("acme",),
            leave=frozenset({"replicas"}),
            present=True,
        ),
    )
    assert row.nested == (Nested(each="/spec/jobs", at="/template", times=(Count(("/count",)),)),)
    assert row.scaler == Scaler(
        target="/spec/of", min=Count(default=0), max=Count(("/spec/most",), UNBOUNDED), cooldown=Count(default=300)
    )


def test_a_row_without_its_type_is_refused() -> None:
    with pytest.raises(ConfigError, match="type is not given"):
        declare({"category": "other"}, "kinds[0]")


def test_rows_of_ones_own_win_over_the_catalogue() -> None:
    assert rows() is builtin()
    own = rows(({**GOOD, "type": "apps/Deployment"},))
    assert own["apps/Deployment"].category == "ml.training"
    assert own["core/Pod"] is builtin()["core/Pod"]


def test_kinds_are_declared_once_and_none_is_forgotten() -> None:
    modules = [import_module(f"{package.__name__}.{one.name}") for one in iter_modules(package.__path__)]
    declared = [row for module in modules for row in getattr(module, "WORKLOADS", ())]
    served = [(row.type.rpartition("/")[2], row.type.rpartition("/")[0], row.also) for row in declared]
    types = [f"{group}/{kind}" for kind, own, also in served for group in (own, *also)]
    assert len(types) == len(set(types))
    assert sorted(types) == sorted(builtin())
