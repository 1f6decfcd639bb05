from __future__ import annotations

import csv
from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.catalog.accelerators import accelerator, models, native, of_model, together
from guardrail.catalog.machines import accelerators_of, machine
from guardrail.data import DIRECTORY
from guardrail.model.resource import Accelerator
from guardrail.model.value import Reason, Unknown


@pytest.mark.parametrize(
    ("name", "model", "family"),
    [
        pytest.param("nvidia-tesla-t4", "t4", "t4", id="a label of GKE"),
        pytest.param("nvidia-l4", "l4", "l4", id="a newer label of GKE"),
        pytest.param("nvidia-h100-80gb", "h100-80gb", "h100", id="a label with memory"),
        pytest.param("nvidia-h100-mega-80gb", "h100-80gb", "h100", id="the mega machine has the same devices"),
        pytest.param("nvidia-tesla-a100", "a100-40gb", "a100", id="what GKE calls the A100 of 40 GB"),
        pytest.param("NVIDIA_TESLA_T4", "t4", "t4", id="a name of Vertex AI"),
        pytest.param("NVIDIA_A100_80GB", "a100-80gb", "a100", id="a name of Vertex AI with memory"),
        pytest.param("NVIDIA-H100-80GB-HBM3", "h100-80gb", "h100", id="a product of GPU feature discovery"),
        pytest.param("NVIDIA-A100-SXM4-40GB", "a100-40gb", "a100", id="a product with its socket"),
        pytest.param("NVIDIA-A100-SXM4-40GB-MIG-1g.5gb", "a100-40gb", "a100", id="a slice of a device"),
        pytest.param("Tesla-T4-SHARED", "t4", "t4", id="a device that is shared in time"),
        pytest.param("NVIDIA A10G", "a10g", "a10g", id="the driver's name, with blanks"),
        pytest.param("h100", "h100", "h100", id="a name of Karpenter: the memory is not told"),
        pytest.param("t4g", "t4g", "t4g", id="t4g is not t4"),
        pytest.param("a10", "a10", "a10", id="a10 is not a10g"),
        pytest.param("trainium", "trainium1", "trainium1", id="the first Trainium has no number"),
        pytest.param("inferentia2", "inferentia2", "inferentia2", id="Inferentia"),
        pytest.param("gaudi-hl-205", "gaudi1", "gaudi1", id="a card of Habana"),
        pytest.param("tpu-v5-lite-podslice", "tpu-v5e", "tpu-v5e", id="a TPU label of GKE"),
        pytest.param("nvidia-tesla-t4-vws", "t4", "t4", id="a licence for workstations"),
        pytest.param("projects/p/zones/z/acceleratorTypes/nvidia-tesla-v100", "v100-16gb", "v100", id="a self link"),
    ],
)
def test_accelerator_by_its_names(name: str, model: str, family: str) -> None:
    found = accelerator(name)
    assert found is not None
    assert (found.model, found.family) == (model, family)


@pytest.mark.parametrize("name", ["", "nvidia", "t", "h100-64gb", "a100x", "-shared", "mig-1g.5gb", "gpu"])
def test_no_name_is_guessed(name: str) -> None:
    assert accelerator(name) is None


@given(st.text(max_size=80))
def test_any_name_is_answered(name: str) -> None:
    accelerator(name)


def test_aliases_mean_one_model_each() -> None:
    rows = list(csv.DictReader((DIRECTORY / "accelerators.csv").read_text(encoding="utf-8").splitlines()))
    names = Counter(name.lower() for row in rows for name in (row["model"], *row["aliases"].split()))
    assert [name for name, count in names.items() if count > 1] == []
    assert len(models()) == len(rows)


def test_a_family_is_the_model_less_its_memory() -> None:
    for row in models():
        suffix = "" if row.memory_gib is None else f"-{row.memory_gib}gb"
        assert row.family in (row.model, row.model.removesuffix(suffix))


def test_every_accelerator_of_the_machines_is_in_the_table() -> None:
    rows = csv.DictReader((DIRECTORY / "machines.csv").read_text(encoding="utf-8").splitlines())
    names = {row["accelerator"] for row in rows} - {""}
    known = {name: accelerator(name) for name in names}
    assert [name for name, row in known.items() if row is None or row.model != name] == []


def test_every_machine_is_found() -> None:
    for row in csv.DictReader((DIRECTORY / "machines.csv").read_text(encoding="utf-8").splitlines()):
        inside = accelerators_of(row["provider"], row["machine_type"])
        assert not isinstance(inside, Unknown)
        assert bool(inside) == bool(row["accelerator"])
        found = machine(row["provider"], row["machine_type"])
        assert (found is None) == (row["vcpu"] == "")


def test_a_name_in_no_row_hides_all_but_the_count() -> None:
    found = native("nvidia-z9", 2)
    assert found.count == 2
    for field in (found.model, found.family, found.vendor, found.memory_gib):
        assert isinstance(field, Unknown)
        assert field.reason is Reason.REFUSED


def test_candidates_of_a_name_are_those_of_its_facts() -> None:
    found = native(Unknown(Reason.VARIABLE, ("nvidia-tesla-t4", "nvidia-l4")), 1)
    assert found.family == Unknown(Reason.VARIABLE, ("t4", "l4"))
    assert found.vendor == "nvidia"
    assert found.memory_gib == Unknown(Reason.VARIABLE, (16, 24))


def _devices(name: str, count: int, fraction: str | None = None) -> Accelerator:
    row = accelerator(name)
    assert row is not None
    return of_model(row, count, Decimal(fraction) if fraction else None)


@pytest.mark.parametrize(
    ("machines", "together_"),
    [
        pytest.param([], (), id="no machine has none"),
        pytest.param(
            [(_devices("a10g", 1),), (_devices("a10g", 4),)], (_devices("a10g", 4),), id="the most of one model"
        ),
        pytest.param([(_devices("a10g", 4),), (_devices("a10g", 1),)], (_devices("a10g", 4),), id="in either order"),
        pytest.param(
            [(_devices("a10g", 1),), (), (_devices("a100-40gb", 8),)],
            (_devices("a10g", 1), _devices("a100-40gb", 8)),
            id="every model that may come, in order of preference",
        ),
        pytest.param(
            [(_devices("l4", 1, "0.5"),), (_devices("l4", 1, "0.125"),)],
            (_devices("l4", 1, "0.5"),),
            id="the largest share",
        ),
    ],
)
def test_machines_that_may_run_all_count(
    machines: list[tuple[Accelerator, ...]], together_: tuple[Accelerator, ...]
) -> None:
    assert together(machines) == together_
