from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, Optional, TypeGuard

import pytest
from catalogued import described
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrail.catalog import describe
from guardrail.catalog.bounds import ABOVE, CROSSED
from guardrail.catalog.registry import kinds
from guardrail.graph.facts import facts
from guardrail.model.resource import ON_DEMAND, SPOT, Bounds, Group, Link, Origin, Resource
from guardrail.model.value import OpenMap, Reason, Unknown, Value

HIDDEN = Unknown(Reason.VARIABLE, note="var.x has no value")


def main(native: str, attributes: Mapping[str, Value]) -> Group:
    groups = described(native, attributes).groups
    assert not isinstance(groups, Unknown)
    return groups["main"]


def devices(found: object) -> Optional[list[tuple[object, object]]]:
    if isinstance(found, Unknown):
        return None
    assert isinstance(found, tuple)
    return [(one.model, one.count) for one in found]


def test_a_type_that_nobody_declared_keeps_its_tags_and_is_said_to_be_not_understood() -> None:
    found = described("aws_shiny_thing", {"tags": {"team": "ml"}, "size": 9})
    assert not found.understood
    assert (found.category, found.labels, found.taggable) == ("other", {"team": "ml"}, True)
    assert (found.region, found.groups, found.provider) == ("us-east-1", {}, "aws")


def test_a_type_that_nobody_declared_and_without_tags_is_not_taggable() -> None:
    assert not described("aws_shiny_thing", {}).taggable


@pytest.mark.parametrize(
    ("provider", "cloud"),
    [("google", "gcp"), ("google-beta", "gcp"), ("azurerm", "azure"), ("helm", "helm"), (None, None)],
)
def test_clouds_have_the_names_of_the_contract(provider: Optional[str], cloud: Optional[str]) -> None:
    assert described("shiny_thing", {}, provider=provider).provider == cloud


def test_labels_in_effect_win_over_what_the_resource_writes() -> None:
    found = described("aws_instance", {"tags": {"team": "ml"}}, labels={"team": "ml", "managed-by": "terraform"})
    assert found.labels == {"team": "ml", "managed-by": "terraform"}


@pytest.mark.parametrize(
    ("labels", "told"),
    [
        pytest.param(HIDDEN, HIDDEN, id="unknown as a whole"),
        pytest.param({"a": HIDDEN}, {"a": HIDDEN}, id="unknown in one"),
        pytest.param(
            Unknown(Reason.VARIABLE, ({"a": 1}, {"a": 2})),
            Unknown(Reason.VARIABLE, ({"a": "1"}, {"a": "2"})),
            id="candidates become text too",
        ),
    ],
)
def test_labels_that_are_not_known(labels: Value, told: Value) -> None:
    assert described("aws_instance", {"tags": labels}).labels == told


def test_labels_that_may_hold_more() -> None:
    found = described("aws_instance", {"tags": OpenMap({"a": 1}, HIDDEN)}).labels
    assert isinstance(found, OpenMap)
    assert found.rest == HIDDEN


@pytest.mark.parametrize(
    ("tag", "labels"),
    [
        pytest.param({"propagate_at_launch": True}, {"team": "ml"}, id="handed on"),
        pytest.param({"propagate_at_launch": "true"}, {"team": "ml"}, id="handed on, as text"),
        pytest.param({"propagate_at_launch": False}, {}, id="kept by the group"),
        pytest.param({}, {}, id="not said to be handed on"),
        pytest.param({"propagate_at_launch": HIDDEN}, {"team": HIDDEN}, id="perhaps handed on"),
    ],
)
def test_tags_of_a_group_are_those_of_its_machines(tag: Mapping[str, Value], labels: Mapping[str, Value]) -> None:
    found = described("aws_autoscaling_group", {"tag": [{"key": "team", "value": "ml", **tag}]})
    assert (found.labels, found.taggable) == (labels, True)


