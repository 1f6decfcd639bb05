"""Which machines requirements permit, and how many of them limits leave room for."""

from __future__ import annotations

from typing import Any

import pytest

from guardrail.catalog import machines
from guardrail.catalog.convert import ConversionError
from guardrail.catalog.kind import DiskMonths, Flat, MachineHours
from guardrail.catalog.kubernetes.nodes import WORKLOADS
from guardrail.catalog.kubernetes.pools.kinds import KINDS
from guardrail.catalog.kubernetes.pools.limits import largest, least, most_of, most_of_any, quota
from guardrail.catalog.kubernetes.pools.machine_labels import labels_of, meaning
from guardrail.catalog.kubernetes.pools.requirements import Permitted, Requirement, permitted, requirements_of
from guardrail.catalog.kubernetes.pools.words import bought, chosen, go_seconds, region_of
from guardrail.catalog.machines import accelerators_of
from guardrail.catalog.registry import kind
from guardrail.data import DIRECTORY
from guardrail.model.resource import ON_DEMAND, SPOT
from guardrail.model.value import UNBOUNDED, OpenMap, Reason, Unknown

HIDDEN = Unknown(Reason.TEMPLATE, note="$X is filled in later")
EC2 = "karpenter.k8s.aws/instance-"


def rule(key: str, operator: str, *values: Any) -> Requirement:
    return Requirement(key, operator, values)


FAMILY = rule(f"{EC2}family", "In", "g5", "g6")


def found(*rules: Requirement, cloud: str = "aws") -> Permitted:
    return permitted(cloud, rules)


@pytest.mark.parametrize(
    ("rules", "types"),
    [
        pytest.param([rule("node.kubernetes.io/instance-type", "In", "g5.xlarge")], ["g5.xlarge"], id="a type"),
        pytest.param([rule(f"{EC2}family", "In", "p4d", "p4de")], ["p4d.24xlarge", "p4de.24xlarge"], id="families"),
        pytest.param([FAMILY, rule(f"{EC2}size", "In", "xlarge")], ["g5.xlarge", "g6.xlarge"], id="of a size"),
        pytest.param(
            [FAMILY, rule(f"{EC2}gpu-count", "Gt", "4")], ["g5.48xlarge", "g6.48xlarge"], id="more than so many"
        ),
        pytest.param([FAMILY, rule(f"{EC2}cpu", "Lt", "5")], ["g5.xlarge", "g6.xlarge"], id="fewer than so many"),
        pytest.param([FAMILY, rule(f"{EC2}cpu", "Gte", "192")], ["g5.48xlarge", "g6.48xlarge"], id="so many or more"),
        pytest.param([FAMILY, rule(f"{EC2}memory", "Lte", "16384")], ["g5.xlarge", "g6.xlarge"], id="MiB at most"),
        pytest.param(
            [rule(f"{EC2}gpu-name", "In", "h100"), rule(f"{EC2}size", "NotIn", "4xlarge")],
            ["p5.48xlarge"],
            id="an accelerator, and not of a size",
        ),
        pytest.param(
            [rule(f"{EC2}accelerator-name", "In", "inferentia")],
            ["inf1.xlarge", "inf1.2xlarge", "inf1.6xlarge", "inf1.24xlarge"],
            id="a chip of Amazon",
        ),
        pytest.param(
            [
                rule(f"{EC2}family", "In", "g5", "g5g"),
                rule("kubernetes.io/arch", "In", "arm64"),
                rule(f"{EC2}cpu", "Lt", "8"),
            ],
            ["g5g.xlarge"],
            id="an architecture",
        ),
        pytest.param(
            [
                rule(f"{EC2}family", "In", "g4dn"),
                rule(f"{EC2}hypervisor", "NotIn", ""),
                rule(f"{EC2}gpu-count", "Gt", "1"),
            ],
            ["g4dn.12xlarge"],
            id="no bare metal",
        ),
        pytest.param(
            [rule(f"{EC2}family", "In", "m5", "g5"), rule(f"{EC2}gpu-count", "Exists"), rule(f"{EC2}cpu", "Lt", "8")],
            ["g5.xlarge"],
            id="with a GPU",
        ),
        pytest.param(
            [
                rule(f"{EC2}family", "In", "m5", "g5"),
                rule(f"{EC2}gpu-count", "DoesNotExist"),
                rule(f"{EC2}cpu", "Lt", "4"),
            ],
            ["m5.large"],
            id="without",
        ),
        pytest.param(
            [rule("eks.amazonaws.com/instance-family", "In", "p4d")],
            ["p4d.24xlarge"],
            id="in the words of EKS Auto Mode",
        ),
    ],
)
def test_permitted(rules: list[Requirement], types: list[str]) -> None:
    assert found(*rules)[:4:3] == (tuple(types), None)
    assert found(*rules).doubtful == ()


