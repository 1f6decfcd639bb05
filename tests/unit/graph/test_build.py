from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Optional

import pytest
from hypothesis import given
from hypothesis import strategies as st
from natives import Unwritten

from guardrail.frontends.parsed import Parsed
from guardrail.frontends.unit import Unit
from guardrail.graph.build import build
from guardrail.model.finding import Diagnostic
from guardrail.model.graph import Edge, Graph
from guardrail.model.place import Place
from guardrail.model.resource import Accelerator, Bounds, Group, Link, Multiplicity, Origin, Resource
from guardrail.model.value import UNBOUNDED, OpenMap, Reason, Unknown


@dataclass(frozen=True)
class Text(Unwritten):
    """The text behind a resource: one line of one file, and what its expressions refer to."""

    where: Place
    refers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def place(self, _: str) -> Place:
        return self.where

    def referents(self, path: str) -> tuple[str, ...]:
        return self.refers.get(path, ())


def thing(address: str, type_: str, category: Any = "other", **fields: Any) -> Resource:
    refers = fields.pop("refers", {})
    fields.setdefault("name", address.rpartition(".")[2])
    fields.setdefault("attributes", {})
    fields.setdefault("format", "terraform")
    return Resource(
        address=address,
        unit=address.partition("//")[0],
        type=type_,
        category=category,
        native=Text(fields.pop("where", Place("main.tf", 1, 1)), refers),
        **fields,
    )


def graph_of(*resources: Resource) -> Graph:
    return build([Parsed(resources)])


IN_CLUSTER = Link(kind="contains", at="/cluster_name", types=("aws_eks_cluster",), reverse=True)


def cluster(address: str, name: str, **fields: Any) -> Resource:
    return thing(address, "aws_eks_cluster", "cluster", name=name, **fields)


def pool(address: str, cluster_name: object, **fields: Any) -> Resource:
    return thing(
        address,
        "aws_eks_node_group",
        "compute.pool",
        attributes={"cluster_name": cluster_name},
        links=(IN_CLUSTER,),
        **fields,
    )


NOT_KNOWN = Unknown(Reason.COMPUTED, note="after apply")