@pytest.mark.parametrize(
    ("specifications", "labels", "rest"),
    [
        pytest.param([{"resource_type": "instance", "tags": {"team": "ml"}}], {"team": "ml"}, None, id="of instances"),
        pytest.param([{"resource_type": "volume", "tags": {"team": "ml"}}], {}, None, id="of volumes"),
        pytest.param([{"resource_type": "instance", "tags": HIDDEN}], {}, HIDDEN, id="that are not known"),
        pytest.param([{"resource_type": HIDDEN, "tags": {"team": "ml"}}], {}, HIDDEN, id="of what is not known"),
        pytest.param(HIDDEN, {}, HIDDEN, id="in blocks that are not known"),
    ],
)
def test_tags_of_the_template(specifications: Value, labels: Mapping[str, Value], rest: Optional[Unknown]) -> None:
    template = described("aws_launch_template", {"tag_specifications": specifications})
    group = described("aws_autoscaling_group", {"launch_template": [{"id": "lt-1"}]})
    assert group.labels == {}
    found = describe.complete(group, lambda link: (template,) if link.at == "/launch_template/0/id" else ()).labels
    assert isinstance(found, Mapping)
    assert (dict(found), found.rest if isinstance(found, OpenMap) else None) == (labels, rest)


@pytest.mark.parametrize(
    ("tags", "labels", "rest"),
    [
        pytest.param([{"team": "ml", "stage": "dev"}, {"team": "ml"}], {"team": "ml"}, None, id="that both have"),
        pytest.param([OpenMap({"team": "ml"}, HIDDEN)], {"team": "ml"}, HIDDEN, id="of which there may be more"),
        pytest.param([OpenMap({}, HIDDEN), {"team": "ml"}], {"team": HIDDEN}, None, id="that one of them may have"),
        pytest.param([{"team": "ml"}, {"team": HIDDEN}], {"team": HIDDEN}, None, id="that may be another in one"),
        pytest.param([{"team": "ml"}, {"team": None}], {}, None, id="that one of them does not set"),
        pytest.param([{"team": "ml"}, {}], {}, None, id="that one of them lacks"),
    ],
)
def test_tags_of_all_specifications_of_a_fleet(
    tags: Sequence[Value], labels: Mapping[str, Value], rest: Optional[Unknown]
) -> None:
    found = described("aws_spot_fleet_request", {"launch_specification": [{"tags": one} for one in tags]}).labels
    assert isinstance(found, Mapping)
    assert (dict(found), found.rest if isinstance(found, OpenMap) else None) == (labels, rest)


def test_tags_of_another_type_are_an_error_and_not_an_empty_map() -> None:
    found = described("aws_instance", {"tags": "team=ml"}).labels
    assert isinstance(found, Unknown)
    assert found.reason is Reason.ERROR


def test_a_region_that_the_provider_would_refuse_is_an_error() -> None:
    for found in (
        described("aws_instance", {"region": "EU-WEST-3"}),
        described("aws_instance", {}, region="US-EAST-1"),
    ):
        assert isinstance(found.region, Unknown)
        assert found.region.reason is Reason.ERROR
    zones = main("aws_instance", {"availability_zone": "eu-west-1A"}).zones
    assert isinstance(zones, tuple)
    assert isinstance(zones[0], Unknown)
    assert main("google_compute_instance", {"zone": "EUROPE-WEST4-B"}).zones == ("europe-west4-b",)


@pytest.mark.parametrize(
    ("native", "attributes", "region"),
    [
        pytest.param("aws_instance", {}, "us-east-1", id="the provider's"),
        pytest.param("aws_instance", {"availability_zone": "eu-west-1a"}, "eu-west-1", id="that of the zone"),
        pytest.param("aws_instance", {"region": "eu-west-3"}, "eu-west-3", id="its own"),
        pytest.param("aws_instance", {"availability_zone": HIDDEN}, HIDDEN, id="unknown with the zone"),
        pytest.param("google_compute_instance", {"zone": "europe-west4-b"}, "europe-west4", id="that of Google's zone"),
        pytest.param("google_storage_bucket", {"location": "EU"}, "eu", id="a multi-region"),
        pytest.param("azurerm_virtual_network", {"location": "West Europe"}, "westeurope", id="Azure's display name"),
        pytest.param("aws_iam_role", {}, None, id="what is worldwide is in none"),
    ],
)
def test_region(native: str, attributes: Mapping[str, Value], region: Value) -> None:
    assert described(native, attributes).region == region


@pytest.mark.parametrize(
    ("attributes", "name"),
    [({"name": "mine"}, "mine"), ({"name": HIDDEN}, "this"), ({"name": ""}, "this"), ({}, "this")],
)
def test_name(attributes: Mapping[str, Value], name: str) -> None:
    assert described("aws_iam_role", attributes).name == name


