"""What a kind reads of a JSON text: around what is not known in it, and nothing of what is no JSON."""

from __future__ import annotations

from typing import Any

import pytest

from guardrail.catalog.aws.batch import DEFINITION
from guardrail.catalog.groups import group_readings, read_groups
from guardrail.model.value import Reason, Unknown

HIDDEN = Unknown(Reason.VARIABLE, note="var.n has no value")


def gapped(*parts: Any) -> Unknown:
    return Unknown(Reason.VARIABLE, parts=parts)


def read(**attributes: Any) -> Any:
    groups, _, _ = read_groups(group_readings(DEFINITION), attributes, "aws", {})
    return groups["main"]  # type: ignore[index]


def count(**attributes: Any) -> Any:
    """Return the number of devices, None for none."""
    found = read(**attributes).accelerators
    return found[0].count if found else None


GPU = '{"resourceRequirements": [{"type": "GPU", "value": "%s"}]}'


@pytest.mark.parametrize(
    ("text", "devices"),
    [
        pytest.param(GPU % 4, 4, id="as text"),
        pytest.param('{"resourceRequirements": [{"type": "GPU", "value": 4}]}', 4, id="as a number"),
        pytest.param('{"ResourceRequirements": [{"Type": "GPU", "Value": "4"}]}', 4, id="in the other case"),
        pytest.param(
            '{"resourceRequirements": [{"type": "GPU", "value": "1"}, {"type": "GPU", "value": "2"}]}', 3, id="twice"
        ),
        pytest.param('{"resourceRequirements": [{"type": "VCPU", "value": "4"}]}', None, id="processors are none"),
        pytest.param('{"image": "x"}', None, id="none"),
        pytest.param(gapped('{"image": "', HIDDEN, '", ' + (GPU % 2)[1:]), 2, id="beside a gap"),
    ],
)
def test_devices_of_a_job(text: Any, devices: Any) -> None:
    assert count(container_properties=text) == devices


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param(gapped(GPU.partition("%")[0], HIDDEN, '"}]}'), Reason.VARIABLE, id="in a gap"),
        pytest.param(
            gapped('{"resourceRequirements": [{"type": "', HIDDEN, '", "value": "1"}]}'),
            Reason.VARIABLE,
            id="of what type is in a gap",
        ),
        pytest.param(gapped('{"resourceRequirements": ', HIDDEN, "}"), Reason.VARIABLE, id="all of it in a gap"),
        pytest.param(gapped('{"a": 1 ', HIDDEN, "}"), Reason.VARIABLE, id="a gap where other members may be"),
        pytest.param(HIDDEN, Reason.VARIABLE, id="not known"),
        pytest.param("{", Reason.ERROR, id="no JSON"),
        pytest.param("[" * 100_000, Reason.ERROR, id="nested without end"),
        pytest.param("[1]", Reason.ERROR, id="no object"),
        pytest.param(GPU % -1, Reason.ERROR, id="less than none"),
        pytest.param(GPU % "many", Reason.ERROR, id="no number"),
    ],
)
def test_what_cannot_be_told_is_never_none(text: Any, reason: Reason) -> None:
    found = read(container_properties=text).accelerators
    doubt = found if isinstance(found, Unknown) else found[0].count
    assert isinstance(doubt, Unknown)
    assert doubt.reason is reason


@pytest.mark.parametrize(
    ("properties", "machines", "devices"),
    [
        pytest.param({"numNodes": 4, "nodeRangeProperties": []}, 4, None, id="without containers"),
        pytest.param(
            {"numNodes": "2", "nodeRangeProperties": [{"container": {"resourceRequirements": []}}]},
            2,
            None,
            id="a number as text",
        ),
        pytest.param(
            {
                "numNodes": 2,
                "nodeRangeProperties": [
                    {
                        "ecsProperties": {
                            "taskProperties": [
                                {"containers": [{"resourceRequirements": [{"type": "GPU", "value": "8"}]}]}
                            ]
                        }
                    }
                ],
            },
            2,
            8,
            id="tasks of ECS",
        ),
    ],
)
def test_jobs_of_several_machines(properties: Any, machines: int, devices: Any) -> None:
    import json

    found = read(node_properties=json.dumps(properties))
    assert found.replicas.max == machines
    assert (found.accelerators[0].count if found.accelerators else None) == devices


def test_machines_that_differ_have_one_of_several_numbers() -> None:
    import json

    ranges = [{"container": {"resourceRequirements": [{"type": "GPU", "value": str(many)}]}} for many in (0, 8)]
    found = count(node_properties=json.dumps({"numNodes": 2, "nodeRangeProperties": ranges}))
    assert isinstance(found, Unknown)
    assert found.one_of == (0, 8)
