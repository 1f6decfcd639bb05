"""Diagnostics of values that no cloud would take, each with the line that it stands on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Optional

import pytest
from catalogued import described

from guardrail.graph.refused import refused
from guardrail.model.place import Place
from guardrail.model.value import Reason, Unknown, Value

BROKEN = Unknown(Reason.ERROR, note="tonumber(): a number is required, and this text is none")


@pytest.mark.parametrize(
    ("native", "attributes", "told"),
    [
        pytest.param(
            "google_compute_instance",
            {"guest_accelerator": [{"type": "nvidia-tesla-t4", "count": -80}]},
            [("/guest_accelerator", "/groups/main/accelerators/0/count cannot be: less than nothing")],
            id="less than nothing of a block",
        ),
        pytest.param(
            "aws_ebs_volume",
            {"type": "gp3", "size": "many"},
            [("/size", "/storage/0/size_gib cannot be: not a whole number")],
            id="no number of a disk",
        ),
        pytest.param(
            "aws_ebs_volume", {"type": "gp3", "size": BROKEN}, [], id="an expression was told by its evaluator"
        ),
        pytest.param(
            "aws_ebs_volume",
            {"type": "gp3", "size": "many", "iops": BROKEN},
            [("/size", "/storage/0/size_gib cannot be: not a whole number")],
            id="but not what stands beside it",
        ),
        pytest.param(
            "aws_eks_node_group",
            {"scaling_config": [{"min_size": 9, "max_size": 1}]},
            [
                ("/scaling_config/0/max_size", "/groups/main/replicas/max cannot be: the lower bound of replicas is"),
                ("/scaling_config/0/min_size", "/groups/main/replicas/min cannot be: the lower bound of replicas is"),
            ],
            id="both of two that contradict each other",
        ),
        pytest.param(
            "google_compute_instance",
            {"scheduling": [{"max_run_duration": [{"seconds": -1}]}]},
            [
                (
                    "/scheduling/0/max_run_duration/0/seconds",
                    "/lifetime/max_runtime_seconds cannot be: less than nothing",
                )
            ],
            id="a time that is over before it begins",
        ),
        pytest.param("aws_instance", {"tags": ["a"]}, [("/tags", "/labels cannot be: not a map of tags")], id="tags"),
        pytest.param("aws_instance", {"instance_type": "m5.large", "ami": "a"}, [], id="nothing where all is well"),
    ],
)
def test_refused(native: str, attributes: Mapping[str, Value], told: list[tuple[str, str]]) -> None:
    resource = described(native, attributes)
    found = sorted((_file(one.place), one.message) for one in refused({resource.address: resource}))
    assert len(found) == len(told)
    for (file, message), (at, text) in zip(found, told, strict=True):
        assert file == at
        assert message.startswith(f"{resource.address} {text}")


def _file(place: Optional[Place]) -> str:
    return place.file if place else ""