def test_several_machines_that_may_run_all_count() -> None:
    found = main("aws_eks_node_group", {"instance_types": ["g5.xlarge", "m5.large", "g5.12xlarge", "p4d.24xlarge"]})
    assert found.machine_types == ("g5.xlarge", "m5.large", "g5.12xlarge", "p4d.24xlarge")
    assert devices(found.accelerators) == [("a10g", 4), ("a100-40gb", 8)]


def test_one_of_several_candidates_leaves_both_with_what_they_have() -> None:
    found = main("aws_instance", {"instance_type": Unknown(Reason.VARIABLE, ("p5.48xlarge", "t3.micro"))})
    assert found.machine_types == Unknown(Reason.VARIABLE, (("p5.48xlarge",), ("t3.micro",)))
    assert isinstance(found.accelerators, Unknown)
    assert found.accelerators.one_of is not None
    first, second = found.accelerators.one_of
    assert [(one["family"], one["count"]) for one in first] == [("h100", 8)]
    assert second == ()


def test_candidates_that_agree_on_accelerators_make_them_known() -> None:
    found = main("aws_instance", {"instance_type": Unknown(Reason.VARIABLE, ("t3.micro", "m5.large"))})
    assert found.accelerators == ()


def test_a_list_with_an_unknown_machine_is_unknown() -> None:
    found = main("aws_eks_node_group", {"instance_types": ["m5.xlarge", HIDDEN]})
    assert isinstance(found.machine_types, Unknown)
    assert isinstance(found.accelerators, Unknown)


def test_a_machine_that_is_not_known_hides_none_that_is_written() -> None:
    found = main("aws_eks_node_group", {"instance_types": ["p5.48xlarge", HIDDEN]}).accelerators
    assert devices(found) == [("h100-80gb", 8), (HIDDEN, HIDDEN)]


def requirements(**more: Value) -> Mapping[str, Value]:
    return {"instance_requirements": [{"vcpu_count": [{"min": 4}], "memory_mib": [{"min": 8192}], **more}]}


SMALL = ["c7g.medium", "c7g.large", "c7g.xlarge"]


@pytest.mark.parametrize(
    ("stated", "reason", "types", "accelerators"),
    [
        pytest.param({}, Reason.REFUSED, None, None, id="nothing keeps accelerators out"),
        pytest.param({"accelerator_count": [{"min": 8}]}, Reason.REFUSED, None, None, id="eight of them"),
        pytest.param({"accelerator_count": [{"max": HIDDEN}]}, Reason.REFUSED, None, None, id="perhaps none"),
        pytest.param({"accelerator_count": [{"max": 0}]}, Reason.COMPUTED, None, [], id="none"),
        pytest.param({"accelerator_count": [{"max": "0"}]}, Reason.COMPUTED, None, [], id="none, as text"),
        pytest.param(
            {"allowed_instance_types": ["p4d.*", "p5en.48xlarge"]},
            Reason.REFUSED,
            ["p4d.24xlarge", "p5en.48xlarge"],
            None,
            id="of families that are known whole",
        ),
        pytest.param({"allowed_instance_types": ["c7g.*"]}, Reason.COMPUTED, SMALL, [], id="of a plain family"),
        pytest.param(
            {"allowed_instance_types": ["g*", "m5.large"]}, Reason.REFUSED, None, None, id="of any such family"
        ),
        pytest.param({"allowed_instance_types": ["p99.*"]}, Reason.REFUSED, None, None, id="of a family in no row"),
        pytest.param({"allowed_instance_types": [HIDDEN]}, Reason.REFUSED, None, None, id="of what is not known"),
        pytest.param({"allowed_instance_types": ["*"]}, Reason.REFUSED, None, None, id="of any"),
    ],
)
def test_machines_that_aws_chooses(
    stated: Mapping[str, Value], reason: Reason, types: Optional[list[str]], accelerators: Optional[list[Any]]
) -> None:
    attributes = requirements(**stated)
    template = main("aws_launch_template", attributes)
    policy = [{"launch_template": [{"override": [attributes]}]}]
    for group in (template, main("aws_autoscaling_group", {"mixed_instances_policy": policy})):
        assert isinstance(group.machine_types, Unknown)
        assert group.machine_types.reason is reason
        told = group.machine_types.one_of
        assert (told and [one[0] for one in told][: len(types or ())]) == types
        assert devices(group.accelerators) == accelerators