@pytest.mark.parametrize(
    ("resources", "edges"),
    [
        pytest.param(
            [cluster("a//c.one", "ml"), pool("a//p.one", NOT_KNOWN, refers={"/cluster_name": ("c.one",)})],
            {"a//c.one": ["a//p.one"]},
            id="what an expression refers to is meant, though its value is not known",
        ),
        pytest.param(
            [
                cluster("a//c.one", "ml"),
                cluster("a//c.two", "other"),
                pool("a//p.one", "other", refers={"/cluster_name": ("c.one",)}),
            ],
            {"a//c.one": ["a//p.one"]},
            id="what an expression refers to comes before a name that happens to be equal",
        ),
        pytest.param(
            [cluster("a//c.one", "ml"), pool("a//p.one", "ml")],
            {"a//c.one": ["a//p.one"]},
            id="a name in the same unit is enough",
        ),
        pytest.param(
            [cluster("a//c.one", "ml"), cluster("a//c.two", "ml"), pool("a//p.one", "ml")],
            {},
            id="two of one name make no edge",
        ),
        pytest.param(
            [cluster("a//c.one", "ml"), cluster("b//c.one", "ml"), pool("a//p.one", "ml")],
            {"a//c.one": ["a//p.one"]},
            id="the same unit comes first",
        ),
        pytest.param(
            [cluster("a//c.one", "ml"), pool("b//p.one", "ml")],
            {"a//c.one": ["b//p.one"]},
            id="another unit will do where only one resource has the name",
        ),
        pytest.param(
            [cluster("a//c.one", "ml", environment="prod"), pool("b//p.one", "ml", environment="dev")],
            {},
            id="a name does not reach into another environment",
        ),
        pytest.param(
            [cluster("a//c.one", "ml", environment="prod"), pool("b//p.one", "ml")],
            {},
            id="a unit without environment does not reach into one that has one",
        ),
        pytest.param(
            [cluster("a@prod//c.one", "ml"), pool("a@staging//p.one", "ml")],
            {},
            id="two stacks of one root are two deployments",
        ),
        pytest.param(
            [cluster("a//c.one", "ml"), pool("a@kubernetes//p.one", "ml", format="kubernetes")],
            {"a//c.one": ["a@kubernetes//p.one"]},
            id="the manifests beside a root are other files",
        ),
        pytest.param(
            [cluster("a//c.one", "ml", region="eu-west-1"), pool("b//p.one", "ml", region="us-east-1")],
            {},
            id="another region is another cluster of the same name",
        ),
        pytest.param([cluster("a//c.one", "ml"), pool("a//p.one", NOT_KNOWN)], {}, id="an unknown name makes no edge"),
        pytest.param([pool("a//p.one", "ml")], {}, id="a name that nothing has makes no edge"),
        pytest.param(
            [cluster("a//c.one[0]", "ml"), pool("a//p.one", NOT_KNOWN, refers={"/cluster_name": ("c.one",)})],
            {"a//c.one[0]": ["a//p.one"]},
            id="a block with one instance is meant by its own name",
        ),
        pytest.param(
            [
                cluster("a//c.one", "ml"),
                thing("a//t.wait", "time_sleep", refers={"/triggers": ("c.one", "role.x")}),
                pool("a//p.one", NOT_KNOWN, refers={"/cluster_name": ("t.wait",)}),
            ],
            {"a//c.one": ["a//p.one"]},
            id="what only waits hands on what it is given",
        ),
        pytest.param(
            [
                thing("a//t.x", "time_sleep", refers={"/triggers": ("t.y",)}),
                thing("a//t.y", "time_sleep", refers={"/triggers": ("t.x",)}),
                pool("a//p.one", NOT_KNOWN, refers={"/cluster_name": ("t.x",)}),
            ],
            {},
            id="two that wait for each other lead nowhere",
        ),
        pytest.param(
            [
                cluster('a//c.one["x"]', "x"),
                cluster('a//c.one["y"]', "y"),
                pool("a//p.one", "y", refers={"/cluster_name": ("c.one",)}),
            ],
            {'a//c.one["y"]': ["a//p.one"]},
            id="of several instances the one with the value is meant",
        ),
        pytest.param(
            [
                cluster('a//c.one["x"]', "x"),
                cluster('a//c.one["y"]', "y"),
                pool("a//p.one", NOT_KNOWN, refers={"/cluster_name": ("c.one",)}),
            ],
            {},
            id="several instances and no value make no edge",
        ),
    ],
)
def test_links(resources: list[Resource], edges: dict[str, list[str]]) -> None:
    graph = graph_of(*resources)
    assert graph.edges == {start: tuple(Edge("contains", to) for to in targets) for start, targets in edges.items()}


def test_a_pool_takes_the_name_of_its_cluster() -> None:
    graph = graph_of(
        cluster("a//c.one", "ml", attributes={"name": "ml"}),
        cluster("a//c.two", "two", attributes={"name": NOT_KNOWN}),
        pool("a//p.one", NOT_KNOWN, cluster=NOT_KNOWN, refers={"/cluster_name": ("c.one",)}),
        pool("a//p.two", NOT_KNOWN, cluster=NOT_KNOWN, refers={"/cluster_name": ("c.two",)}),
    )
    assert [graph.resources[f"a//p.{name}"].cluster for name in ("one", "two")] == ["ml", NOT_KNOWN]
    assert graph.resources["a//p.one"].origins["/cluster"] == (Origin("/name", "a//c.one"),)


def test_a_list_makes_one_edge_per_element() -> None:
    mounts = Link(kind="mounts", at="/volumes", types=("disk",))
    graph = graph_of(
        thing("a//disk.x", "disk", name="x"),
        thing("a//disk.y", "disk", name="y"),
        thing("a//vm.one", "vm", attributes={"volumes": ["y", "nowhere", "x", "y"]}, links=(mounts,)),
    )
    assert graph.edges == {"a//vm.one": (Edge("mounts", "a//disk.x"), Edge("mounts", "a//disk.y"))}


MOUNTS = Link(kind="mounts", at="/claim", types=("core/PersistentVolumeClaim",))


def claim(address: str, **fields: Any) -> Resource:
    return thing(address, "core/PersistentVolumeClaim", "storage.volume", name="data", provider="kubernetes", **fields)


