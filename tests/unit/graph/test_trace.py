from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pytest
from catalogued import described
from natives import Unwritten

from guardrail.graph.trace import ORIGINS, place, trace, written
from guardrail.model.graph import Graph
from guardrail.model.path import ancestors
from guardrail.model.place import UNSAID, Place, Step
from guardrail.model.resource import Bounds, Disk, Group, Origin, Resource
from guardrail.model.value import Reason, Unknown


@dataclass(frozen=True)
class Text(Unwritten):
    """A block that begins in line 1, with the lines of what is written in it."""

    file: str
    lines: Mapping[str, int]

    def place(self, path: str) -> Place:
        return next(
            (Place(self.file, self.lines[at]) for at in ancestors(path) if at in self.lines), Place(self.file, 1)
        )

    def trace(self, path: str) -> tuple[Step, ...]:
        value = {"/size": 3, "/least": 1}.get(path, UNSAID)
        return (Step(Place(self.file, self.lines[path]), path, value),) if path in self.lines else ()


def resource(address: str, text: Text, origins: Mapping[str, tuple[Origin, ...]]) -> Resource:
    return Resource(
        address=address,
        unit="a",
        format="terraform",
        type="x",
        name="x",
        category="other",
        native=text,
        attributes={},
        groups={"main": Group(replicas=Bounds(1, 7, 7))},
        origins=origins,
    )


GRAPH = Graph(
    resources={
        "a//x": resource(
            "a//x",
            Text("x.tf", {"/tags": 3, "/tags/team": 4, "/size": 7, "/zone": 8, "/least": 9, "/scaling/0": 10}),
            {
                "/labels": (Origin("/tags"),),
                "/labels/app": (Origin("/default_tags/app", "a//y"),),
                "/region": (Origin("/region"), Origin("/zone")),
                "/groups/main/replicas/max": (Origin("/scaling/0/max"),),
                "/groups/main/machine_types": (Origin("/instance_type", "a//y"),),
                "/groups/main/replicas/min": (Origin("/size"), Origin("/least")),
                "/groups/main/replicas/desired": (Origin("/size"), Origin("/least")),
                "/lost": (Origin("/size", "a//gone"),),
            },
        ),
        "a//y": resource("a//y", Text("y.tf", {"/instance_type": 5, "/default_tags/app": 6}), {}),
    },
    edges={},
)


@pytest.mark.parametrize(
    ("path", "where"),
    [
        pytest.param("/labels/team", "x.tf:4", id="a label is where the tag is"),
        pytest.param("/labels/cost", "x.tf:3", id="an absent label has the place of the tags"),
        pytest.param("/labels/app", "y.tf:6", id="a default tag is where the default is"),
        pytest.param("/region", "x.tf:8", id="of several origins the first that is written"),
        pytest.param("/groups/main/replicas/max", "x.tf:10", id="an absent bound has the place of its block"),
        pytest.param("/groups/main/machine_types/0", "y.tf:5", id="an inherited machine is where the template has it"),
        pytest.param("/groups/main/zones", "x.tf:1", id="what nothing stands for has the place of the block"),
        pytest.param("/attributes/size", "x.tf:7", id="an attribute"),
        pytest.param("/attributes", "x.tf:1", id="all attributes"),
        pytest.param("", "x.tf:1", id="the resource"),
        pytest.param("/lost", "x.tf:7", id="an origin that is not in the graph is looked for here"),
    ],
)
def test_place(path: str, where: str) -> None:
    assert str(place(GRAPH, "a//x", path)) == where


@pytest.mark.parametrize(
    ("path", "lines"),
    [
        pytest.param("/labels/team", ["x.tf:4"], id="what is written"),
        pytest.param("/labels/cost", [], id="what is absent has no history"),
        pytest.param("/region", ["x.tf:8"], id="all that a fact is made of"),
        pytest.param("/groups/main/machine_types", ["y.tf:5"], id="in another resource"),
        pytest.param("/groups/main/replicas/min", ["x.tf:9"], id="of two attributes the one that has the value"),
        pytest.param("/groups/main/replicas/desired", ["x.tf:7", "x.tf:9"], id="both where neither has"),
    ],
)
def test_trace(path: str, lines: list[str]) -> None:
    assert [str(step.place) for step in trace(GRAPH, "a//x", path)] == lines