@pytest.mark.parametrize(
    ("listed", "accelerators"),
    [
        pytest.param(["p4d"], [("a100-40gb", 8)], id="a family of one type"),
        pytest.param(["p4d", "optimal"], [("a100-40gb", 8), ("computed", "computed")], id="beside others it stays"),
        pytest.param(["optimal"], [], id="what Batch means by optimal has none"),
        pytest.param(["g5"], None, id="a family of several types"),
        pytest.param(["g99"], None, id="a family that is in no row"),
    ],
)
def test_families_that_batch_chooses_from(listed: list[str], accelerators: Optional[list[Any]]) -> None:
    group = main("aws_batch_compute_environment", {"compute_resources": [{"instance_type": listed, "max_vcpus": 96}]})
    found = devices(group.accelerators)
    told: Any = found and [
        tuple(str(one.reason) if isinstance(one, Unknown) else one for one in pair) for pair in found
    ]
    assert told == accelerators
    if isinstance(group.accelerators, Unknown):
        assert group.accelerators.reason is Reason.REFUSED


def test_an_override_without_a_machine_has_that_of_the_template() -> None:
    overrides = [{"instance_type": "t3.micro"}, {"weighted_capacity": "1"}]
    policy = [{"launch_template": [{"override": overrides}]}]
    found = main("aws_autoscaling_group", {"mixed_instances_policy": policy}).machine_types
    assert isinstance(found, Unknown)
    assert found.reason is Reason.REFUSED


def test_a_machine_that_is_in_no_table_may_carry_any_accelerator() -> None:
    found = main("aws_instance", {"instance_type": "q9.metal"})
    assert found.machine_types == ("q9.metal",)
    assert isinstance(found.accelerators, Unknown)
    assert found.accelerators.reason is Reason.REFUSED


@pytest.mark.parametrize(
    ("machine", "guests", "told"),
    [
        pytest.param("n1-standard-4", [{"type": "nvidia-tesla-t4", "count": 2}], [("t4", 2)], id="added to an N1"),
        pytest.param("a2-highgpu-1g", [{"type": "nvidia-tesla-a100", "count": 1}], [("a100-40gb", 1)], id="inside"),
        pytest.param("n1-standard-4", [{"type": "nvidia-tesla-t4", "count": 0}], [], id="none of them"),
        pytest.param("n1-standard-4", [{"type": "", "count": 1}], [], id="of no type"),
        pytest.param("n1-standard-4", [{"type": "nvidia-l4", "count": HIDDEN}], [("l4", HIDDEN)], id="of any number"),
        pytest.param("n1-standard-4", HIDDEN, None, id="who knows which"),
        pytest.param(HIDDEN, [{"type": "nvidia-l4", "count": 1}], [("l4", 1)], id="of who knows what"),
        pytest.param(HIDDEN, [], None, id="inside who knows what"),
    ],
)
def test_accelerators_that_are_named_beside_the_machine(machine: Value, guests: Value, told: object) -> None:
    found = main("google_compute_instance", {"machine_type": machine, "guest_accelerator": guests})
    assert devices(found.accelerators) == told


@pytest.mark.parametrize(
    ("scaling", "replicas"),
    [
        pytest.param({"min_size": 1, "desired_size": 2, "max_size": 3}, Bounds(1, 2, 3), id="as written"),
        pytest.param({"min_size": 1, "max_size": 3}, Bounds(1, 1, 3), id="desired falls back to the minimum"),
        pytest.param({"min_size": 1, "desired_size": 0, "max_size": 3}, Bounds(1, 1, 3), id="fewer than the minimum"),
        pytest.param({"min_size": 0, "desired_size": 0, "max_size": 3}, Bounds(0, 0, 3), id="0 means 0"),
        pytest.param(
            {"min_size": 0, "desired_size": 20, "max_size": 1}, Bounds(0, ABOVE, ABOVE), id="above the maximum"
        ),
        pytest.param(
            {"min_size": 9, "desired_size": 9, "max_size": 1}, Bounds(CROSSED, CROSSED, CROSSED), id="crossed bounds"
        ),
        pytest.param(
            {"min_size": 0, "desired_size": 4, "max_size": Unknown(Reason.VARIABLE, (1, 3))},
            Bounds(0, ABOVE, ABOVE),
            id="above every maximum that there may be",
        ),
        pytest.param({"min_size": "1", "desired_size": "2", "max_size": "3"}, Bounds(1, 2, 3), id="written as text"),
        pytest.param({"min_size": 1, "desired_size": HIDDEN, "max_size": 3}, Bounds(1, HIDDEN, 3), id="one is unknown"),
        pytest.param(HIDDEN, Bounds(HIDDEN, HIDDEN, HIDDEN), id="all are unknown"),
    ],
)
def test_replicas(scaling: Value, replicas: Bounds) -> None:
    assert main("aws_eks_node_group", {"scaling_config": [scaling]}).replicas == replicas


