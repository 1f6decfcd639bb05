"""Seldon: deployments of a graph of predictors, and servers that models are loaded into."""

from __future__ import annotations

from typing import Final

from guardrail.catalog.kubernetes.workload import NONE, Join, Pods, Workload, at

_ONE: Final = "https://docs.seldon.ai/seldon-core-1/deployments/scaling"
_TWO: Final = "https://docs.seldon.ai/seldon-core-2/user-guide/servers"
_MLOPS: Final = "mlops.seldon.io"
_STATED: Final = ("/replicas", "^/replicas", "#/spec/replicas")
"""The replicas of a component: its own, those of its predictor, those of the deployment."""

WORKLOADS: Final = (
    Workload(
        type="machinelearning.seldon.io/SeldonDeployment",
        category="ml.endpoint",
        source=_ONE,
        pods=(
            Pods(
                each="/spec/predictors/*/componentSpecs",
                named="/metadata/name",
                template=("",),
                desired=at(*_STATED, default=1),
                min=at("/hpaSpec/minReplicas", "/kedaSpec/minReplicaCount", *_STATED, default=1),
                max=at("/hpaSpec/maxReplicas", "/kedaSpec/maxReplicaCount", *_STATED, default=1),
            ),
            Pods(
                group="engine",
                each="/spec/predictors",
                named="/name",
                template=("/svcOrchSpec", "/graph"),
                pod="",
                resources="/svcOrchSpec/resources",
                desired=at("/svcOrchSpec/replicas", "/replicas", "#/spec/replicas", default=1),
            ),
        ),
    ),
    Workload(
        type=f"{_MLOPS}/Server",
        category="ml.endpoint",
        source=_TWO,
        pods=(
            Pods(
                template=("/spec/podSpec", "/spec"),
                pod="",
                elsewhere="the ServerConfig that the server names",
                desired=at("/spec/replicas", "/spec/minReplicas", default=1),
                min=at("/spec/minReplicas", "/spec/replicas", default=1),
                max=at("/spec/maxReplicas", "/spec/replicas", default=1),
            ),
        ),
        joins=(
            Join(
                name="/spec/serverConfig",
                types=(f"{_MLOPS}/ServerConfig",),
                homes=("seldon-mesh", "seldon"),
                take="/spec/podSpec",
                into="/spec/podSpec",
            ),
        ),
    ),
    Workload(
        type=f"{_MLOPS}/ServerConfig",
        category="ml.runtime",
        source=_TWO,
        pods=(Pods(template=("/spec/podSpec",), pod="", desired=NONE),),
        template=True,
    ),
    Workload(
        type=f"{_MLOPS}/SeldonConfig",
        category="ml.runtime",
        source=_TWO,
        pods=(Pods(each="/spec/components", named="/name", template=("/podSpec",), pod="", desired=NONE),),
        template=True,
    ),
    Workload(
        type=f"{_MLOPS}/SeldonRuntime",
        category="workload.service",
        source=_TWO,
        pods=(
            Pods(
                each="/spec/overrides",
                named="/name",
                template=("/podSpec",),
                pod="",
                desired=at("/replicas", default=1),
            ),
        ),
    ),
    Workload(
        type=f"{_MLOPS}/Model",
        category="ml.model",
        source=_TWO,
        refers={"/spec/server": f"{_MLOPS}/Server"},
    ),
)