def mounting(address: str, **fields: Any) -> Resource:
    attributes = {"claim": "data"}
    return thing(
        address, "core/Pod", "workload.pod", attributes=attributes, links=(MOUNTS,), provider="kubernetes", **fields
    )


@pytest.mark.parametrize(
    ("volume", "pod", "meant"),
    [
        pytest.param(("k", "ml"), ("k", "ml"), True, id="names count in their namespace"),
        pytest.param(("k", "ml"), ("k", "web"), False, id="and in no other"),
        pytest.param(("k", NOT_KNOWN), ("k", NOT_KNOWN), True, id="neither stated: both come into the current one"),
        pytest.param(("k", NOT_KNOWN), ("k", "ml"), True, id="one that states none may come into any"),
        pytest.param(("k", "ml"), ("l", "ml"), True, id="two folders may be one cluster"),
        pytest.param(("k", "ml"), ("l", "web"), False, id="in two folders too, names count in their namespace"),
    ],
)
def test_kubernetes_names(volume: tuple[str, Any], pod: tuple[str, Any], meant: bool) -> None:
    graph = graph_of(claim(f"{volume[0]}//claim", namespace=volume[1]), mounting(f"{pod[0]}//pod", namespace=pod[1]))
    assert bool(graph.edges) is meant


@pytest.mark.parametrize("said", [{"environment": "prod"}, {"cluster": "serving"}])
def test_kubernetes_names_reach_into_another_unit_that_is_said_to_run_in_one_place(said: dict[str, str]) -> None:
    graph = graph_of(claim("k//claim", namespace="ml", **said), mounting("l//pod", namespace="ml", **said))
    assert graph.edges == {"l//pod": (Edge("mounts", "k//claim"),)}


TEMPLATE = Link(
    kind="references",
    at="/launch_template/0/id",
    types=("aws_launch_template",),
    inherit=("machine_types", "accelerators", "purchase"),
)
T4 = Accelerator(count=1, vendor="nvidia", model="t4", family="t4")


def template(**fields: Any) -> Resource:
    group = Group(machine_types=("g4dn.xlarge",), accelerators=(T4,))
    return thing(
        "a//lt.gpu",
        "aws_launch_template",
        "compute.template",
        groups={"main": group},
        origins={"/groups/main/machine_types": (Origin("/instance_type"),)},
        **fields,
    )


def scaling_group(value: object = NOT_KNOWN, group: Optional[Group] = None, **fields: Any) -> Resource:
    return thing(
        "a//asg.gpu",
        "aws_autoscaling_group",
        "compute.pool",
        attributes={"launch_template": [{"id": value}]},
        groups={"main": group or Group(replicas=Bounds(0, 1, 4))},
        links=(TEMPLATE,),
        **fields,
    )


REFERS = {"/launch_template/0/id": ("lt.gpu",)}


def test_a_launch_template_states_the_machine() -> None:
    made = graph_of(template(), scaling_group(refers=REFERS)).resources["a//asg.gpu"]
    assert made.groups == {"main": Group(replicas=Bounds(0, 1, 4), machine_types=("g4dn.xlarge",), accelerators=(T4,))}
    assert made.origins["/groups/main/machine_types"] == (Origin("/instance_type", "a//lt.gpu"),)


def test_a_group_that_names_its_machine_keeps_it_and_has_no_devices_of_another() -> None:
    own = Group(machine_types=("m5.large",))
    made = graph_of(template(), scaling_group(group=own, refers=REFERS)).resources["a//asg.gpu"]
    assert made.groups == {"main": own}


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        pytest.param(
            Unknown(Reason.VARIABLE, note="var.template"), Reason.VARIABLE, id="a template that a variable names"
        ),
        pytest.param("lt-0123", Reason.DATA, id="a template that is not here"),
    ],
)
def test_a_template_that_cannot_be_read_makes_facts_unknown(value: object, reason: Reason) -> None:
    made = graph_of(template(), scaling_group(value)).resources["a//asg.gpu"]
    assert isinstance(made.groups, Mapping)
    machines, devices = made.groups["main"].machine_types, made.groups["main"].accelerators
    assert isinstance(machines, Unknown)
    assert isinstance(devices, Unknown)
    assert {machines.reason, devices.reason} == {reason}
    assert made.origins["/groups/main/machine_types"] == (Origin("/launch_template/0/id"),)