def test_a_number_that_is_none_is_an_error() -> None:
    found = main("aws_eks_node_group", {"scaling_config": [{"min_size": "many"}]}).replicas.min
    assert isinstance(found, Unknown)
    assert found.reason is Reason.ERROR


@pytest.mark.parametrize("number", [-1, "-1", Decimal(-1), 10**400, Decimal("1e400"), Decimal("0.5"), "0.5"])
def test_a_number_that_nobody_can_have_is_an_error_of_any_fact(number: Value) -> None:
    attributes = {
        "machine_type": "n1-standard-8",
        "guest_accelerator": [{"type": "nvidia-tesla-t4", "count": number}],
        "boot_disk": [{"initialize_params": [{"size": number, "provisioned_iops": number}]}],
        "scheduling": [{"max_run_duration": [{"seconds": number}]}],
    }
    found = described("google_compute_instance", attributes)
    group = main("google_compute_instance", attributes)
    assert isinstance(group.accelerators, tuple)
    assert isinstance(group.storage, tuple)
    assert isinstance(found.lifetime, Mapping)
    facts = (
        group.accelerators[0].count, group.storage[0].size_gib, group.storage[0].iops,
        found.lifetime["max_runtime_seconds"],
    )  # fmt: skip
    assert [fact.reason if isinstance(fact, Unknown) else fact for fact in facts] == [Reason.ERROR] * len(facts)


@pytest.mark.parametrize("percent", [101, 10**6])
def test_a_share_that_is_none_is_an_error(percent: int) -> None:
    distribution = [{"on_demand_percentage_above_base_capacity": percent}]
    found = main("aws_autoscaling_group", {"mixed_instances_policy": [{"instances_distribution": distribution}]})
    assert isinstance(found.purchase, Unknown)
    assert found.purchase.reason is Reason.ERROR


def test_purchase_with_candidates_holds_plain_ones() -> None:
    market = Unknown(Reason.VARIABLE, ("SPOT", "ON_DEMAND"))
    found = main("aws_eks_node_group", {"capacity_type": market}).purchase
    assert isinstance(found, Unknown)
    assert found.one_of == (
        {"on_demand_base": 0, "on_demand_percent": 0, "otherwise": "spot"},
        {"on_demand_base": 0, "on_demand_percent": 100, "otherwise": "on_demand"},
    )


@pytest.mark.parametrize(("market", "purchase"), [("SPOT", SPOT), ("ON_DEMAND", ON_DEMAND), (None, ON_DEMAND)])
def test_purchase(market: Value, purchase: object) -> None:
    assert main("aws_eks_node_group", {"capacity_type": market}).purchase == purchase


def test_groups_of_blocks_have_their_names_whatever_their_order() -> None:
    variants = [
        {"variant_name": "a", "instance_type": "ml.g5.xlarge"},
        {"variant_name": "b"},
        {},
        {"variant_name": "a"},
    ]
    found = described("aws_sagemaker_endpoint_configuration", {"production_variants": variants})
    assert list(found.groups) == ["a", "b", "2", "a#3"]  # type: ignore[arg-type]
    for index, name in enumerate("ab"):
        variant = f"/production_variants/{index}"
        at = (Origin(f"{variant}/instance_type"), Origin(f"{variant}/instance_pools"))
        assert found.origins[f"/groups/{name}/machine_types"] == at


def test_who_knows_which_groups_there_are() -> None:
    found = described("aws_sagemaker_endpoint_configuration", {"production_variants": HIDDEN})
    assert found.groups == Unknown(Reason.VARIABLE, note=HIDDEN.note)


def test_origins_lead_to_what_is_written() -> None:
    origins = described("aws_eks_node_group", {}).origins
    assert origins["/groups/main/replicas/max"] == (Origin("/scaling_config/0/max_size"),)
    assert origins["/groups/main/replicas/desired"] == (
        Origin("/scaling_config/0/desired_size"),
        Origin("/scaling_config/0/min_size"),
    )
    assert origins["/groups/main/accelerators"] == (Origin("/instance_types"), Origin("/launch_template/0"))
    assert origins["/labels"] == (Origin("/tags"),)
    assert origins["/cluster"] == (Origin("/cluster_name"),)