def test_clouds_have_their_own_words() -> None:
    azure = found(
        rule("karpenter.azure.com/sku-gpu-name", "In", "A100"),
        rule("karpenter.azure.com/sku-cpu", "In", "24"),
        cloud="azure",
    )
    assert azure.types == ("Standard_NC24ads_A100_v4",)
    google = found(
        rule("karpenter.k8s.gcp/instance-family", "In", "a2"),
        rule("karpenter.k8s.gcp/instance-gpu-count", "In", "16"),
        cloud="gcp",
    )
    assert google.types == ("a2-megagpu-16g",)


@pytest.mark.parametrize(
    ("rules", "reason"),
    [
        pytest.param([], "refused", id="nothing is demanded"),
        pytest.param([rule(f"{EC2}category", "In", "g")], "refused", id="a category may have other families"),
        pytest.param([rule(f"{EC2}family", "NotIn", "p5")], "refused", id="what is excluded closes nothing"),
        pytest.param([rule(f"{EC2}family", "In", "g5", "g99")], "refused", id="a family in no row"),
        pytest.param([rule(f"{EC2}family", "In", HIDDEN)], "template", id="a placeholder"),
        pytest.param([rule(f"{EC2}family", "In", "g5", HIDDEN)], "template", id="a placeholder beside a family"),
        pytest.param([rule("", "In", HIDDEN)], "template", id="a requirement that nobody knows"),
    ],
)
def test_others_may_come(rules: list[Requirement], reason: str) -> None:
    opened = found(*rules).open
    assert opened is not None
    assert opened.reason == reason


def test_a_closed_list_stays_closed_beside_a_placeholder() -> None:
    told = found(FAMILY, rule(f"{EC2}size", "In", HIDDEN))
    assert (told.types, told.open) == ((), None)
    assert told.doubt == HIDDEN
    assert "g5.xlarge" in told.doubtful


def test_what_no_table_says_leaves_a_doubt() -> None:
    told = found(rule(f"{EC2}family", "In", "p5"), rule(f"{EC2}network-bandwidth", "Gt", "100000"))
    (unknown,) = told.machine_types()
    assert (unknown.reason, unknown.one_of) == ("refused", ("p5.4xlarge", "p5.48xlarge"))


@pytest.mark.parametrize(
    ("categories", "plain"),
    [
        pytest.param(("c", "m", "r"), True, id="none of these has accelerators"),
        pytest.param(("c", "g"), False, id="one of them has"),
        pytest.param(("c", HIDDEN), False, id="one of them is not known"),
    ],
)
def test_plain_categories(categories: Any, plain: bool) -> None:
    assert found(rule(f"{EC2}category", "In", *categories)).plain is plain


def test_categories_that_are_plain_have_no_accelerators_in_the_table() -> None:
    with_some = {labels_of("aws", name)["category"] for name in machines.all_of("aws") if accelerators_of("aws", name)}
    for category in sorted({labels_of("aws", name)["category"] for name in machines.all_of("aws")}, key=str):
        assert found(rule(f"{EC2}category", "In", category)).plain is (category not in with_some | {"f", "vt"}), (
            category
        )


@pytest.mark.parametrize(
    "rules",
    [
        pytest.param([FAMILY, rule(f"{EC2}gpu-name", "In", "h100")], id="no machine is both"),
        pytest.param([FAMILY, rule(f"{EC2}cpu", "Gt", "many")], id="compared with no number"),
        pytest.param([FAMILY, rule(f"{EC2}cpu", "Gt", "1", "2")], id="compared with several"),
        pytest.param([FAMILY, rule(f"{EC2}cpu", "Gt", "-1")], id="compared with less than nothing"),
    ],
)
def test_what_cannot_be(rules: list[Requirement]) -> None:
    with pytest.raises(ConversionError):
        found(*rules)


