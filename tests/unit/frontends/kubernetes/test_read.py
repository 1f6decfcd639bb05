"""Objects as resources: addresses, what is around them, where facts come from, what is never shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Optional

import pytest

from guardrail.errors import ConfigError
from guardrail.frontends.budget import Budget, Pool
from guardrail.frontends.files import Cache
from guardrail.frontends.kubernetes.read import read
from guardrail.frontends.parsed import Parsed
from guardrail.frontends.unit import Unit
from guardrail.model.resource import Bounds, Group, Resource
from guardrail.model.value import UNBOUNDED, Reason, Unknown
from guardrail.sources.listed import MemoryTree

POD = "containers: [{name: a, image: a, resources: {limits: {nvidia.com/gpu: 1}}}]"


def _read(files: Mapping[str, str], rows: tuple[Mapping[str, Any], ...] = (), **unit: Any) -> Parsed:
    tree = MemoryTree({path: text.encode() for path, text in files.items()})
    said: dict[str, Any] = {"name": "k8s", "format": "kubernetes", "directory": "k8s", **unit}
    return read(tree, Unit(files=tuple(sorted(files)), **said), rows)


def _one(text: str, **unit: Any) -> Resource:
    (resource,) = _read({"k8s/a.yaml": text}, **unit).resources
    return resource


def _group(resource: Resource, name: str = "main") -> Group:
    assert not isinstance(resource.groups, Unknown)
    return resource.groups[name]


def _job(name: str, namespace: Optional[str] = None) -> str:
    where = f", namespace: {namespace}" if namespace else ""
    return (
        f"apiVersion: batch/v1\nkind: Job\nmetadata: {{name: {name}{where}}}\nspec: {{template: {{spec: {{{POD}}}}}}}\n"
    )


@pytest.mark.parametrize(
    ("text", "address"),
    [
        pytest.param(_job("a"), "k8s//batch/Job/?/a", id="no namespace is stated"),
        pytest.param(_job("a", "ml"), "k8s//batch/Job/ml/a", id="a namespace is"),
        pytest.param(
            "apiVersion: v1\nkind: Namespace\nmetadata: {name: ml}",
            "k8s//core/Namespace/-/ml",
            id="cluster-scoped",
        ),
        pytest.param(
            "apiVersion: v1\nkind: Pod\nmetadata: {generateName: a-}\nspec: {}",
            "k8s//core/Pod/?/a-*",
            id="a generated name",
        ),
        pytest.param("apiVersion: v1\nkind: Pod\nspec: {}", "k8s//core/Pod/?/?", id="no name"),
        pytest.param(_job("$NAME"), "k8s//batch/Job/?/$NAME", id="a name that is filled in"),
        pytest.param(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: 'a//b c'}",
            "k8s//core/ConfigMap/?/a%2F%2Fb%20c",
            id="a name that looks like structure",
        ),
        pytest.param(
            "apiVersion: x.io/v1\nkind: Fleet\nmetadata: {name: a}",
            "k8s//x.io/Fleet/?/a",
            id="a kind that nobody knows",
        ),
    ],
)
def test_address(text: str, address: str) -> None:
    assert _one(text).address == address


def test_objects_that_share_an_address_are_told_apart_and_it_is_said() -> None:
    parsed = _read({"k8s/a.yaml": _job("a"), "k8s/b.yaml": f"{_job('b')}---\n{_job('a')}"})
    assert [one.address for one in parsed.resources] == [
        "k8s//batch/Job/?/a@k8s/a.yaml#1",
        "k8s//batch/Job/?/b",
        "k8s//batch/Job/?/a@k8s/b.yaml#2",
    ]
    (told,) = parsed.diagnostics
    assert (told.code, str(told.place)) == ("duplicate-address", "k8s/a.yaml:3:12")


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        pytest.param("a: 1", ["not-an-object"], id="no object"),
        pytest.param("- 1", ["not-an-object"], id="a list"),
        pytest.param("apiVersion: v1\nkind: '{{ .kind }}'", ["template"], id="a kind that is filled in"),
        pytest.param("apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization", [], id="a control file"),
        pytest.param("apiVersion: v1\nkind: Config\nclusters: []", [], id="a kubeconfig"),
    ],
)
def test_what_is_no_object_makes_no_resource(text: str, codes: list[str]) -> None:
    parsed = _read({"k8s/a.yaml": text})
    assert not parsed.resources
    assert [one.code for one in parsed.diagnostics] == codes


def test_files_that_cannot_be_read_spare_the_others() -> None:
    tree = MemoryTree({"k8s/b.yaml": _job("b").encode()})
    unit = Unit(name="k8s", format="kubernetes", directory="k8s", files=("k8s/a.yaml", "k8s/b.yaml"))
    parsed = read(tree, unit)
    assert [one.name for one in parsed.resources] == ["b"]
    assert [(one.code, one.unread) for one in parsed.diagnostics] == [("missing", True)]


def test_documents_are_read_once_for_equal_content() -> None:
    cache: Cache = {}
    files = {"k8s/a.yaml": b"a: 1\na: 2\n", "k8s/b.yaml": b"a: 1\na: 2\n"}
    unit = Unit(name="k8s", format="kubernetes", directory="k8s", files=tuple(files))
    told = read(MemoryTree(files), unit, cache=cache).diagnostics
    assert len(cache) == 1
    assert [one.place.file for one in told if one.place and one.code == "duplicate-key"] == list(files)


def test_what_the_unit_states_holds_for_its_objects() -> None:
    resource = _one(_job("a"), region="eu-west-1", cluster="prod", environment="prod")
    assert (resource.region, resource.cluster, resource.environment) == ("eu-west-1", "prod", "prod")
    selected = _one(
        _job("a").replace("spec: {cont", "spec: {nodeSelector: {topology.kubernetes.io/region: us-east-1}, cont")
    )
    assert selected.region == "us-east-1"


@pytest.mark.parametrize(
    ("path", "place"),
    [
        pytest.param(
            "/spec/template/spec/containers/0/resources/limits/nvidia.com~1gpu", "k8s/a.yaml:5:80", id="a limit"
        ),
        pytest.param("/spec/parallelism", "k8s/a.yaml:5:1", id="what is not stated: the nearest that is"),
        pytest.param("", "k8s/a.yaml:2:1", id="the object"),
    ],
)
def test_place(path: str, place: str) -> None:
    assert str(_one(f"# a job\n{_job('a')}").native.place(path)) == place


def test_places_inside_a_list_are_those_of_the_item() -> None:
    item = _job("a").replace("\n", "\n    ")
    resource = _one(f"apiVersion: v1\nkind: List\nitems:\n  - {item}")
    assert resource.native.place("/metadata/name").line == 6
    assert resource.native.trace("/metadata/name")[0].value == "a"


def test_origins_lead_to_what_a_fact_was_made_of() -> None:
    text = """
