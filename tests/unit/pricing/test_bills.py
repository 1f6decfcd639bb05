"""Bills by hand: each figure is worked out beside it, from rows of the shipped book."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from guardrail.config.settings import PolicySettings, Settings
from guardrail.model.graph import Edge
from guardrail.model.resource import SPOT, Accelerator, Disk, Multiplicity, Purchase
from guardrail.model.value import UNBOUNDED, Reason, Unknown

COMPUTED = Unknown(Reason.COMPUTED)
VARIABLE = Unknown(Reason.VARIABLE, note="var.big has no value")
BIG_OR_SMALL = Unknown(Reason.VARIABLE, one_of=("p5.48xlarge", "t3.micro"), note="var.big has no value")
T4 = Accelerator(count=1, vendor="nvidia", model="t4", family="t4")

# On demand in us-east-1, USD per hour: g5.xlarge 1.006, p4d.24xlarge 21.957642, p5.48xlarge 55.04, t3.micro 0.0104,
# m5.xlarge 0.192. Spot: g5.xlarge 0.4937, m5.xlarge 0.0782. gp3 0.08 a GB, 0.005 an IOPS, 0.04 a MiB/s.


@pytest.mark.parametrize(
    ("types", "number", "purchase", "bounds"),
    [
        pytest.param("g5.xlarge", 1, None, ("734.38", "734.38", "734.38"), id="one machine for 730 hours"),
        pytest.param(
            "g5.xlarge",
            (1, 3, 8),
            None,
            ("734.38", "2203.14", "5875.04"),  # 734.38 × 1, 3, 8
            id="fewest, asked for, most",
        ),
        pytest.param("g5.xlarge", (2, None, 4), None, ("1468.76", "1468.76", "2937.52"), id="not asked: the fewest"),
        pytest.param("g5.xlarge", (0, 0, 2), None, ("0", "0", "1468.76"), id="0 asked for is 0"),
        pytest.param("g5.xlarge", (1, 1, UNBOUNDED), None, ("734.38", "734.38", "unbounded"), id="no limit"),
        pytest.param(
            ("p4d.24xlarge", "g5.xlarge"),
            (1, 2, 20),
            None,
            # cheapest 1.006 × 730; first two of 21.957642 × 730; twenty of the dearest
            ("734.38", "32058.15732", "320581.5732"),
            id="any may run: the cheapest, the first, the dearest",
        ),
        pytest.param(
            ("g5.xlarge", "p4d.24xlarge"),
            (1, 2, 20),
            SPOT,
            # 0.4937 × 730 × 1 and × 2; 21.957642 × 730 × 20 on demand, since spot runs out
            ("360.401", "720.802", "320581.5732"),
            id="spot: at most on demand",
        ),
        pytest.param(
            "m5.xlarge",
            (4, 10, 20),
            Purchase(2, 25, "spot"),
            # 4: 2 + a quarter of 2 rounded up to 1 is 3 listed, 1 spot: (3 × 0.192 + 0.0782) × 730
            # 10: 2 + 2 is 4 listed, 6 spot: (4 × 0.192 + 6 × 0.0782) × 730; 20 × 0.192 × 730
            ("477.566", "903.156", "2803.2"),
            id="a base on demand and a share above it, rounded up",
        ),
        pytest.param(
            "m5.xlarge", (1, 1, 1), Purchase(2, 0, "spot"), ("140.16", "140.16", "140.16"), id="the base alone"
        ),
        pytest.param(
            (BIG_OR_SMALL,),
            1,
            None,
            # 0.0104 × 730 and 55.04 × 730, never the one in the place of the other
            ("7.592", "unknown: variable", "40179.2"),
            id="one of two machines, nobody knows which",
        ),
        pytest.param(
            Unknown(Reason.VARIABLE, one_of=(("p5.48xlarge",), ("t3.micro",))),
            1,
            None,
            ("7.592", "unknown: variable", "40179.2"),
            id="one of two lists of machines",
        ),
        pytest.param(
            (VARIABLE,),
            1,
            None,
            ("unknown: variable", "unknown: variable", "unknown: variable"),
            id="a machine that nobody names",
        ),
        pytest.param(
            "g5.xlarge",
            (1, VARIABLE, 3),
            None,
            ("734.38", "unknown: variable", "2203.14"),
            id="how many are asked for is not known",
        ),
        pytest.param(
            "g5.xlarge",
            (Unknown(Reason.DATA, one_of=(2, 5)), 5, Unknown(Reason.DATA, one_of=(5, 7))),
            None,
            ("1468.76", "3671.9", "5140.66"),  # 2, 5, 7 × 734.38
            id="bounds with candidates: the lowest and the highest",
        ),
        pytest.param(
            "g5.xlarge",
            1,
            VARIABLE,
            ("360.401", "unknown: variable", "734.38"),
            id="bought on demand or as spot, nobody knows",
        ),
    ],
)
def test_machines(world: Any, types: Any, number: Any, purchase: Any, bounds: tuple[str, ...]) -> None:
    bill = world.bill(world.resource("u//pool.a", groups=world.machines(types, number, purchase=purchase)))
    assert world.bounds(bill) == bounds
    assert bill.complete == (not any(bound.startswith("unknown") for bound in bounds))


def test_no_machine_at_all_costs_nothing_whichever_it_would_be(world: Any) -> None:
    bill = world.bill(world.resource("u//pool.a", groups=world.machines((BIG_OR_SMALL,), 0)))
    assert (world.bounds(bill), bill.complete) == (("0", "0", "0"), True)


@pytest.mark.parametrize(
    ("number", "fields"),
    [
        pytest.param(1, {"accelerators": (Accelerator(count=-80, family="t4"),)}, id="accelerators beside the machine"),
        pytest.param(1, {"storage": (Disk(kind="pd-ssd", size_gib=-1000),)}, id="a disk"),
        pytest.param(1, {"storage": (Disk(kind="pd-extreme", size_gib=100, iops=-1000),)}, id="performance of a disk"),
        pytest.param((-9, -9, -9), {}, id="machines"),
        pytest.param(1, {"purchase": Purchase(-9, 50, "spot")}, id="machines that are bought on demand"),
        pytest.param((4, 4, 4), {"purchase": Purchase(0, -100, "spot")}, id="a share of them"),
        pytest.param((1, 20, 1), {}, id="more machines than there may be"),
        pytest.param((9, 9, 1), {}, id="at least more than at most"),
    ],
)
def test_what_cannot_be_takes_nothing_off_the_bill(world: Any, number: Any, fields: Any) -> None:
    groups = world.machines("n1-standard-4", number, **fields)
    bill = world.bill(world.resource("u//a", "gcp_pool", groups=groups, provider="gcp", region="us-central1"))
    bounds = [one for one in (bill.min, bill.expected, bill.max) if isinstance(one, Decimal)]
    assert bounds == sorted(bounds)
    assert all(bound >= 0 for bound in bounds)
    assert not bill.complete or len(bounds) < len(("min", "expected", "max"))


def test_azure_ml_adds_nothing_to_the_machine(world: Any) -> None:
    groups = world.machines("Standard_NC24ads_A100_v4")
    bill = world.bill(world.resource("u//a", "azure_ml", groups=groups, provider="azure", region="eastus"))
    assert world.bounds(bill)[1] == "2681.29"  # 3.673 × 730
    assert list(world.priced(bill)) == ["machine Standard_NC24ads_A100_v4, on-demand (rate of azure-vm)"]


@pytest.mark.parametrize(
    ("multiplicity", "bounds"),
    [
        pytest.param(Multiplicity(3, 3), ("2203.14", "2203.14", "2203.14"), id="three copies"),
        pytest.param(Multiplicity(0, 1, VARIABLE), ("0", "unknown: variable", "734.38"), id="one, or none"),
        pytest.param(Multiplicity(0, UNBOUNDED, COMPUTED), ("0", "unknown: computed", "unbounded"), id="any number"),
    ],
)
def test_copies(world: Any, multiplicity: Multiplicity, bounds: tuple[str, ...]) -> None:
    groups = world.machines("g5.xlarge")
    assert world.bounds(world.bill(world.resource("u//pool.a", groups=groups, multiplicity=multiplicity))) == bounds


@pytest.mark.parametrize(
    ("disk", "expected", "lines"),
    [
        pytest.param(Disk(kind="gp3", size_gib=100), "8", ["volume gp3"], id="100 GB of gp3"),
        pytest.param(
            Disk(kind="gp3", size_gib=100, iops=3000, throughput_mibps=125), "8", ["volume gp3"], id="gp3 as it comes"
        ),
        pytest.param(
            Disk(kind="gp3", size_gib=100, iops=4000, throughput_mibps=225),
            "17",  # 8 + 1000 × 0.005 + 100 × 0.04
            ["volume gp3", "volume gp3, IOPS", "volume gp3, throughput"],
            id="gp3 with more than is included",
        ),
        pytest.param(
            Disk(kind="io1", size_gib=10, iops=100),
            "7.75",  # 10 × 0.125 + 100 × 0.065
            ["volume io1", "volume io1, IOPS"],
            id="io1 pays for every IOPS",
        ),
        pytest.param(Disk(kind="gp2", size_gib=8, iops=COMPUTED), "0.8", ["volume gp2"], id="gp2 has its own IOPS"),
        pytest.param(Disk(kind="standard", size_gib=10), "0.5", ["volume standard"], id="magnetic"),
    ],
)
def test_volumes(world: Any, disk: Disk, expected: str, lines: list[str]) -> None:
    bill = world.bill(world.resource("u//volume.a", "volume", storage=(disk,)))
    assert world.bounds(bill) == (expected, expected, expected)
    assert list(world.priced(bill)) == lines
    assert bill.complete


@pytest.mark.parametrize(
    ("disk", "bounds", "unpriced"),
    [
        pytest.param(
            Disk(kind="gp3", size_gib=Unknown(Reason.VARIABLE, one_of=(10, 50))),
            ("0.8", "unknown: variable", "4"),
            {},
            id="one of two sizes",
        ),
        pytest.param(
            Disk(kind=Unknown(Reason.VARIABLE, one_of=("gp3", "io1")), size_gib=10, iops=100),
            ("0.8", "unknown: variable", "7.75"),
            {},
            id="one of two classes",
        ),
        pytest.param(
            Disk(kind="gp3", size_gib=COMPUTED),
            ("0", "0", "0"),
            {"volume": "computed: its class or size is not known"},
            id="of any size",
        ),
        pytest.param(
            Disk(kind="gp3"),
            ("0", "0", "0"),
            {"volume gp3": "unpriced: the size of the disk is not stated"},
            id="size not stated",
        ),
        pytest.param(
            Disk(size_gib=10),
            ("0", "0", "0"),
            {"volume": "unpriced: the class of the disk is not stated"},
            id="class not stated",
        ),
        pytest.param(
            Disk(kind="io2", size_gib=10, iops=40000),
            ("2081.25", "2081.25", "2081.25"),  # 10 × 0.125 + 32,000 × 0.065
            {"volume io2": "unpriced: the price book has no price of io2 IOPS above 32,000"},
            id="a tier without a price",
        ),
        pytest.param(
            Disk(kind="gp9", size_gib=10),
            ("0", "0", "0"),
            {"volume gp9": "unpriced: gp9 is not in the price book (ebs)"},
            id="a class that there is not",
        ),
    ],
)
def test_volumes_with_gaps(world: Any, disk: Disk, bounds: tuple[str, ...], unpriced: dict[str, str]) -> None:
    bill = world.bill(world.resource("u//volume.a", "volume", storage=(disk,)))
    assert (world.bounds(bill), world.unpriced(bill)) == (bounds, unpriced)
    assert not bill.complete


def test_disks_of_replicas_are_paid_by_each(world: Any) -> None:
    storage = (Disk(kind="gp3", size_gib=100), Disk(kind="gp2", size_gib=10))
    bill = world.bill(world.resource("u//pool.a", groups=world.machines("m5.xlarge", (1, 2, 3), storage=storage)))
    # 0.192 × 730 + 8 + 1 = 149.16 a node
    assert world.bounds(bill) == ("149.16", "298.32", "447.48")
    assert list(world.priced(bill)) == ["machine m5.xlarge, on-demand", "root volume gp3", "volume 2 gp2"]


def test_a_machine_without_price_leaves_a_lower_bound(world: Any) -> None:
    groups = world.machines("p5e.48xlarge", storage=(Disk(kind="gp3", size_gib=100),))
    bill = world.bill(world.resource("u//pool.a", groups=groups))
    assert world.bounds(bill) == ("8", "8", "8")
    assert not bill.complete
    assert world.unpriced(bill) == {
        "machine p5e.48xlarge, on-demand": (
            "unpriced: no price of p5e.48xlarge: sold in capacity blocks only; it has no price on demand"
        )
    }


def test_a_volume_without_price_in_the_region_leaves_the_machine_priced(world: Any) -> None:
    groups = world.machines("p4d.24xlarge", storage=(Disk(kind="gp3", size_gib=100),))
    bill = world.bill(world.resource("u//pool.a", groups=groups, region="eu-west-1"))
    assert world.bounds(bill)[1] == "17312.4537"  # 23.71569 × 730, in eu-west-1
    assert world.unpriced(bill) == {
        "root volume gp3": "unpriced: no price of gp3 in eu-west-1; the book has it in us-east-1"
    }


def test_a_spot_price_that_nobody_lists_is_not_the_one_on_demand(world: Any) -> None:
    groups = world.machines("p5.48xlarge", (0, 1, 2), purchase=SPOT)
    bill = world.bill(world.resource("u//pool.a", groups=groups))
    assert world.bounds(bill) == ("0", "0", "80358.4")  # at most 2 × 55.04 × 730, on demand
    assert world.unpriced(bill) == {
        "machine p5.48xlarge, spot": "unpriced: no spot price of p5.48xlarge in us-east-1 per hour"
    }


def test_nothing_is_missing_of_what_surely_is_not_there(world: Any) -> None:
    groups = world.machines("p5e.48xlarge", 0, storage=(Disk(kind="gp3", size_gib=COMPUTED),))
    bill = world.bill(world.resource("u//pool.a", groups=groups))
    assert bill.complete
    assert world.bounds(bill) == ("0", "0", "0")


def allowing(*regions: str, **more: Any) -> Settings:
    said = PolicySettings(params={"allow": {"aws": list(regions)}}, **more)
    return Settings(policies={"region-restriction": said})


@pytest.mark.parametrize(
    ("region", "settings", "bounds", "unpriced"),
    [
        pytest.param(
            Unknown(Reason.VARIABLE, one_of=("us-east-1", "sa-east-1")),
            Settings(),
            ("734.38", "unknown: variable", "1248.3"),  # 1.006 and 1.71 × 730
            {},
            id="one of two regions",
        ),
        pytest.param(
            Unknown(Reason.ENVIRONMENT),
            allowing("us-east-1", "sa-east-1"),
            ("734.38", "unknown: environment", "1248.3"),
            {},
            id="one of those that the configuration allows",
        ),
        pytest.param(
            Unknown(Reason.ENVIRONMENT),
            allowing("us-east-1", units={"u": PolicySettings(params={"allow": {"aws": ["sa-east-1"]}})}),
            ("1248.3", "unknown: environment", "1248.3"),
            {},
            id="what it allows the unit goes before",
        ),
        pytest.param(
            Unknown(Reason.DATA, note="data.aws_region.here"),
            Settings(),
            ("0", "0", "0"),
            {"machine": "data: the region is not known: data.aws_region.here"},
            id="any region",
        ),
        pytest.param(
            None,
            Settings(),
            ("0", "0", "0"),
            {"machine": "environment: the region is not known: no region is stated"},
            id="no region",
        ),
        pytest.param(
            "unspecified",
            Settings(),
            ("0", "0", "0"),
            {
                "machine g5.xlarge, on-demand": "unpriced: no price of g5.xlarge in unspecified; "
                "the book has it in ap-east-1, ap-northeast-1, ap-northeast-2 and others"
            },
            id="no row of another region stands in",
        ),
    ],
)
def test_regions(world: Any, region: Any, settings: Settings, bounds: Any, unpriced: dict[str, str]) -> None:
    bill = world.bill(world.resource("u//pool.a", groups=world.machines("g5.xlarge"), region=region), settings)
    assert (world.bounds(bill), world.unpriced(bill)) == (bounds, unpriced)


# us-central1, USD per hour: n1-standard-4 0.189999, n1-standard-8 0.379998, T4 0.35 (spot 0.14), a2-highgpu-1g
# 3.673385, e2-standard-4 0.134023; pd-ssd 0.17 a GB. Google takes 30 % off N1 and its accelerators by itself.


@pytest.mark.parametrize(
    ("machine", "fields", "bounds", "names"),
    [
        pytest.param(
            "n1-standard-4",
            {"accelerators": (T4,)},
            # 0.7 × (0.189999 + 0.35) × 730
            ("275.939489", "275.939489", "275.939489"),
            [
                "machine n1-standard-4, on-demand",
                "t4 added on, on-demand",
                "sustained use of machine n1-standard-4, on-demand",
                "sustained use of t4 added on, on-demand",
            ],
            id="an accelerator is added to an N1",
        ),
        pytest.param(
            "a2-highgpu-1g",
            {"accelerators": (Accelerator(count=1, vendor="nvidia", model="a100-40gb", family="a100"),)},
            ("2681.57105", "2681.57105", "2681.57105"),  # 3.673385 × 730, nothing beside
            ["machine a2-highgpu-1g, on-demand"],
            id="an A2 has its accelerators inside",
        ),
        pytest.param(
            "a3-ultragpu-8g",
            {},
            ("60949.16", "60949.16", "60949.16"),  # 10.4365 × 8 × 730
            ["machine a3-ultragpu-8g, on-demand"],
            id="a machine that is listed by its accelerators",
        ),
        pytest.param(
            "ct6e-standard-4t", {}, ("7884", "7884", "7884"), ["machine ct6e-standard-4t, on-demand"], id="a TPU slice"
        ),
        pytest.param(
            "e2-standard-4", {}, ("97.83679", "97.83679", "97.83679"), ["machine e2-standard-4, on-demand"], id="E2"
        ),
        pytest.param(
            "custom-2-15360",
            {},
            None,
            [
                "machine custom-2-15360, on-demand, vCPU",
                "machine custom-2-15360, on-demand, memory",
                "machine custom-2-15360, on-demand, extended memory",
                "sustained use of machine custom-2-15360, on-demand, vCPU",
                "sustained use of machine custom-2-15360, on-demand, memory",
                "sustained use of machine custom-2-15360, on-demand, extended memory",
            ],
            id="a custom N1 by vCPU and GB",
        ),
        pytest.param(
            "n1-standard-4",
            {"accelerators": (T4,), "purchase": SPOT},
            None,
            [
                "machine n1-standard-4, spot",
                "t4 added on, spot",
                "machine n1-standard-4, on-demand",
                "t4 added on, on-demand",
                "sustained use of machine n1-standard-4, on-demand",
                "sustained use of t4 added on, on-demand",
            ],
            id="nothing is taken off spot",
        ),
    ],
)
def test_google(world: Any, machine: str, fields: Any, bounds: Any, names: list[str]) -> None:
    groups = world.machines(machine, **fields)
    bill = world.bill(world.resource("u//p.a", "gcp_pool", groups=groups, provider="gcp", region="us-central1"))
    assert list(world.priced(bill)) == names
    assert bill.complete
    if bounds is not None:
        assert world.bounds(bill) == bounds


@pytest.mark.parametrize(
    ("devices", "unpriced"),
    [
        pytest.param(False, {}, id="paid for in another way"),
        pytest.param(
            VARIABLE,
            {"accelerators": "variable: whether this is paid for is not known: var.big has no value"},
            id="perhaps",
        ),
    ],
)
def test_accelerators_that_are_not_paid_for_beside(world: Any, devices: Any, unpriced: dict[str, str]) -> None:
    groups = world.machines("n1-standard-4", accelerators=(T4,))
    fields = {"provider": "gcp", "region": "us-central1", "attributes": {"devices": devices}}
    bill = world.bill(world.resource("u//p.a", "gcp_pool", groups=groups, **fields))
    assert world.bounds(bill)[1] == "97.089489"  # 0.189999 × 0.7 × 730
    assert world.unpriced(bill) == unpriced


def test_a_custom_machine_by_its_rates(world: Any) -> None:
    groups = world.machines("custom-2-15360")
    bill = world.bill(world.resource("u//p.a", "gcp_pool", groups=groups, provider="gcp", region="us-central1"))
    # (2 × 0.033193 + 13 × 0.004446 + 2 × 0.00955) × 0.7 × 730 = 0.143284 × 511
    assert world.bounds(bill) == ("73.218124", "73.218124", "73.218124")


def test_vertex_calls_accelerators_otherwise(world: Any) -> None:
    groups = world.machines("n1-standard-4", accelerators=(T4,))
    bill = world.bill(world.resource("u//p.a", "prediction", groups=groups, provider="gcp", region="us-central1"))
    assert world.bounds(bill)[1] == "159.87"  # 0.219 × 730, the fee inside
    assert world.unpriced(bill) == {
        "t4 added on, on-demand": "unpriced: no price of NVIDIA_TESLA_T4 in us-central1; the book has it in unspecified"
    }


@pytest.mark.parametrize(
    ("kind", "size", "expected"),
    [
        pytest.param("Standard_LRS", 20, "1.536", id="HDD begin with the tier of 32 GiB"),
        pytest.param("Standard_LRS", 33, "3.01", id="the next tier that holds it"),
        pytest.param("StandardSSD_LRS", 32, "2.4", id="SSD"),
        pytest.param("Premium_LRS", 100, "19.71", id="premium"),
    ],
)
def test_azure_disks_are_paid_by_tier(world: Any, kind: str, size: int, expected: str) -> None:
    storage = (Disk(kind=kind, size_gib=size),)
    groups = world.machines("standard_nc24ads_a100_v4", storage=storage)
    region = "eastus" if kind != "Standard_LRS" or size == 20 else "westeurope"
    bill = world.bill(world.resource("u//p.a", "azure_pool", groups=groups, provider="azure", region=region))
    amounts = {name: f"{line.monthly.normalize():f}" for name, line in world.priced(bill).items()}
    assert amounts[f"root volume {kind}"] == expected
    assert "machine standard_nc24ads_a100_v4, on-demand" in amounts, "Azure takes any case"


def test_sums_of_a_service(world: Any) -> None:
    attributes = {"on": True, "sku": "alb", "count": 2, "busy": True, "magic": True}
    bill = world.bill(world.resource("u//g.a", "gateway", attributes=attributes))
    # 0.045 × 730 + 2 × 0.0225 × 730
    assert world.bounds(bill) == ("65.7", "65.7", "65.7")
    assert world.unpriced(bill) == {
        "data processed": "usage: depends on use, and nothing says how much",
        "magic": "unpriced: the price book has no rows for it",
    }


@pytest.mark.parametrize(
    ("attributes", "bounds", "unpriced"),
    [
        pytest.param({"on": False}, ("0", "0", "0"), {}, id="a line that does not apply"),
        pytest.param({}, ("32.85", "32.85", "32.85"), {}, id="a SKU that is not stated"),
        pytest.param(
            {"sku": Unknown(Reason.VARIABLE, one_of=("alb", "clb"))},
            ("49.275", "unknown: variable", "51.1"),  # 32.85 + 16.425 or 18.25
            {},
            id="one of two SKUs",
        ),
        pytest.param(
            {"sku": "alb", "count": VARIABLE},
            ("32.85", "32.85", "32.85"),
            {"balancer": "variable: what or how much of it is not known: var.big has no value"},
            id="nobody knows how many",
        ),
        pytest.param(
            {"on": VARIABLE},
            ("0", "0", "0"),
            {"gateway": "variable: whether this is paid for is not known: var.big has no value"},
            id="nobody knows whether",
        ),
    ],
)
def test_flat_lines(world: Any, attributes: Any, bounds: Any, unpriced: dict[str, str]) -> None:
    bill = world.bill(world.resource("u//g.a", "gateway", attributes=attributes))
    assert (world.bounds(bill), world.unpriced(bill)) == (bounds, unpriced)


@pytest.mark.parametrize(
    ("storage_kind", "disk", "expected"),
    [
        pytest.param("regional_disk", Disk(kind="pd-ssd", size_gib=10), "3.4", id="a suffix of the class"),
        pytest.param("notebook_disk", Disk(kind="gp2", size_gib=10), "1.4", id="one SKU for all classes"),
    ],
)
def test_named_disks(world: Any, storage_kind: str, disk: Disk, expected: str) -> None:
    provider, region = ("gcp", "us-central1") if storage_kind == "regional_disk" else ("aws", "us-east-1")
    bill = world.bill(world.resource("u//d.a", storage_kind, storage=(disk,), provider=provider, region=region))
    assert world.bounds(bill)[1] == expected


@pytest.mark.parametrize(
    ("resource", "role", "unpriced"),
    [
        pytest.param(
            {"type_": "mystery"},
            "billed",
            {"mystery": "unpriced: guardrail does not know how mystery is billed"},
            id="a type that nobody declared",
        ),
        pytest.param(
            {"type_": "module", "category": "module.call", "understood": True},
            "billed",
            {"module": "module: the module is not at hand, so nobody knows what it makes"},
            id="a module that is not at hand",
        ),
        pytest.param({"type_": "role"}, "billed", {}, id="known to be free"),
        pytest.param({"type_": "template"}, "template", {}, id="never runs by itself"),
    ],
)
def test_without_lines(world: Any, resource: dict[str, Any], role: str, unpriced: dict[str, str]) -> None:
    bill = world.bill(world.resource("u//a", **resource))
    assert (bill.role, world.unpriced(bill), bill.complete) == (role, unpriced, not unpriced)


@pytest.mark.parametrize(
    ("fields", "unpriced"),
    [
        pytest.param({"type_": "core/ConfigMap"}, {}, id="configuration"),
        pytest.param({"type_": "core/Service", "attributes": {"spec": {"type": "ClusterIP"}}}, {}, id="inside only"),
        pytest.param(
            {"type_": "core/Service", "attributes": {"spec": {"type": "LoadBalancer"}}},
            {"load balancer": "unpriced: which one it is depends on the cluster, and what it costs on use"},
            id="a load balancer",
        ),
        pytest.param(
            {"type_": "core/Service", "attributes": {"spec": {"type": VARIABLE}}},
            {"load balancer": "variable: whether there is one is not known"},
            id="perhaps one",
        ),
        pytest.param(
            {"type_": "core/PersistentVolumeClaim", "category": "storage.volume"},
            {
                "core/PersistentVolumeClaim": "unpriced: "
                "what a claim costs depends on its storage class, which the cluster decides"
            },
            id="a claim",
        ),
        pytest.param(
            {"type_": "x.io/Mystery", "understood": False},
            {"x.io/Mystery": "unpriced: guardrail does not know how x.io/Mystery is billed"},
            id="a kind that nobody declared",
        ),
    ],
)
def test_kubernetes_objects(world: Any, fields: Any, unpriced: dict[str, str]) -> None:
    given = {"provider": "kubernetes", "format": "kubernetes", "understood": True, **fields}
    bill = world.bill(world.resource("k//a", **given))
    assert (world.unpriced(bill), bill.complete) == (unpriced, not unpriced)


def test_what_something_runs_is_its_template(world: Any) -> None:
    groups = world.machines("g5.xlarge")
    config, endpoint = (world.resource(f"u//{kind}.a", kind, groups=groups) for kind in ("config", "endpoint"))
    alone = world.bills(world.graph(config))
    assert (alone["u//config.a"].role, world.bounds(alone["u//config.a"])[1]) == ("billed", "734.38")
    both = world.bills(world.graph(config, endpoint, edges={"u//endpoint.a": [Edge("references", "u//config.a")]}))
    assert (both["u//config.a"].role, world.bounds(both["u//config.a"])[1]) == ("template", "0")
    assert (both["u//endpoint.a"].role, world.bounds(both["u//endpoint.a"])[1]) == ("billed", "734.38")