@pytest.mark.parametrize(
    "listed",
    [
        pytest.param(["g5"], id="text"),
        pytest.param([{"operator": "In", "values": ["a"]}], id="no key"),
        pytest.param([{"key": "a", "operator": "Is", "values": ["a"]}], id="no such operator"),
    ],
)
def test_what_is_no_requirement(listed: Any) -> None:
    with pytest.raises(ConversionError):
        requirements_of(listed)


def test_labels_of_the_template_are_requirements() -> None:
    assert requirements_of([], {f"{EC2}family": "g5", "x": 1}) == (
        rule(f"{EC2}family", "In", "g5"),
        rule("x", "In", "1"),
    )


@pytest.mark.parametrize(
    ("limits", "type_", "most"),
    [
        pytest.param({}, "g5.xlarge", UNBOUNDED, id="no limit"),
        pytest.param({"nvidia.com/gpu": 8}, "g5.xlarge", 8, id="of one GPU"),
        pytest.param({"nvidia.com/gpu": 8}, "g5.12xlarge", 2, id="of four"),
        pytest.param({"nvidia.com/gpu": 8}, "m5.large", UNBOUNDED, id="what has nothing of it has no limit"),
        pytest.param({"nvidia.com/gpu": 7}, "p4d.24xlarge", 0, id="not even one"),
        pytest.param({"nvidia.com/gpu": 2}, "g6f.large", 2, id="an eighth of a device is one"),
        pytest.param({"aws.amazon.com/neuron": 32}, "trn1.32xlarge", 2, id="chips of Amazon"),
        pytest.param({"habana.ai/gaudi": 16}, "dl1.24xlarge", 2, id="Gaudi"),
        pytest.param({"cpu": "10"}, "g5.xlarge", 2, id="processors"),
        pytest.param({"cpu": "7900m"}, "g5.xlarge", 1, id="thousandths of processors"),
        pytest.param({"memory": "30Gi"}, "g5.xlarge", 2, id="memory, less what the hypervisor takes"),
        pytest.param({"memory": "29Gi"}, "g5.xlarge", 1, id="one GiB less"),
        pytest.param({"nodes": 3, "cpu": 1000}, "g5.xlarge", 3, id="nodes, the least of all"),
        pytest.param({"cpu": 4, "ephemeral-storage": "1Ti"}, "g99.large", 4, id="a machine in no row has a processor"),
    ],
)
def test_most(limits: Any, type_: str, most: Any) -> None:
    assert most_of("aws", type_, quota(limits)) == most


def test_a_limit_that_is_not_known_bounds_nothing_that_is_known() -> None:
    told = most_of("aws", "g5.xlarge", quota({"cpu": 8, "nvidia.com/gpu": HIDDEN}))
    assert isinstance(told, Unknown)
    assert told.reason == "template"
    assert most_of_any(quota({"cpu": 8})) == 8
    assert largest([3, UNBOUNDED, HIDDEN]) is UNBOUNDED
    assert largest([3, HIDDEN]) == HIDDEN
    assert largest([]) == 0
    assert least([UNBOUNDED]) is UNBOUNDED


@pytest.mark.parametrize(
    ("rules", "vendor", "most"),
    [
        pytest.param([rule(f"{EC2}gpu-manufacturer", "In", "nvidia")], "nvidia", 5, id="by the maker of GPUs"),
        pytest.param([rule(f"{EC2}category", "In", "inf", "trn")], "aws", 7, id="categories of one vendor"),
        pytest.param([rule(f"{EC2}category", "In", "g")], None, 100, id="a category of several vendors"),
        pytest.param([rule(f"{EC2}category", "In", "p", "c")], None, 100, id="a category without devices"),
        pytest.param([rule(f"{EC2}gpu-manufacturer", "In", "nvidia", HIDDEN)], None, 100, id="a placeholder"),
        pytest.param([rule(f"{EC2}gpu-manufacturer", "NotIn", "amd")], None, 100, id="none is demanded"),
    ],
)
def test_devices_that_all_machines_have_bound_those_that_nobody_knows(
    rules: list[Requirement], vendor: Any, most: int
) -> None:
    told = found(*rules)
    assert told.open is not None
    assert told.vendor == vendor
    assert most_of_any(quota({"cpu": 100, "nvidia.com/gpu": 5, "aws.amazon.com/neuron": 7}), told.vendor) == most


