from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Optional

import pytest

from guardrail.config.settings import PolicySettings, Settings
from guardrail.errors import ConfigError
from guardrail.model.finding import Level
from guardrail.model.place import Place
from guardrail.policy.model import Library
from guardrail.policy.parameters import Parameters, level, resolve_parameters
from guardrail.policy.schema import SchemaError, check_schema, complete

PLACE = Place("guardrail.yaml", 9, 5)
UNITS: Mapping[str, Optional[str]] = {"infra/dev": "dev", "infra/prod": "prod", "k8s": None}


def resolve(library: Library, policies: Mapping[str, PolicySettings], **more: Any) -> Parameters:
    settings = Settings(policies=policies, allocation=more.pop("allocation", {"team": ("team", "owner")}))
    return resolve_parameters(library.policies, settings, UNITS, **more)


def test_what_has_no_default_is_off_with_the_reason(library: Library) -> None:
    assert resolve(library, {}).off == {
        "gpu-family-allowlist": "parameter allow is not given",
        "region-restriction": "parameter allow is not given",
        "required-tags": "parameter keys is not given",
    }


def test_defaults_are_complete_and_converted(library: Library) -> None:
    params = resolve(library, {})
    assert params.default["cost-increase"] == {
        "max_increase": 1_000_000_000,
        "max_increase_percent": 1500,
        "min_base_for_percent": 100_000_000,
    }
    assert params.default["ttl-required"]["max_seconds"]["namespace"] == 1_209_600
    assert params.units["cost-increase"] == {}


def test_the_nearest_layer_wins(library: Library) -> None:
    params = resolve(
        library,
        {
            "max-replicas": PolicySettings(
                params={"max": 30},
                environments={"dev": PolicySettings(params={"max": 10, "max_accelerated": 1})},
                units={"infra/prod": PolicySettings(params={"max": 50})},
            )
        },
    )
    assert params.of("max-replicas", "k8s") == {"max": 30, "max_accelerated": 8}
    assert params.of("max-replicas", "infra/dev") == {"max": 10, "max_accelerated": 1}
    assert params.of("max-replicas", "infra/prod") == {"max": 50, "max_accelerated": 8}
    assert params.of("max-replicas", None) == {"max": 30, "max_accelerated": 8}
    assert set(params.units["max-replicas"]) == {"infra/dev", "infra/prod"}


def test_objects_with_named_members_are_joined_lists_replaced(library: Library) -> None:
    params = resolve(
        library,
        {
            "ttl-required": PolicySettings(
                params={"max_seconds": {"workload.batch": 60}},
                units={"k8s": PolicySettings(params={"max_seconds": {"ml.training": 70}})},
            ),
            "required-tags": PolicySettings(
                params={"keys": ["team"]}, units={"k8s": PolicySettings(params={"keys": ["owner"]})}
            ),
        },
    )
    assert params.of("ttl-required", "k8s")["max_seconds"] == {
        "workload.batch": 60,
        "ml.training": 70,
        "namespace": 1_209_600,
    }
    assert params.of("required-tags", "k8s")["keys"] == ["owner"]


def test_a_policy_may_be_configured_in_one_unit_only(library: Library) -> None:
    params = resolve(
        library, {"required-tags": PolicySettings(units={"k8s": PolicySettings(params={"keys": ["team"]})})}
    )
    assert "required-tags" not in params.off
    assert params.speaks("required-tags", "k8s")
    assert not params.speaks("required-tags", "infra/prod")


def test_a_level_of_off_is_off(library: Library) -> None:
    params = resolve(
        library,
        {
            "max-replicas": PolicySettings(level="off"),
            "ttl-required": PolicySettings(environments={"dev": PolicySettings(level="off")}),
        },
    )
    assert params.off["max-replicas"] == "its level is off"
    assert "ttl-required" not in params.off
    assert params.silent["ttl-required"] == {"infra/dev"}
    assert not params.speaks("max-replicas", None)