POOL: Final[Mapping[str, Value]] = {
    "cluster": "main",
    "location": "us-central1",
    "autoscaling": [{"min_node_count": 1, "max_node_count": 4}],
}


CLUSTER: Final[Link] = described("google_container_node_pool", POOL).links[0]


def cluster(**attributes: Value) -> Resource:
    return described("google_container_cluster", {"name": "main", **attributes})


@pytest.mark.parametrize(
    ("found", "replicas"),
    [
        pytest.param([cluster(location="us-central1")], Bounds(3, 3, 12), id="a regional cluster has three zones"),
        pytest.param([cluster(location="us-central1-a")], Bounds(1, 1, 4), id="a zonal one has its own"),
        pytest.param(
            [cluster(location="us-central1", node_locations=["us-central1-a", "us-central1-b"])],
            Bounds(2, 2, 8),
            id="or those that it lists",
        ),
        pytest.param(
            [cluster(location="us-central1-a", node_locations=["us-central1-b"])],
            Bounds(2, 2, 8),
            id="on top of its own",
        ),
    ],
)
def test_a_pool_counts_per_zone_of_its_cluster(found: Sequence[Resource], replicas: Bounds) -> None:
    pool = described("google_container_node_pool", POOL)
    completed = describe.complete(pool, {CLUSTER: found}.__getitem__)
    assert not isinstance(completed.groups, Unknown)
    assert completed.groups["main"].replicas == replicas
    assert completed.attributes == POOL


@pytest.mark.parametrize("found", [(), (cluster(), cluster())], ids=["none", "two"])
def test_a_pool_of_a_cluster_that_nobody_can_tell_has_unknown_counts(found: Sequence[Resource]) -> None:
    pool = describe.complete(described("google_container_node_pool", POOL), {CLUSTER: found}.__getitem__)
    assert not isinstance(pool.groups, Unknown)
    most = pool.groups["main"].replicas.max
    assert isinstance(most, Unknown)
    assert most.one_of is not None, "a few times as many as in a zone, and not any number"
    assert max(most.one_of) == 5 * min(most.one_of)


def test_nothing_completes_what_asks_for_nothing() -> None:
    plain = described("aws_instance", {})
    nothing: dict[Link, tuple[Resource, ...]] = {}
    assert describe.complete(plain, nothing.__getitem__) is plain


_PLAIN: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, False, -5, 0, 1, 2, 99999, HIDDEN, "", "3", "x", Decimal("0.5"), Decimal(-1), Decimal(10**40), 10**40,
     Decimal("NaN"), Decimal("Infinity"), Decimal("1E-30"), [], {}, [[]], [{}], {"": []}]
)  # fmt: skip
_NESTED = st.one_of(_PLAIN, st.lists(_PLAIN, max_size=3), st.dictionaries(st.sampled_from(["", "x", "type"]), _PLAIN))
_VALUES = st.one_of(_NESTED, st.lists(_NESTED, min_size=1, max_size=2))


_QUANTITIES = re.compile(
    r"(?!.*/(expires_at|schedule)\b)(/groups/[^/]*/(replicas|accelerators|purchase|storage)|/storage|/lifetime|/autoscaling)/"
)
"""Not when something happens: that is said as it is written, and none of them counts with it."""


@pytest.mark.parametrize("native", sorted(one.type for one in kinds() if one.groups or one.storage or one.scales))
def test_any_values_are_described(native: str) -> None:
    names = sorted(_roots(native))

    @settings(max_examples=25)
    @given(st.dictionaries(st.sampled_from(names), _VALUES, max_size=6))
    def check(attributes: Mapping[str, Value]) -> None:
        found = described(native, attributes)
        amounts = [value for path, value in facts(found) if _QUANTITIES.match(path) and _is_number(value)]
        assert all(0 <= amount < 10**36 for amount in amounts)
        for group in {} if isinstance(found.groups, Unknown) else found.groups.values():
            known = [one for one in (group.replicas.min, group.replicas.desired, group.replicas.max) if _is_number(one)]
            assert known == sorted(known)

    check()


def _is_number(value: object) -> TypeGuard[int]:
    return isinstance(value, (int, Decimal)) and not isinstance(value, bool)


def _roots(native: str) -> set[str]:
    origins = described(native, {}).origins
    return {one.path.split("/")[1] for several in origins.values() for one in several} | {"node_pool", "disk"}
