from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.catalog.machines import accelerators_of, machine
from guardrail.model.value import Unknown


@pytest.mark.parametrize(
    ("provider", "name", "vcpu", "memory", "devices"),
    [
        pytest.param("aws", "p5.48xlarge", 192, "2048", [("h100-80gb", 8, None)], id="eight devices"),
        pytest.param("aws", "t3.micro", 2, "1", [], id="none"),
        pytest.param("aws", "g6f.large", 2, "8", [("l4", 1, "0.125")], id="an eighth of a device"),
        pytest.param("aws", "ml.g5.12xlarge", 48, "192", [("a10g", 4, None)], id="a machine of SageMaker"),
        pytest.param("aws", "ml.a1.large", 2, "4", [], id="SageMaker's machines are those of EC2"),
        pytest.param("gcp", "a2-highgpu-1g", 12, "85", [("a100-40gb", 1, None)], id="Google's, by name"),
        pytest.param("gcp", "n2-custom-6-20480", 6, "20", [], id="a custom machine, by its name"),
        pytest.param("gcp", "custom-4-5632", 4, "5.5", [], id="a custom machine of the first family"),
        pytest.param("gcp", "n1-custom-2-15360-ext", 2, "15", [], id="with extended memory"),
        pytest.param("azure", "standard_nc24ads_a100_v4", 24, "220", [("a100-80gb", 1, None)], id="in any case"),
    ],
)
def test_machine(provider: str, name: str, vcpu: int, memory: str, devices: list[tuple[str, int, str | None]]) -> None:
    found = machine(provider, name)
    assert found is not None
    assert (found.vcpu, found.memory_gib) == (vcpu, Decimal(memory))
    told = [(one.model, one.count, None if one.fraction is None else str(one.fraction)) for one in found.accelerators]
    assert told == devices
    assert accelerators_of(provider, name) == found.accelerators


@pytest.mark.parametrize(
    ("provider", "name"),
    [
        ("aws", "q9.xlarge"),
        ("aws", "ml."),
        ("gcp", "p5.48xlarge"),
        ("gcp", "g2-custom-4-8192"),
        ("gcp", "custom-4"),
        ("azure", "t3.micro"),
        ("kubernetes", "t3.micro"),
        ("", ""),
    ],
)
def test_no_machine_is_guessed(provider: str, name: str) -> None:
    assert machine(provider, name) is None


@pytest.mark.parametrize(
    ("provider", "name", "none"),
    [
        pytest.param("aws", "m5.9999xlarge", True, id="a size that is not listed, of a family without"),
        pytest.param("aws", "g5.9999xlarge", False, id="a size that is not listed, of a family with"),
        pytest.param("aws", "m5.large/../p5.48xlarge", False, id="what is no name of a type"),
        pytest.param("aws", "m5.large\n", False, id="a type and a line"),
        pytest.param("azure", "Standard_D4\nStandard_ND96", False, id="two sizes"),
        pytest.param("aws", "q9.xlarge", False, id="a family that nobody knows may carry any"),
        pytest.param("gcp", "n2d-standard-9999", True, id="Google names families with accelerators by A and G"),
        pytest.param("gcp", "a9-highgpu-1g", False, id="a new family of that name"),
        pytest.param("gcp", "ct9e-standard-4t", False, id="a new TPU"),
        pytest.param("gcp", "g2-custom-4-8192", False, id="a custom machine with a GPU inside"),
        pytest.param("azure", "Standard_E999_v9", True, id="only Azure's N series has them"),
        pytest.param("azure", "Standard_NC999_v9", False, id="a new size of the N series"),
        pytest.param("azure", "D4", False, id="what is no size at all"),
        pytest.param("", "t3.micro", False, id="no cloud"),
    ],
)
def test_accelerators_of_machines_that_are_in_no_row(provider: str, name: str, none: bool) -> None:
    found = accelerators_of(provider, name)
    assert found == () if none else isinstance(found, Unknown)


@given(st.sampled_from(["aws", "gcp", "azure"]), st.text(max_size=40))
def test_any_name_is_answered(provider: str, name: str) -> None:
    machine(provider, name)
    accelerators_of(provider, name)
