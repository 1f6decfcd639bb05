"""What an author spreads over folders, files and names, so that nobody sees it together."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from .repositories import Repository, Told

CONFIG = """\
version: 1
policies:
  required-tags: {params: {keys: [team]}}
  gpu-family-allowlist: {params: {allow: [t4]}}
  gpu-count-limit: {params: {max_per_resource: 8}}
"""
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {team: ml}, NAMESPACE}
spec: {replicas: 2, template: {spec: {containers: [{name: a, image: b}]}}}
"""
HPA = """\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web, NAMESPACE}
spec: {minReplicas: 1, maxReplicas: MAX, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}
"""
KEDA = """\
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: web, NAMESPACE}
spec: {minReplicaCount: 1, maxReplicaCount: MAX, scaleTargetRef: {name: web}}
"""


def deployment(namespace: str = "namespace: ml") -> str:
    return DEPLOYMENT.replace(", NAMESPACE", f", {namespace}" if namespace else "")


def autoscaler(most: int, namespace: str = "namespace: ml", text: str = HPA) -> str:
    return text.replace(", NAMESPACE", f", {namespace}" if namespace else "").replace("MAX", str(most))


def judged(repository: Repository, base: Mapping[str, str], head: Mapping[str, str]) -> Told:
    """Judge the change from `base` to `head`, by the rules of base."""
    repository.commit({"guardrail.yaml": CONFIG, **base})
    repository.propose(head)
    return repository.judge()


def found(told: Told, policy: str) -> list[tuple[str, str, bool]]:
    """Return (resource or subject, status, whether it blocks) of the findings of a policy."""
    return [(one["resource"] or one["subject"], one["status"], one["blocking"]) for one in told.of(policy)]


def codes(told: Told) -> set[str]:
    return {one["code"] for one in told.report["diagnostics"]}


@pytest.mark.parametrize(
    "scaler",
    [
        pytest.param(autoscaler(50), id="an autoscaler"),
        pytest.param(autoscaler(50, text=KEDA), id="one of KEDA"),
        pytest.param(autoscaler(50, namespace=""), id="one that states no namespace"),
    ],
)
@pytest.mark.parametrize("folder", ["scaling", "apps/scaling", "apps/web/scaling", "other/deep/down"])
def test_an_autoscaler_in_another_folder_counts(repository: Repository, scaler: str, folder: str) -> None:
    told = judged(repository, {"apps/web/web.yaml": deployment()}, {f"{folder}/hpa.yaml": scaler})
    assert told.code == 1
    assert found(told, "max-replicas") == [("apps/web//apps/Deployment/ml/web", "deny", True)]


def test_neither_states_a_namespace(repository: Repository) -> None:
    base = {"apps/web.yaml": deployment(namespace="")}
    told = judged(repository, base, {"scaling/hpa.yaml": autoscaler(50, namespace="")})
    assert found(told, "max-replicas") == [("apps//apps/Deployment/?/web", "deny", True)]


def test_folders_of_two_environments_with_the_same_names_stay_apart(repository: Repository) -> None:
    base = {f"{one}/app/web.yaml": deployment() for one in ("prod", "dev")}
    head = {"prod/scaling/hpa.yaml": autoscaler(5), "dev/scaling/hpa.yaml": autoscaler(50)}
    told = judged(repository, base, head)
    assert found(told, "max-replicas") == [("dev/app//apps/Deployment/ml/web", "deny", True)]
    assert "ambiguous-target" not in codes(told)


def test_folders_by_kind_and_then_by_environment_stay_apart(repository: Repository) -> None:
    base = {f"app/{one}/web.yaml": deployment() for one in ("prod", "dev")}
    head = {"scaling/prod/hpa.yaml": autoscaler(50), "scaling/dev/hpa.yaml": autoscaler(5)}
    assert found(judged(repository, base, head), "max-replicas") == [("app/prod//apps/Deployment/ml/web", "deny", True)]


def test_what_its_own_folder_declares_is_meant_first(repository: Repository) -> None:
    base = {"a/web.yaml": deployment(), "b/web.yaml": deployment()}
    told = judged(repository, base, {"b/hpa.yaml": autoscaler(50)})
    assert found(told, "max-replicas") == [("b//apps/Deployment/ml/web", "deny", True)]


def test_two_that_are_equally_near_may_both_be_meant(repository: Repository) -> None:
    base = {"a/web.yaml": deployment(), "b/web.yaml": deployment()}
    told = judged(repository, base, {"c/hpa.yaml": autoscaler(50)})
    assert found(told, "max-replicas") == [
        (f"{one}//apps/Deployment/ml/web", "undetermined", True) for one in ("a", "b")
    ]
    assert (told.code, "ambiguous-target" in codes(told)) == (1, True)


def test_two_of_one_name_in_one_folder_may_both_be_meant(repository: Repository) -> None:
    told = judged(repository, {"k8s/web.yaml": deployment()}, {"k8s/b.yaml": deployment() + "---\n" + autoscaler(50)})
    assert [one[1:] for one in found(told, "max-replicas")] == [("undetermined", True)] * 2