def test_templates_that_inherit_from_each_other_end() -> None:
    def half(name: str, other: str) -> Resource:
        link = Link(kind="references", at="/base", inherit=("machine_types",))
        refers = {"/base": (other,)}
        return thing(
            f"a//{name}", "lt", groups={"main": Group()}, attributes={"base": "?"}, links=(link,), refers=refers
        )

    made = graph_of(half("x", "y"), half("y", "x"))
    assert [made.resources[address].groups for address in made.resources] == [{"main": Group()}] * 2


SCALES = Link(kind="scales", at="/target", types=("apps/Deployment",))


def scaler(name: str, *entries: Mapping[str, Any], **fields: Any) -> Resource:
    return thing(
        f"k//{name}",
        "autoscaling/HorizontalPodAutoscaler",
        "autoscaler",
        attributes={"target": "web"},
        autoscaling=entries,
        links=(SCALES,),
        origins={"/autoscaling/0/max": (Origin("/spec/maxReplicas"),)},
        **fields,
    )


def deployment(replicas: Bounds, **fields: Any) -> Resource:
    groups = fields.pop("groups", {"main": Group(replicas=replicas)})
    return thing("k//web", "apps/Deployment", "workload.service", name="web", groups=groups, **fields)


MAYBE = Unknown(Reason.VARIABLE, note="var.scale has no value")


@pytest.mark.parametrize(
    ("stated", "scalers", "effective"),
    [
        pytest.param(Bounds(3, 3, 3), [{"min": 1, "max": 9}], Bounds(1, 3, 9), id="bounds replace, the wish stays"),
        pytest.param(Bounds(20, 20, 20), [{"min": 1, "max": 9}], Bounds(1, 9, 9), id="a wish above the bounds is cut"),
        pytest.param(Bounds(1, 1, 1), [{"min": 2, "max": 9}], Bounds(2, 2, 9), id="a wish below them is raised"),
        pytest.param(Bounds(1, 1, 1), [{"min": 2}], Bounds(2, 2, UNBOUNDED), id="no maximum is no bound"),
        pytest.param(Bounds(1, MAYBE, 1), [{"min": 2, "max": 2}], Bounds(2, 2, 2), id="equal bounds leave no doubt"),
        pytest.param(Bounds(1, MAYBE, 1), [{"min": 2, "max": 3}], Bounds(2, MAYBE, 3), id="an unknown wish stays so"),
        pytest.param(Bounds(1, 1, 1), [{"min": 1, "max": MAYBE}], Bounds(1, MAYBE, MAYBE), id="an unknown bound too"),
        pytest.param(
            Bounds(2, 3, 4),
            [{"min": 0, "max": 9, "schedule": [{"cron": "0 8 * * *"}]}],
            Bounds(0, 3, 9),
            id="a schedule widens",
        ),
        pytest.param(
            Bounds(2, 3, 4), [{"min": 0, "schedule": [{"cron": "0 8 * * *"}]}], Bounds(0, 3, 4), id="by what it states"
        ),
        pytest.param(
            Bounds(1, 4, 1), [{"min": 2, "max": 5}, {"min": 3, "max": 4}], Bounds(2, 4, 5), id="of two the widest hold"
        ),
    ],
)
def test_autoscalers(stated: Bounds, scalers: list[dict[str, Any]], effective: Bounds) -> None:
    graph = graph_of(deployment(stated), *(scaler(f"hpa{at}", entry) for at, entry in enumerate(scalers)))
    made = graph.resources["k//web"]
    assert made.groups == {"main": Group(replicas=effective)}
    assert made.autoscaling == ({**scalers[0], "group": "main", "min": effective.min, "max": effective.max},)
    assert [one.code for one in graph.diagnostics] == ["two-autoscalers"] * (len(scalers) - 1)


def test_schedules_do_not_work_against_each_other() -> None:
    def night(at: int, size: int) -> Resource:
        return scaler(f"night{at}", {"min": size, "max": size, "schedule": [{"cron": f"0 {at} * * *"}]})

    graph = graph_of(deployment(Bounds(1, 2, 3)), night(0, 0), night(1, 5))
    assert graph.resources["k//web"].groups == {"main": Group(replicas=Bounds(0, 2, 5))}
    assert graph.diagnostics == ()


