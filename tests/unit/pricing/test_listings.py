"""What the book has of a machine and of a region."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from guardrail.errors import UsageError
from guardrail.pricing.equivalent import like
from guardrail.pricing.listings import find, in_region
from guardrail.pricing.places import region, regions


@pytest.mark.parametrize(
    ("name", "where", "told"),
    [
        pytest.param(
            "g5.xlarge",
            "us-east-1",
            [("ec2", "on-demand", "1.006"), ("ec2", "spot", "0.4937"), ("ec2", "1yr", "0.63378")],
            id="a machine",
        ),
        pytest.param(
            "a3-ultragpu-8g",
            "us-east4",
            [("gce-machine", "on-demand", "83.4920"), ("gce-machine", "spot", "45.0856")],
            id="a machine that is listed by its accelerators: eight times the share",
        ),
        pytest.param(
            "ct6e-standard-8t",
            "us-east5",
            [("gce-machine", "on-demand", "21.6"), ("gce-machine", "spot", "9.72")],
            id="a machine with TPUs: its slice",
        ),
        pytest.param("ct5l-hightpu-8t", "us-central1", None, id="the older name of eight chips of TPU v5e"),
        pytest.param("n1-custom-4-16384", "us-central1", None, id="a custom machine: by its vCPU and memory"),
        pytest.param(
            "standard_nc24ads_a100_V4",
            "East US",
            [("azure-vm", "on-demand", "3.673"), ("azure-vm", "spot", "0.61082")],
            id="Azure takes any case, and a region by its title",
        ),
        pytest.param(
            "nvidia-tesla-t4",
            "us-central1",
            [("gce-gpu", "on-demand", "0.35"), ("gce-gpu", "spot", "0.14")],
            id="an accelerator that is added on",
        ),
        pytest.param("gp3", "us-east-1", [("ebs", "on-demand", "0.08")], id="what is no machine"),
    ],
)
def test_find(world: Any, name: str, where: str, told: Any) -> None:
    found = find(world.book, name, [where])
    assert all(one.usd == sum(item.each * item.price.usd for item in one.items) for one in found)
    if told is not None:
        assert [(one.service, one.option, str(one.usd)) for one in found] == told


def test_a_custom_machine_is_the_sum_of_its_parts(world: Any) -> None:
    listed = find(world.book, "n1-custom-4-16384")[0]
    assert [(item.price.sku, item.each) for item in listed.items] == [
        ("n1-custom-vcpu", Decimal(4)),
        ("n1-custom-memory", Decimal(16)),
    ]


def test_a_machine_is_shown_in_every_service_that_sells_it(world: Any) -> None:
    found = find(world.book, "ml.g5.xlarge", ["us-east-1"])
    assert {one.service for one in found} == {
        "sagemaker-hosting",
        "sagemaker-notebook",
        "sagemaker-processing",
        "sagemaker-studio",
        "sagemaker-training",
    }


@pytest.mark.parametrize(
    ("name", "where", "message", "hint"),
    [
        pytest.param("g5.xlage", [], 'did you mean "g5.xlarge"?', "as their cloud names them", id="a slip"),
        pytest.param("trn2.48xlarge", [], "sold in capacity blocks only", "docs/machines.md", id="why there is none"),
        pytest.param("a4-highgpu-8g", [], "no list that the book is made of", "docs/machines.md", id="in no list"),
        pytest.param("h100", [], "is an accelerator, not a machine", "--accelerator h100", id="an accelerator"),
        pytest.param("g5.xlarge", ["us-east-11"], 'did you mean "us-east-1"?', "for instance", id="a region's slip"),
        pytest.param(
            "g5.xlarge", ["eastus"], "no price of g5.xlarge there", "ap-east-1, ap-north", id="another cloud's"
        ),
    ],
)
def test_what_is_not_there_says_what_may_be_meant(
    world: Any, name: str, where: list[str], message: str, hint: str
) -> None:
    with pytest.raises(UsageError) as raised:
        find(world.book, name, where)
    assert message in raised.value.message
    assert hint in raised.value.hint


@pytest.mark.parametrize(
    ("where", "accelerator", "names"),
    [
        pytest.param("us-east-1", "h100", ["p5.48xlarge", "p5.4xlarge"], id="a family"),
        pytest.param("eastus", "H100-80GB", None, id="a model in any case"),
        pytest.param("us-central1", "nvidia-tesla-t4", ["nvidia-tesla-t4"], id="what is added to any N1"),
        pytest.param("us-central1", "a100-80gb", None, id="a model, not its whole family"),
        pytest.param("us-central1", None, None, id="whatever has any"),
    ],
)
def test_in_region(world: Any, where: str, accelerator: Any, names: Any) -> None:
    found = in_region(world.book, [where], accelerator)
    assert {one.region for one in found} == {where}
    assert all(one.inside.number for one in found)
    if names is not None:
        assert sorted({one.name for one in found}) == names
    if accelerator in ("a100-80gb", "H100-80GB"):
        assert {one.inside.model for one in found} == {accelerator.lower()}


@pytest.mark.parametrize(
    ("where", "accelerator", "message", "hint"),
    [
        pytest.param("us-east-1", "a101", 'no accelerator a101, did you mean "a10"?', "for instance", id="a slip"),
        pytest.param("us-west1", "b200", "a machine with b200 in us-west1", "us-east-1 (aws)", id="elsewhere only"),
        pytest.param("us-west1", "gb300", "a machine with gb300 in us-west1", "MACHINE", id="nowhere"),
    ],
)
def test_nothing_in_a_region_says_where(world: Any, where: str, accelerator: str, message: str, hint: str) -> None:
    with pytest.raises(UsageError) as raised:
        in_region(world.book, [where], accelerator)
    assert message in raised.value.message
    assert hint in raised.value.hint


@pytest.mark.parametrize(
    ("name", "where", "told"),
    [
        pytest.param(
            "p4d.24xlarge",
            [],
            {"aws": "p4d.24xlarge us-east-2 21.95764", "azure": "Standard_ND96asr_A100_v4 eastus 27.197"}
            | {"gcp": "a2-highgpu-8g us-central1 29.38708"},
            id="eight A100",
        ),
        pytest.param(
            "Standard_NC24ads_A100_v4",
            [],
            # AWS has A100 with 80 GB by eights only
            {"aws": "p4de.24xlarge us-east-1 27.44705", "azure": "Standard_NC24ads_A100_v4 eastus 3.673"}
            | {"gcp": "a2-ultragpu-1g us-central1 5.068798"},
            id="an A100 with 80 GB is not one with 40",
        ),
        pytest.param(
            "g4dn.xlarge",
            ["us-central1"],
            # n1-highmem-4 0.236606 and 0.35
            {"aws": "g4dn.xlarge us-east-1 0.526", "azure": "Standard_NC4as_T4_v3 eastus 0.526"}
            | {"gcp": "n1-highmem-4 + 1 × t4 us-central1 0.586606"},
            id="Google adds a T4 to a machine; a region of its own holds for each cloud",
        ),
        pytest.param("m7g.xlarge", [], {"azure": "Standard_D4ps_v5 centralindia 0.101", "gcp": None}, id="Arm for Arm"),
        pytest.param("trn1.32xlarge", [], {"azure": None, "gcp": None}, id="what one cloud has"),
        pytest.param("trn2.48xlarge", [], {"aws": None}, id="what has no price itself"),
        pytest.param(
            "ml.m5.xlarge",
            [],
            {"aws": "ml.m5.xlarge us-east-1 0.23", "azure": "Standard_D4s_v3 eastus 0.192"},
            id="services that run machines for people",
        ),
    ],
)
def test_like(world: Any, name: str, where: list[str], told: dict[str, Any]) -> None:
    found = like(world.book, name, where)
    best = {one.provider: one.listing for one in found.best if one.option == "on-demand"}
    for cloud, expected in told.items():
        one = best[cloud]
        assert (f"{one.name} {one.region} {one.usd}" if one else None) == expected
    assert len(found.best) == 12


def test_a_machine_without_accelerators_is_matched_by_its_size(world: Any) -> None:
    found = like(world.book, "m5.xlarge")
    for one in found.best:
        if one.listing:
            inside = one.listing.inside
            assert not inside.number
            assert (inside.vcpu or 0) >= 4
            assert (inside.gib or 0) >= 16
            assert not one.listing.name.startswith(("t3", "t4g", "m6g", "m7g", "Standard_B", "e2-m", "f1"))


def test_like_nothing_known(world: Any) -> None:
    with pytest.raises(UsageError, match=r'did you mean "p4d\.24xlarge"'):
        like(world.book, "p4d.24xlage")


@pytest.mark.parametrize(
    ("provider", "written", "name"),
    [
        ("aws", "US East (N. Virginia)", "us-east-1"),
        ("aws", "eu (ireland)", "eu-west-1"),
        ("azure", "West US 2", "westus2"),
        ("gcp", "EU", "europe-multi"),
        ("gcp", "eastus", None),
    ],
)
def test_regions_by_their_names(provider: str, written: str, name: Any) -> None:
    assert region(provider, written) == name


def test_no_region_has_two_names() -> None:
    for provider in ("aws", "azure", "gcp"):
        titles = list(regions(provider).values())
        assert len(titles) == len(set(titles))