@pytest.mark.parametrize("limits", [[8], "8", {"cpu": -1}, {"cpu": "x"}, {"cpu": "9e99"}, {"cpu": True}])
def test_what_is_no_limit(limits: Any) -> None:
    with pytest.raises(ConversionError):
        quota(limits)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("720h", 2592000), ("1h30m", 5400), ("168h0m0s", 604800), ("1.5h", 5400), ("500ms", 0), ("Never", None)],
)
def test_durations(text: str, seconds: Any) -> None:
    assert go_seconds(text) == seconds


@pytest.mark.parametrize("text", ["", "1d", "-5m", 30, "h", "1h 30m", "٣h"])
def test_what_is_no_duration(text: Any) -> None:
    with pytest.raises(ConversionError):
        go_seconds(text)


CAPACITY = "karpenter.sh/capacity-type"


def test_how_machines_are_bought() -> None:
    assert bought((rule(CAPACITY, "In", "spot"),), ("on-demand",)) == SPOT
    assert bought((rule(CAPACITY, "NotIn", "spot"),), ("spot", "on-demand")) == ON_DEMAND
    assert bought((rule(CAPACITY, "In", "spot", "on-demand"), rule(CAPACITY, "In", "spot")), ()) == SPOT
    assert bought((), ("spot", "on-demand")).one_of == (SPOT, ON_DEMAND)
    assert bought((rule(CAPACITY, "In", HIDDEN),), ()) == HIDDEN
    with pytest.raises(ConversionError):
        bought((rule(CAPACITY, "In", "stolen"),), ())


def test_zones_tell_the_region() -> None:
    zones = chosen(
        (rule("topology.kubernetes.io/zone", "In", "us-gov-west-1a", "us-gov-west-1b"),),
        ("topology.kubernetes.io/zone",),
    )
    assert region_of(zones) == ("us-gov-west-1",)
    assert region_of(("us-east-1a", "us-east-2a")) is None
    assert region_of(("zone-1",)) is None


@pytest.mark.parametrize(
    ("cloud", "name", "some"),
    [
        ("aws", "p6-b200.48xlarge", {"category": "p", "generation": "6", "family": "p6-b200", "size": "48xlarge"}),
        ("aws", "u-12tb1.112xlarge", {"category": "u", "generation": "1"}),
        ("aws", "hpc7g.16xlarge", {"category": "hpc", "arch": "arm64"}),
        ("aws", "g4ad.xlarge", {"category": "g", "arch": "amd64", "gpu-manufacturer": "amd"}),
        ("aws", "dl1.24xlarge", {"gpu-manufacturer": "habana", "gpu-count": "8"}),
        ("aws", "inf2.xlarge", {"accelerator-name": "inferentia2", "accelerator-manufacturer": "aws"}),
        ("aws", "p2.xlarge", {"hypervisor": "xen"}),
        ("azure", "Standard_NC24ads_A100_v4", {"family": "N", "generation": "4", "cpu": "24", "memory": "225280"}),
        ("gcp", "g2-standard-16", {"family": "g2", "size": "standard-16", "gpu-name": "l4"}),
    ],
)
def test_labels(cloud: str, name: str, some: Any) -> None:
    told = labels_of(cloud, name)
    assert {key: told[key] for key in some} == some


def test_other_keys_are_not_about_the_machine() -> None:
    assert [meaning(key) for key in ("topology.kubernetes.io/zone", "team", CAPACITY)] == [None] * 3


def test_every_row_of_a_pool_has_a_kind_and_the_other_way_round() -> None:
    assert {row.type for row in WORKLOADS} == {one.type for one in KINDS}
    assert all(kind(one.type) is one for one in KINDS)
    assert all(row.category == next(one for one in KINDS if one.type == row.type).category for row in WORKLOADS)


@pytest.mark.parametrize("one", KINDS, ids=lambda one: one.type)
def test_kinds_are_sound(one: Any) -> None:
    assert one.source.startswith("https://")
    for line in one.lines:
        if isinstance(line, (MachineHours, DiskMonths, Flat)):
            assert list((DIRECTORY / "prices").glob(f"*/{line.service}.csv"))
    assert {type_ for link in one.links for type_ in link.types} <= {known.type for known in KINDS}


def test_an_open_map_of_labels_stays_open() -> None:
    from guardrail.catalog.kubernetes.pools.words import node_labels

    told = node_labels((), OpenMap({"a": "1"}, HIDDEN))
    assert isinstance(told, OpenMap)
    assert (told, told.rest) == ({"a": "1"}, HIDDEN)