def test_bounds_say_that_the_autoscaler_wrote_them() -> None:
    made = graph_of(deployment(Bounds(1, 1, 1)), scaler("hpa", {"min": 1, "max": 9})).resources["k//web"]
    assert made.origins["/groups/main/replicas/max"] == (Origin("/spec/maxReplicas", "k//hpa"),)
    assert made.origins["/groups/main/replicas/min"] == (Origin("", "k//hpa"),)


def test_an_autoscaler_that_may_not_exist_leaves_both_possible() -> None:
    perhaps = scaler("hpa", {"min": 1, "max": 9}, multiplicity=Multiplicity(0, 1, MAYBE))
    made = graph_of(deployment(Bounds(3, 3, 3)), perhaps).resources["k//web"]
    assert made.groups == {
        "main": Group(
            replicas=Bounds(
                Unknown(Reason.VARIABLE, (3, 1), note=MAYBE.note), 3, Unknown(Reason.VARIABLE, (3, 9), note=MAYBE.note)
            )
        )
    }


def test_an_autoscaler_that_names_no_group_of_several_leaves_all_in_doubt() -> None:
    several = {"head": Group(), "workers": Group(replicas=Bounds(0, 2, 4))}
    made = graph_of(deployment(Bounds(), groups=several), scaler("hpa", {"min": 1, "max": 9})).resources["k//web"]
    assert isinstance(made.groups, Mapping)
    assert all(isinstance(group.replicas.max, Unknown) for group in made.groups.values())


def test_an_autoscaler_moves_only_the_group_that_it_names() -> None:
    several = {"head": Group(), "workers": Group(replicas=Bounds(0, 2, 4))}
    entry = {"group": "workers", "min": 1, "max": 9}
    made = graph_of(deployment(Bounds(), groups=several), scaler("hpa", entry)).resources["k//web"]
    assert made.groups == {"head": Group(), "workers": Group(replicas=Bounds(1, 2, 9))}


def test_two_resources_of_one_address_are_both_kept() -> None:
    twins = [thing("a//x.y", "x", where=Place("main.tf", line, 1)) for line in (9, 4)]
    graph = graph_of(*twins)
    assert list(graph.resources) == ["a//x.y@main.tf:4:1", "a//x.y@main.tf:9:1"]
    assert [one.code for one in graph.diagnostics] == ["duplicate-address"] * 2


def test_units_without_resources_are_in_the_graph() -> None:
    units = [Unit(name=name, format="terraform", directory=name, files=()) for name in "ab"]
    assert build([Parsed((thing("b//x", "x"),))], units).units == ("a", "b")


def world() -> list[Resource]:
    return [
        cluster("a//c.one", "ml"),
        pool("a//p.one", "ml", groups={"main": Group(replicas=Bounds(1, 1, 3))}),
        pool("b//p.one", "ml"),
        template(),
        scaling_group(refers=REFERS),
        deployment(Bounds(3, 3, 3), provider="kubernetes"),
        scaler("hpa0", {"min": 1, "max": 9}),
        scaler("hpa1", {"min": 2, "max": 5}),
        thing("a//x.y", "x", where=Place("main.tf", 4, 1), labels=OpenMap({"a": "b"}, MAYBE)),
        thing("a//x.y", "x", where=Place("main.tf", 9, 1)),
    ]


@given(st.randoms(use_true_random=False), st.integers(1, 4))
def test_the_order_of_input_does_not_matter(dice: random.Random, parts: int) -> None:
    resources = world()
    dice.shuffle(resources)
    told = [Diagnostic("info", "note", f"{number}") for number in range(5)]
    dice.shuffle(told)
    shuffled = [Parsed(tuple(resources[at::parts]), tuple(told[at::parts])) for at in range(parts)]
    graph, plain = build(shuffled), build([Parsed(tuple(world()), tuple(sorted(told, key=lambda one: one.message)))])
    assert graph == plain
    assert list(graph.resources) == list(plain.resources)
    assert list(graph.edges) == list(plain.edges)