def test_of_many_attributes_behind_a_fact_some_are_looked_at() -> None:
    asked: list[str] = []

    class Asked(Text):
        def trace(self, path: str) -> tuple[Step, ...]:
            asked.append(path)
            return super().trace(path)

    many = tuple(Origin(f"/containers/{index}") for index in range(10 * ORIGINS))
    pod = resource("a//pod", Asked("pod.yaml", {}), {"/groups/main/accelerators": many})
    graph = Graph(resources={"a//pod": pod}, edges={})
    assert trace(graph, "a//pod", "/groups/main/accelerators") == ()
    assert len(asked) == ORIGINS


@pytest.mark.parametrize(
    ("value", "lines"),
    [
        pytest.param(Unknown(Reason.VARIABLE), [8], id="of what is not known the lines that nobody knows"),
        pytest.param(Unknown(Reason.VARIABLE, ("a", "b")), [7, 8], id="of candidates all that they are made of"),
    ],
)
def test_lines_of_what_is_not_known(value: Unknown, lines: list[int]) -> None:
    text = Text("x.tf", {"/size": 7, "/zone": 8})
    made = resource("a//x", text, {"/region": (Origin("/size"), Origin("/zone"))})
    graph = Graph(resources={"a//x": replace(made, region=value)}, edges={})
    assert [step.place.line for step in trace(graph, "a//x", "/region")] == lines


def test_of_what_is_not_known_the_lines_of_its_own_cause() -> None:
    text = Text("x.tf", {"/cluster": 7, "/zone": 8, "/region": 9})
    made = resource("a//x", text, {"/region": (Origin("/cluster"), Origin("/region"), Origin("/zone"))})
    cause = Unknown(Reason.VARIABLE, note="var.zone has no value")
    attributes = {"cluster": Unknown(Reason.COMPUTED, note="after apply"), "region": None, "zone": cause}
    graph = Graph(resources={"a//x": replace(made, region=cause, attributes=attributes)}, edges={})
    assert [step.place.line for step in trace(graph, "a//x", "/region")] == [8]


def test_nothing_is_below_what_has_no_parts() -> None:
    text = Text("x.tf", {"/size": 7})
    made = replace(resource("a//x", text, {"/storage": (Origin("/size"),)}), attributes={"size": 3})
    graph = Graph(resources={"a//x": replace(made, storage=(Disk(kind=None, size_gib=3),))}, edges={})
    assert [step.place.line for step in trace(graph, "a//x", "/storage/0/size_gib")] == [7]


@pytest.mark.parametrize(
    ("path", "found"),
    [
        pytest.param("/groups/main/replicas/max", True, id="a block that it came from"),
        pytest.param("/groups/main/replicas/min", True, id="an attribute"),
        pytest.param("/lifetime/hours", False, id="no origin"),
        pytest.param("/region", True, id="one of two attributes"),
    ],
)
def test_written(path: str, found: bool) -> None:
    assert written(GRAPH, "a//x", path) is found


def test_the_disks_of_a_template_are_told_apart() -> None:
    lines = {f"/block_device_mappings/{n}/ebs/0/{name}": 20 + n for n in (0, 1) for name in ("volume_size", "x")}
    text = Text("x.tf", {**lines, "/block_device_mappings/1/ebs/0/volume_type": 30})
    disks = [{"device_name": f"/dev/xvd{n}", "ebs": [{"volume_size": 10, "volume_type": "gp3"}]} for n in "12"]
    made = described("aws_launch_template", {"block_device_mappings": disks}, native=text)
    graph = Graph(resources={made.address: made}, edges={})
    asked = [f"/groups/main/storage/{1 + n}/size_gib" for n in (0, 1)]  # the disk of the image comes first
    assert [place(graph, made.address, path).line for path in asked] == [20, 21]
    assert place(graph, made.address, "/groups/main/storage/2/class").line == 30
    assert place(graph, made.address, "/groups/main/storage/99/class").line == 1