CLUSTERS = """
clusters: {one: {}, two: {}}
units:
  - {path: a, cluster: one}
  - {path: b, cluster: two}
  - {path: c, cluster: CLUSTER}
"""


@pytest.mark.parametrize(("cluster", "folder"), [("one", "a"), ("two", "b")])
def test_the_cluster_that_is_stated_decides(repository: Repository, cluster: str, folder: str) -> None:
    config = CONFIG + CLUSTERS.replace("CLUSTER", cluster)
    base = {"guardrail.yaml": config, "a/web.yaml": deployment(), "b/web.yaml": deployment(), "c/x.yaml": autoscaler(2)}
    told = judged(repository, base, {"c/x.yaml": autoscaler(50)})
    assert found(told, "max-replicas") == [(f"{folder}//apps/Deployment/ml/web", "deny", True)]


def test_an_environment_that_is_stated_keeps_others_out(repository: Repository) -> None:
    config = CONFIG + "environments: [{name: prod, paths: [a, c]}, {name: dev, paths: [b]}]\n"
    base = {"guardrail.yaml": config, "a/web.yaml": deployment(), "b/web.yaml": deployment()}
    told = judged(repository, base, {"c/hpa.yaml": autoscaler(50)})
    assert found(told, "max-replicas") == [("a//apps/Deployment/ml/web", "deny", True)]


LWS = """\
apiVersion: leaderworkerset.x-k8s.io/v1
kind: LeaderWorkerSet
metadata: {name: web, namespace: ml, labels: {team: ml}}
spec:
  replicas: 1
  leaderWorkerTemplate: {size: 8, workerTemplate: {spec: {containers: [{name: a, image: b}]}}}
"""
TO_LWS = autoscaler(6).replace("apps/v1, kind: Deployment", "leaderworkerset.x-k8s.io/v1, kind: LeaderWorkerSet")


def test_a_copy_of_several_pods_counts_as_many_from_another_folder_too(repository: Repository) -> None:
    told = judged(repository, {"a/web.yaml": LWS}, {"b/hpa.yaml": TO_LWS})
    together = repository.document()["resources"]["a//leaderworkerset.x-k8s.io/LeaderWorkerSet/ml/web"]["groups"]
    repository.git("mv", "b/hpa.yaml", "a/hpa.yaml")
    here = repository.document()["resources"]["a//leaderworkerset.x-k8s.io/LeaderWorkerSet/ml/web"]["groups"]
    assert together == here
    assert any(group["replicas"]["max"] > 6 for group in together.values())
    assert told.code == 1


@pytest.mark.parametrize(
    "target",
    [
        pytest.param("apps/v1, kind: Deployment", id="a workload that is not here"),
        pytest.param("example.com/v1, kind: Thing", id="a kind that nobody described"),
    ],
)
def test_an_autoscaler_of_what_is_not_here_is_said_and_counted(repository: Repository, target: str) -> None:
    thing = "apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: web, namespace: ml}\nspec: {replicas: 1}\n"
    scaler = autoscaler(50).replace("apps/v1, kind: Deployment", target)
    told = judged(repository, {"a/thing.yaml": thing}, {"b/hpa.yaml": scaler})
    assert "scales-nothing" in codes(told)
    assert ("b//autoscaling/HorizontalPodAutoscaler/ml/web", "warn", False) in found(told, "unpriced-resource")
    assert not told.report["cost"]["delta"]["complete"]


ROLLOUT = """\
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {name: web, namespace: ml, labels: {team: ml}}
spec: {replicas: 1, template: {spec: {containers: [{name: a, image: b}]}}}
"""


def test_an_autoscaler_of_a_custom_resource_counts(repository: Repository) -> None:
    scaler = autoscaler(50).replace("apps/v1, kind: Deployment", "argoproj.io/v1alpha1, kind: Rollout")
    told = judged(repository, {"a/web.yaml": ROLLOUT}, {"b/hpa.yaml": scaler})
    (one,) = found(told, "max-replicas")
    assert one[0] == "a//argoproj.io/Rollout/ml/web"
    assert told.code == 1


NAMESPACE = "apiVersion: v1\nkind: Namespace\nmetadata: {name: ml, labels: {team: TEAM}}\n"


def test_a_namespace_in_another_folder_labels_what_is_in_it(repository: Repository) -> None:
    bare = deployment().replace("labels: {team: ml}, ", "")
    base = {"namespaces/ml.yaml": NAMESPACE.replace("TEAM", "ml"), "apps/web.yaml": bare}
    told = judged(repository, base, {"apps/other.yaml": bare.replace("name: web", "name: other")})
    assert found(told, "required-tags") == []
    repository.commit({"namespaces/ml.yaml": NAMESPACE.replace("{team: TEAM}", "{a: b}")})
    later = repository.check("--base", "main", "--trusted", "main")
    assert found(later, "required-tags") == [
        (f"apps//apps/Deployment/ml/{one}", "deny", True) for one in ("other", "web")
    ]