@pytest.mark.parametrize(
    ("unit", "environment", "wanted"),
    [(None, None, "warn"), ("a", "dev", "off"), ("b", "dev", "deny"), ("c", None, "warn")],
)
def test_level(unit: Optional[str], environment: Optional[str], wanted: Level, library: Library) -> None:
    said = PolicySettings(
        level="warn",
        environments={"dev": PolicySettings(level="off")},
        units={"b": PolicySettings(level="deny")},
    )
    policy = library.policies["max-replicas"]
    assert level(policy, Settings(policies={"max-replicas": said}), unit, environment) == wanted


def test_only_and_skip(library: Library) -> None:
    assert resolve(library, {}, only=["max-replicas"]).off["ttl-required"] == "not among those of --only"
    assert "max-replicas" not in resolve(library, {}, only=["max-replicas"]).off
    assert resolve(library, {}, skip=["max-replicas"]).off["max-replicas"] == "left out with --skip"


def test_labels_of_teams_come_from_the_allocation_where_they_count(library: Library) -> None:
    with_teams = {"allow": ["t4"], "by_team": {"research": ["h100"]}}
    policy = "gpu-family-allowlist"
    assert resolve(library, {policy: PolicySettings(params={"allow": ["t4"]})}).default[policy]["team_labels"] == []
    found = resolve(library, {policy: PolicySettings(params=with_teams)}, allocation={"team": ("squad",)})
    assert found.default[policy]["team_labels"] == ["squad"]
    own = resolve(library, {policy: PolicySettings(params={**with_teams, "team_labels": ["x"]})})
    assert own.default[policy]["team_labels"] == ["x"]


@pytest.mark.parametrize(
    ("policy", "params", "message"),
    [
        pytest.param(
            "max-replicas",
            {"max": "ten"},
            "params.max: 'ten' is not a number; write digits alone, without unit or separator",
            id="text for a number",
        ),
        pytest.param("max-replicas", {"max": 2.5}, "params.max: 2.5 is not a whole number", id="a fraction"),
        pytest.param("max-replicas", {"max": True}, "params.max: True is not a number", id="true for a number"),
        pytest.param(
            "max-replicas", {"max": -1}, "params.max: -1 does not fit; it is at least 0", id="below the minimum"
        ),
        pytest.param(
            "max-replicas",
            {"maxx": 1},
            "params.maxx: there is no 'maxx', did you mean \"max\"?",
            id="a misspelt parameter",
        ),
        pytest.param(
            "region-restriction",
            {"allow": {"amazon": ["us-east-1"]}},
            "params.allow.amazon: there is no 'amazon'; there are aws, gcp, azure, kubernetes",
            id="a provider that would restrict nothing",
        ),
        pytest.param(
            "gpu-family-allowlist",
            {"allow": ["t4", "h1000"]},
            "params.allow.1: 'h1000' is no family of accelerators, did you mean \"h100\"?",
            id="a misspelt family",
        ),
        pytest.param(
            "gpu-family-allowlist",
            {"by_team": {"a": ["h100-80gb"]}},
            "params.by_team.a.0: 'h100-80gb' is no family of accelerators; its family is h100",
            id="a model for a family",
        ),
        pytest.param(
            "required-tags", {"keys": "team"}, "params.keys: 'team' is not a list; write [team]", id="text for a list"
        ),
        pytest.param(
            "required-tags", {"keys": [1]}, "params.keys.0: 1 is not a text; put it in quotes", id="a number for a text"
        ),
        pytest.param("required-tags", {"keys": ["a", "a"]}, "params.keys: a member occurs twice", id="a member twice"),
        pytest.param(
            "required-tags",
            {"keys": ["a"], "patterns": {"a": "("}},
            "params.patterns.a: '(' is not an RE2 pattern: missing ): (",
            id="no pattern",
        ),
        pytest.param(
            "required-tags",
            {"keys": ["a"], "patterns": {"a": "(?<=b)a"}},
            "params.patterns.a: '(?<=b)a' is not an RE2 pattern: invalid perl operator: (?<=",
            id="look-behind",
        ),
        pytest.param(
            "required-tags",
            {"keys": ["a"], "case_insensitive": "yes"},
            "params.case_insensitive: 'yes' is neither true nor false",
            id="a word for true",
        ),
        pytest.param(
            "region-restriction",
            {"allow": ["us-east-1"]},
            "params.allow: ['us-east-1'] is not a mapping",
            id="a list for a mapping",
        ),
        pytest.param(
            "region-restriction",
            {"allow": {1: []}},
            "params.allow: the key 1 is not a text; put it in quotes",
            id="a number for a key",
        ),
        pytest.param(
            "cost-increase",
            {"max_increase": 0.0000001},
            "params.max_increase: 1E-7 has more than 6 decimals",
            id="less than a micro-dollar",
        ),
        pytest.param(
            "cost-increase",
            {"max_increase_percent": 1.234},
            "params.max_increase_percent: 1.234 has more than 2 decimals",
            id="less than a basis point",
        ),
        pytest.param(
            "cost-increase",
            {"max_increase": float("inf")},
            "params.max_increase: inf is out of range",
            id="no number at all",
        ),
    ],
)
def test_a_wrong_value_is_an_error_with_its_place(
    policy: str, params: Mapping[str, Any], message: str, library: Library
) -> None:
    with pytest.raises(ConfigError) as caught:
        resolve(library, {policy: PolicySettings(params=params, place=PLACE)})
    assert caught.value.message == f"policies.{policy}.{message}"
    assert caught.value.place == PLACE