apiVersion: ray.io/v1
kind: RayCluster
metadata: {name: r, namespace: ml}
spec:
  enableInTreeAutoscaling: true
  headGroupSpec: {template: {spec: {containers: [{name: h, image: h}]}}}
  workerGroupSpecs:
    - groupName: w/x
      maxReplicas: 4
      numOfHosts: 2
      template: {spec: {containers: [{name: a, image: a, resources: {limits: {google.com/tpu: 4}}}]}}
"""
    resource = _one(text)
    worker = "/spec/workerGroupSpecs/0"
    origins = {fact: [one.path for one in came] for fact, came in resource.origins.items()}
    assert origins["/groups/w~1x/replicas/max"] == [f"{worker}/maxReplicas", f"{worker}/numOfHosts"]
    assert origins["/groups/w~1x/replicas/min"] == [f"{worker}/minReplicas", f"{worker}/numOfHosts"]
    assert origins["/groups/w~1x/accelerators"] == [f"{worker}/template/spec/containers/0"]
    assert origins["/autoscaling/0/max"] == origins["/groups/w~1x/replicas/max"]
    assert _group(resource, "w/x").replicas == Bounds(0, 0, 8)


LIMITS = """
apiVersion: v1
kind: LimitRange
metadata: {name: l, namespace: ml}
spec: {limits: [{type: Container, default: {memory: 1Gi}}]}
"""


def test_defaults_of_the_namespace_say_where_they_are_written() -> None:
    pod, limits = _read({"k8s/a.yaml": _job("a", "ml"), "k8s/b.yaml": LIMITS}).resources
    container = _group(pod).containers
    assert not isinstance(container, Unknown)
    assert container[0].requests["memory_bytes"] == 2**30
    (origin,) = pod.origins["/groups/main/containers/0/requests/memory_bytes"]
    assert (origin.path, origin.address) == ("/spec/limits/0/default/memory", limits.address)


SERVE = (
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: serve{where}}}\nspec: {{template: {{spec: {{{pod}}}}}}}\n"
)
HPA = """
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {{name: h{where}}}
spec: {{maxReplicas: 9, scaleTargetRef: {{apiVersion: apps/v1, kind: Deployment, name: serve}}}}
"""
ML, WEB = ", namespace: ml", ", namespace: web"


@pytest.mark.parametrize(
    ("scaler", "targets", "meant"),
    [
        pytest.param(ML, (ML, WEB), ("apps/Deployment/ml/serve",), id="the one in its namespace"),
        pytest.param("", (ML,), ("apps/Deployment/ml/serve",), id="the only one, where it states no namespace"),
        pytest.param("", (ML, WEB), (), id="none of two, where it states no namespace"),
        pytest.param(ML, ("",), ("apps/Deployment/?/serve",), id="one that states none"),
        pytest.param(ML, (WEB,), (), id="not the namesake"),
    ],
)
def test_autoscaler_in_another_file_means(scaler: str, targets: tuple[str, ...], meant: tuple[str, ...]) -> None:
    files = {f"k8s/{index}.yaml": SERVE.format(where=where, pod=POD) for index, where in enumerate(targets)}
    found = _read({**files, "k8s/h.yaml": HPA.format(where=scaler)}).resources
    (hpa,) = (one for one in found if one.category == "autoscaler")
    assert hpa.native.referents("/spec/scaleTargetRef/name") == meant
    assert [link.kind for link in hpa.links if link.kind != "contains"] == ["scales"]


def test_secrets_and_environment_are_not_kept() -> None:
    text = """
