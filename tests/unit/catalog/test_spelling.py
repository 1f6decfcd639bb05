"""The words of a kind, and the way back to what is written."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from guardrail.catalog.spelling import Spelling, respell, snake
from guardrail.model.path import segments
from guardrail.model.value import ABSENT, OpenMap, Reason, Unknown, lookup

ENDPOINT = Spelling(type="t", renamed={"endpoint_config_name": "name"}, moved={"spot.options.price": ("bid", 0, "usd")})
WRITTEN = {
    "EndpointConfigName": "chat",
    "ProductionVariants": ({"VariantName": "a", "ManagedInstanceScaling": {"MaxInstanceCount": 4}},),
    "Tags": ({"Key": "team", "Value": "ml"}, {"key": "Cost Center", "value": "7"}),
    "Environment": {"HF_TOKEN": "x"},
    "Spot": {"Options": {"Price": "1.5"}},
}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("InstanceType", "instance_type"),
        ("VolumeSizeInGB", "volume_size_in_gb"),
        ("volumeSizeInGb", "volume_size_in_gb"),
        ("roleARN", "role_arn"),
        ("s3URI", "s3_uri"),
        ("S3OutputPath", "s3_output_path"),
        ("volumeKMSKeyID", "volume_kms_key_id"),
        ("imageURI", "image_uri"),
        ("bootDiskSizeGb", "boot_disk_size_gb"),
        ("outputURIPrefix", "output_uri_prefix"),
        ("MemoryInGiB", "memory_in_gib"),
        ("already_snake_case", "already_snake_case"),
    ],
)
def test_snake_case(name: str, words: str) -> None:
    assert snake(name) == words


def test_attributes_are_in_the_words_of_the_kind() -> None:
    assert respell(ENDPOINT, WRITTEN).attributes == {
        "name": "chat",
        "production_variants": ({"variant_name": "a", "managed_instance_scaling": {"max_instance_count": 4}},),
        "tags": {"team": "ml", "Cost Center": "7"},
        "environment": {"HF_TOKEN": "x"},
        "spot": {"options": {"price": "1.5"}},
        "bid": {"usd": "1.5"},
    }


@pytest.mark.parametrize(
    ("path", "native"),
    [
        pytest.param("/name", "/EndpointConfigName", id="what is called otherwise"),
        pytest.param(
            "/production_variants/0/managed_instance_scaling/0/max_instance_count",
            "/ProductionVariants/0/ManagedInstanceScaling/MaxInstanceCount",
            id="a block that is a mapping",
        ),
        pytest.param(
            "/production_variants/0/initial_instance_count",
            "/ProductionVariants/0/InitialInstanceCount",
            id="what is not written, where it would stand",
        ),
        pytest.param("/tags", "/Tags", id="all tags"),
        pytest.param("/tags/Cost Center", "/Tags/1", id="one tag of a list of pairs"),
        pytest.param("/environment/HF_TOKEN", "/Environment/HF_TOKEN", id="keys of somebody's own"),
        pytest.param("/bid/0/usd", "/Spot/Options/Price", id="what stands elsewhere"),
        pytest.param("", "", id="the thing itself"),
    ],
)
def test_the_way_back(path: str, native: str) -> None:
    assert respell(ENDPOINT, WRITTEN).native(path) == native


def test_members_stand_below_the_body() -> None:
    found = respell(
        Spelling(type="t", body="/spec/forProvider", case="camel"), {"spec": {"forProvider": {"minSize": 1}}}
    )
    assert found.attributes == {"min_size": 1}
    assert found.native("/min_size") == "/spec/forProvider/minSize"
    assert found.native("/max_size") == "/spec/forProvider/maxSize"


@pytest.mark.parametrize(
    ("written", "attributes"),
    [
        pytest.param({}, {}, id="nothing"),
        pytest.param({"A": None}, {"a": None}, id="null"),
        pytest.param({"A": None, "a": 1}, {"a": 1}, id="null beside a value says nothing"),
        pytest.param({"A": 1, "a": None}, {"a": 1}, id="a value beside null"),
    ],
)
def test_what_is_not_there(written: Any, attributes: Any) -> None:
    assert respell(Spelling(type="t"), written).attributes == attributes


def test_a_member_written_in_two_cases_is_in_error() -> None:
    found = respell(Spelling(type="t"), {"InstanceCount": 1, "instanceCount": 100}).attributes["instance_count"]
    assert isinstance(found, Unknown)
    assert found.reason is Reason.ERROR


def test_a_body_that_is_not_known_may_hold_anything() -> None:
    hidden = Unknown(Reason.TEMPLATE)
    found = respell(Spelling(type="t", body="/spec"), {"spec": hidden}).attributes
    assert isinstance(found, OpenMap)
    assert found.rest is hidden


def test_a_tag_whose_key_is_not_known_leaves_the_tags_open() -> None:
    hidden = Unknown(Reason.TEMPLATE)
    found = respell(Spelling(type="t"), {"Tags": ({"Key": "a", "Value": "1"}, {"Key": hidden, "Value": "2"})})
    assert found.attributes["tags"] == {"a": "1"}
    assert found.attributes["tags"].rest is hidden


JOB = Spelling(
    type="t",
    moved={"job_spec.pools": ("pools",), "spec.pools": ("pools",)},
    beside={"labels": "/metadata/labels"},
)


@pytest.mark.parametrize(
    ("written", "native"),
    [
        pytest.param({"jobSpec": {"pools": (1,)}}, "/jobSpec/pools/0", id="where it is moved from"),
        pytest.param({"spec": {"pools": (1,)}}, "/spec/pools/0", id="where else it may be moved from"),
        pytest.param({"pools": (1,), "spec": {"pools": (2,)}}, "/pools/0", id="where the kind has it, first"),
        pytest.param({"spec": {}}, "/JobSpec/Pools", id="where it would stand"),
    ],
)
def test_a_member_that_may_stand_in_several_places(written: Any, native: str) -> None:
    assert respell(JOB, written).native("/pools/0") == native


def test_a_member_beside_the_body() -> None:
    inside = {"labels": {"team": "a"}, "metadata": {"labels": {"team": "b"}}}
    beside = {"metadata": {"labels": {"team": "b"}}}
    assert respell(JOB, inside).attributes["labels"] == {"team": "a"}
    assert respell(JOB, inside).native("/labels/team") == "/labels/team"
    assert respell(JOB, beside).attributes["labels"] == {"team": "b"}
    assert respell(JOB, beside).native("/labels/team") == "/metadata/labels/team"


def test_a_reference_is_the_name_in_it() -> None:
    spelling = Spelling(type="t", references=True, renamed={"disk.source_disk_ref": "source"})
    written = {
        "clusterRef": {"name": "a", "namespace": "b"},
        "disk": ({"sourceDiskRef": {"external": "d"}},),
        "otherRef": {},
    }
    found = respell(spelling, written)
    assert found.attributes == {"cluster": "a", "disk": ({"source": "d"},), "other": {}}
    assert found.native("/cluster") == "/clusterRef/name"
    assert found.native("/disk/0/source") == "/disk/0/sourceDiskRef/external"


NAMES = st.sampled_from(["InstanceType", "instanceCount", "VolumeSizeInGB", "Nested", "tags", "Environment"])
VALUES = st.recursive(
    st.one_of(st.none(), st.integers(), st.text(max_size=3)),
    lambda inner: st.one_of(st.dictionaries(NAMES, inner, max_size=3), st.lists(inner, max_size=2).map(tuple)),
    max_leaves=8,
)


@example({"Environment": {"Nested": {"instanceCount": 1}}})
@given(st.dictionaries(NAMES, VALUES, max_size=4))
def test_every_leaf_leads_back_to_the_value_that_it_has(written: Any) -> None:
    found = respell(Spelling(type="t", pairs={}), written)
    for path, value in _leaves(found.attributes, ""):
        native = lookup(written, segments(found.native(path)))
        assert native is not ABSENT
        assert native == value or isinstance(value, Unknown)


def _leaves(value: Any, at: str) -> Any:
    if isinstance(value, dict):
        for key, member in value.items():
            yield from _leaves(member, f"{at}/{key}")
    elif isinstance(value, tuple):
        for index, member in enumerate(value):
            yield from _leaves(member, f"{at}/{index}")
    else:
        yield at, value


REFERS = Spelling(
    type="t", case="camel", moved={"launch.id_ref.name": ("launch", 0, "id"), "launch_selector": ("launch", 0, "id")}
)


@pytest.mark.parametrize(
    ("written", "native"),
    [
        pytest.param({"launch": {"id": "lt-1", "idRef": {"name": "a"}}}, "/launch/id", id="the attribute itself"),
        pytest.param({"launch": {"idRef": {"name": "a"}}}, "/launch/idRef/name", id="what it may be written as"),
        pytest.param({"launch": ({"name": "a"},)}, "/launch/0/id", id="where it would stand, in a list"),
        pytest.param({"launch": {"name": "a"}}, "/launch/id", id="where it would stand, in a block"),
        pytest.param({"launchSelector": {"labels": {}}}, "/launchSelector", id="another thing that it is chosen by"),
        pytest.param({}, "/launch/idRef/name", id="where it would stand"),
    ],
)
def test_what_may_stand_in_several_places(written: Any, native: str) -> None:
    assert respell(REFERS, written).native("/launch/0/id") == native


@pytest.mark.parametrize(
    ("written", "path"),
    [
        pytest.param(
            {"Spot": {"Options": {"Price": "9"}}, "Bid": {"Usd": "1"}}, ("bid", "usd"), id="where it is moved to, too"
        ),
        pytest.param(
            {"Tags": ({"Key": "a", "Value": "b"}, {"Key": "a", "Value": "c"})}, ("tags", "a"), id="a name in two pairs"
        ),
        pytest.param({"Tags": ({"Key": "a", "Value": "b", "value": "c"},)}, ("tags", "a"), id="a pair with two values"),
        pytest.param({"EndpointConfigName": "a", "Name": "b"}, ("name",), id="by both of its names"),
        pytest.param({"VolumeGB": 1, "volume_gb": 2}, ("volume_gb",), id="in two cases"),
    ],
)
def test_what_is_stated_twice_is_in_error(written: Any, path: tuple[str, ...]) -> None:
    """Readers differ in which of them counts, and a decoy must not be what is judged."""
    found = lookup(respell(ENDPOINT, written).attributes, path)
    assert isinstance(found, Unknown)
    assert found.reason is Reason.ERROR


def test_what_is_stated_twice_alike_is_known() -> None:
    written = {"Tags": ({"Key": "a", "Value": "b"}, {"Key": "a", "Value": "b"}), "Spot": {"Options": {"Price": "1"}}}
    found = respell(ENDPOINT, {**written, "Bid": {"Usd": "1"}}).attributes
    assert (found["tags"], found["bid"]) == ({"a": "b"}, {"usd": "1"})