def test_the_place_is_that_of_the_layer_in_error(library: Library) -> None:
    there = Place("guardrail.yaml", 30, 7)
    said = PolicySettings(
        params={"max": 3}, place=PLACE, units={"k8s": PolicySettings(params={"max": "x"}, place=there)}
    )
    with pytest.raises(ConfigError) as caught:
        resolve(library, {"max-replicas": said})
    assert caught.value.place == there


def test_a_policy_that_does_not_exist(library: Library) -> None:
    with pytest.raises(ConfigError, match='there is no policy "max-replica", did you mean "max-replicas"') as caught:
        resolve(library, {"max-replica": PolicySettings(place=PLACE)})
    assert caught.value.place == PLACE
    assert resolve(library, {"max-replica": PolicySettings()}, refused=True).default


@pytest.mark.parametrize("own", ["scan-incomplete", "guardrail-config-changed"])
def test_the_engines_own_findings_have_a_level_too(own: str, library: Library) -> None:
    assert resolve(library, {own: PolicySettings(level="warn")}).default


@pytest.mark.parametrize(
    ("value", "micros"), [(20000, 20_000_000_000), (0.01, 10_000), ("x", None), (Decimal("1.5"), 1_500_000)]
)
def test_dollars_become_micro_dollars(value: Any, micros: Optional[int]) -> None:
    schema = check_schema(
        {"type": "object", "properties": {"limit": {"type": "number", "format": "usd", "default": 1}}}
    )
    if micros is None:
        with pytest.raises(SchemaError):
            complete(schema, {"limit": value})
    else:
        assert complete(schema, {"limit": value}) == {"limit": micros}


def test_a_default_that_does_not_fit_is_an_error_of_the_schema() -> None:
    with pytest.raises(SchemaError) as caught:
        check_schema({"type": "object", "properties": {"n": {"type": "integer", "minimum": 3, "default": 2}}})
    assert (caught.value.pointer, caught.value.message) == ("/n", "2 does not fit; it is at least 3")


@pytest.mark.parametrize(
    "schema",
    [
        pytest.param([], id="a list"),
        pytest.param({"type": "array"}, id="no object"),
        pytest.param({"type": "object", "additionalProperties": {"type": "string"}}, id="parameters without names"),
        pytest.param({"type": "object", "required": ["x"]}, id="a required one that is not described"),
        pytest.param(
            {"type": "object", "properties": {"x": {"type": "string", "pattern": "a"}}},
            id="a keyword that is not understood",
        ),
        pytest.param(
            {"type": "object", "properties": {"x": {"type": "string", "format": "date"}}},
            id="a format that is not understood",
        ),
        pytest.param({"type": "object", "properties": []}, id="properties as a list"),
    ],
)
def test_schemas_that_are_not_understood(schema: Any) -> None:
    with pytest.raises(SchemaError):
        check_schema(schema)