apiVersion: v1
kind: List
items:
  - {apiVersion: v1, kind: Secret, metadata: {name: s}, data: {k: SECRET}, stringData: {k: SECRET}}
  - apiVersion: v1
    kind: Pod
    metadata:
      name: p
      annotations: {kubectl.kubernetes.io/last-applied-configuration: SECRET}
    spec:
      containers:
        - {name: a, image: a, env: [{name: A, value: SECRET}, {name: B, valueFrom: {fieldRef: {fieldPath: x}}}]}
  - apiVersion: ray.io/v1
    kind: RayJob
    metadata: {name: r}
    spec: {runtimeEnvYAML: "env_vars: {A: SECRET}"}
  - apiVersion: x.io/v1
    kind: Wrapped
    metadata: {name: w}
    spec: {inner: {kind: Secret, data: {k: SECRET}}, env: {A: SECRET}}
"""
    for resource in _read({"k8s/a.yaml": text}).resources:
        assert "SECRET" not in repr((resource.attributes, resource.annotations, resource.facts))
        assert "SECRET" not in repr(resource.native.trace("/metadata/annotations"))
    pod = _read({"k8s/a.yaml": text}).resources[1]
    env = pod.attributes["spec"]["containers"][0]["env"]
    assert [one["name"] for one in env] == ["A", "B"]
    assert env[1]["valueFrom"] == {"fieldRef": {"fieldPath": "x"}}


def test_keys_that_are_spelt_with_escapes_are_found_all_the_same() -> None:
    text = (
        "apiVersion: acme.io/v1\nkind: Trainer\nmetadata: {name: a}\n"
        'spec: {amounts: {"nvidia.com\\x2fgpu": 8}, "\\x65nv": {TOKEN: hush}}\n'
    )
    parsed = _read({"a.yaml": text})
    assert [one.code for one in parsed.diagnostics] == ["accelerator-overlooked"]
    assert "hush" not in str(parsed.resources[0].attributes)


def test_a_label_of_the_namespace_comes_from_there() -> None:
    labels = "{team: x, pod-security.kubernetes.io/enforce: baseline}"
    namespace = f"apiVersion: v1\nkind: Namespace\nmetadata: {{name: ml, labels: {labels}}}"
    job, owner = _read({"k8s/a.yaml": _job("a", "ml"), "k8s/b.yaml": namespace}).resources
    assert job.labels == {"team": "x"}
    assert job.origins["/labels/team"][0].address == owner.address


def test_labels_that_are_filled_in_leave_the_map_open() -> None:
    resource = _one("apiVersion: v1\nkind: Pod\nmetadata: {name: a, labels: {'${KEY}': x, team: blue}}\nspec: {}")
    assert getattr(resource.labels, "rest", None) is not None
    assert resource.labels["team"] == "blue"  # type: ignore[index]


def test_a_missing_template_is_never_no_accelerator() -> None:
    parsed = _read({"k8s/a.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {replicas: 2}"})
    accelerators = _group(parsed.resources[0]).accelerators
    assert isinstance(accelerators, Unknown)
    assert accelerators.reason is Reason.ERROR
    assert [one.code for one in parsed.diagnostics] == ["manifest-value"]


ROW = {
    "type": "acme.io/Trainer",
    "category": "ml.training",
    "pods": [
        {
            "each": "/spec/pools",
            "named": "/name",
            "template": "/template",
            "desired": {"at": "/size", "default": 1},
            "max": {"at": "/limit", "default": "unbounded"},
            "min": 0,
            "times": [{"at": "#/spec/copies", "default": 1}],
        }
    ],
    "lifetime": {"max_runtime_seconds": "/spec/deadline"},
}
TRAINER = f"""
apiVersion: acme.io/v1
kind: Trainer
metadata: {{name: t, namespace: ml}}
spec:
  copies: 3
  deadline: 60
  pools: [{{name: a, size: 2, limit: 4, template: {{spec: {{{POD}}}}}}}, {{template: {{spec: {{{POD}}}}}}}]