def test_two_namespaces_that_disagree_settle_nothing(repository: Repository) -> None:
    bare = deployment().replace("labels: {team: ml}, ", "")
    base = {f"{one}/ns.yaml": NAMESPACE.replace("TEAM", one) for one in ("one", "two")}
    told = judged(repository, base, {"apps/web.yaml": bare})
    assert ("apps//apps/Deployment/ml/web", "undetermined", True) in found(told, "required-tags")


LIMITS = """\
apiVersion: v1
kind: LimitRange
metadata: {name: limits, namespace: ml}
spec: {limits: [{type: Container, default: {nvidia.com/gpu: COUNT, cpu: "1"}, defaultRequest: {cpu: "1"}}]}
"""


def test_defaults_of_a_namespace_in_another_folder_count(repository: Repository) -> None:
    told = judged(repository, {"a/web.yaml": deployment()}, {"b/limits.yaml": LIMITS.replace("COUNT", "8")})
    assert found(told, "gpu-count-limit") == [("a//apps/Deployment/ml/web", "deny", True)]


CLASS = "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: gp3}\nparameters: {type: io2}\n"
CLAIM = """\
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data, namespace: ml, labels: {team: ml}}
spec: {storageClassName: gp3, resources: {requests: {storage: 100Gi}}}
"""
MOUNTING = deployment().replace("containers:", "volumes: [{persistentVolumeClaim: {claimName: data}}], containers:")


def test_a_volume_is_what_its_class_in_another_folder_says(repository: Repository) -> None:
    repository.write({"a/claim.yaml": CLAIM, "b/class.yaml": CLASS, "c/web.yaml": MOUNTING})
    document = repository.document()
    claim = "a//core/PersistentVolumeClaim/ml/data"
    assert [disk["class"] for disk in document["resources"][claim]["storage"]] == ["io2"]
    assert {"kind": "mounts", "to": claim, "group": "main"} in document["edges"]["c//apps/Deployment/ml/web"]


def test_a_namespace_contains_what_lies_in_other_folders(repository: Repository) -> None:
    quota = "apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: q, namespace: ml}\nspec: {hard: {pods: 1}}\n"
    repository.write({"a/ns.yaml": NAMESPACE, "b/quota.yaml": quota, "c/web.yaml": deployment()})
    inside = {edge["to"] for edge in repository.document()["edges"]["a//core/Namespace/-/ml"]}
    assert inside == {"b//core/ResourceQuota/ml/q", "c//apps/Deployment/ml/web"}


WHOLE = deployment().replace("containers:", "resources: {limits: {NAME: 16}}, containers:")


def test_devices_of_a_whole_pod_are_not_passed_over(repository: Repository) -> None:
    told = judged(repository, {"a/x.yaml": NAMESPACE}, {"a/web.yaml": WHOLE.replace("NAME", "nvidia.com/gpu")})
    assert ("a//apps/Deployment/ml/web", "undetermined", False) in found(told, "gpu-family-allowlist")
    assert ("a//apps/Deployment/ml/web", "deny", True) in found(told, "gpu-count-limit")


def test_what_else_a_whole_pod_asks_for_is_read(repository: Repository) -> None:
    told = judged(repository, {"a/x.yaml": NAMESPACE}, {"a/web.yaml": WHOLE.replace("NAME", "cpu")})
    assert found(told, "gpu-family-allowlist") == []
    (group,) = repository.document()["resources"]["a//apps/Deployment/ml/web"]["groups"].values()
    assert {one["name"]: one["requests"].get("cpu_millis") for one in group["containers"]}["*"] == 16_000


RUNTIME = """\
apiVersion: trainer.kubeflow.org/v1alpha1
kind: TrainingRuntime
metadata: {name: torch, namespace: ml}
spec: {template: {spec: {replicatedJobs: [{name: node, template: {spec: {template: {spec: {containers: [
  {name: node, resources: {limits: {nvidia.com/gpu: 8}}}]}}}}}]}}}
"""
TRAIN = """\
apiVersion: trainer.kubeflow.org/v1alpha1
kind: TrainJob
metadata: {name: t, namespace: ml, labels: {team: ml}}
spec: {runtimeRef: {name: torch}, trainer: {numNodes: 64}}
"""


@pytest.mark.parametrize("files", [{"a/r.yaml": RUNTIME, "a/t.yaml": TRAIN}, {"a/t.yaml": TRAIN}])
def test_what_a_runtime_states_is_not_known_of_its_jobs(repository: Repository, files: Mapping[str, str]) -> None:
    told = judged(repository, {"a/x.yaml": NAMESPACE}, files)
    for policy in ("gpu-family-allowlist", "gpu-count-limit"):
        assert ("a//trainer.kubeflow.org/TrainJob/ml/t", "undetermined", False) in found(told, policy)
    assert not told.report["cost"]["delta"]["complete"]