"""


def test_a_row_of_ones_own_is_enough() -> None:
    (resource,) = _read({"k8s/a.yaml": TRAINER}, (ROW,)).resources
    assert (resource.category, resource.understood, resource.lifetime) == (
        "ml.training",
        True,
        {"max_runtime_seconds": 60},
    )
    assert _group(resource, "a").replicas == Bounds(0, 6, 12)
    assert _group(resource, "1").replicas == Bounds(0, 3, UNBOUNDED)


def test_without_the_row_the_number_is_not_known() -> None:
    parsed = _read({"k8s/a.yaml": TRAINER})
    (resource,) = parsed.resources
    assert resource.understood
    group = _group(resource, "pools.a")
    assert isinstance(group.replicas.max, Unknown)
    assert not isinstance(group.accelerators, Unknown)
    assert [one.code for one in parsed.diagnostics] == ["kind-by-shape"]


def test_a_row_that_is_wrong_is_a_mistake_of_the_configuration() -> None:
    with pytest.raises(ConfigError, match=r'kubernetes.kinds\[0\]: unknown key .tipe., did you mean "type"'):
        _read({"k8s/a.yaml": TRAINER}, ({"tipe": "acme.io/Trainer"},))


def test_many_groups_are_not_read_one_by_one() -> None:
    pools = ", ".join([f"{{template: {{spec: {{{POD}}}}}}}"] * 600)
    text = f"apiVersion: acme.io/v1\nkind: Trainer\nmetadata: {{name: t}}\nspec: {{pools: [{pools}]}}"
    parsed = _read({"k8s/a.yaml": text}, (ROW,))
    assert isinstance(parsed.resources[0].groups, Unknown)
    assert [(one.code, one.unread) for one in parsed.diagnostics] == [("limit-groups", True)]


NAMESPACES = "".join(f"---\napiVersion: v1\nkind: Namespace\nmetadata: {{name: n{index}}}\n" for index in range(5))


@pytest.mark.parametrize(
    ("budget", "resources", "told"),
    [
        pytest.param(Budget(), 6, [], id="enough for all"),
        pytest.param(
            Budget(resources=2, spare=0),
            2,
            [("limit-resources", "a.yaml", 10, False), ("limit-run", "b.yaml", 0, False)],
            id="two resources",
        ),
        pytest.param(
            Budget(values=Pool(60, 0)), 2, [("limit-run", "a.yaml", 9, True), ("limit-run", "b.yaml", 0, False)],
            id="the values of two and a half documents",
        ),
    ],
)  # fmt: skip
def test_what_a_tree_may_take_is_shared_by_its_files(
    budget: Budget, resources: int, told: list[tuple[str, str, int, bool]]
) -> None:
    tree = MemoryTree({"a.yaml": NAMESPACES.encode(), "b.yaml": NAMESPACES[4:].partition("---")[0].encode()})
    unit = Unit(name=".", format="kubernetes", directory=".", files=("a.yaml", "b.yaml"))
    parsed = read(tree, unit, budget=budget)
    assert len(parsed.resources) == resources
    assert [
        (one.code, one.place.file, one.place.line, one.unread)
        for one in parsed.diagnostics
        if one.code.startswith("limit") and one.place
    ] == told
