"""Workspaces of notebooks: a kind of workspace lists what their pods can be, and each names one of those."""

from __future__ import annotations

from typing import Final

from guardrail.catalog.kubernetes.workload import Workload
from guardrail.frontends.kubernetes.controllers.making import LIMIT, Making, Part
from guardrail.frontends.kubernetes.reading import Reading, Scope
from guardrail.frontends.kubernetes.surroundings import Surroundings
from guardrail.model.value import Reason, Unknown, Value

_KIND: Final = "kubeflow.org/WorkspaceKind"
_CONFIGS: Final = "/spec/podTemplate/options/podConfig/values"
_PLACED: Final = ("nodeSelector", "affinity", "tolerations")
_ELSEWHERE: Final = Unknown(Reason.ENVIRONMENT, note="the kind of workspace that is named is not here")
_SEVERAL: Final = Unknown(Reason.REFUSED, note="several kinds of workspaces are called what is named")


def workspace(reading: Reading, scope: Scope, row: Workload, around: Surroundings) -> Scope:
    """Return the pods (`pods`) of a workspace, or all that there can be of a kind of workspace."""
    making = Making(reading, scope)
    if row.template:
        listed = making.own(_CONFIGS)
        if isinstance(listed.value, Unknown):
            return making.finished({"pods": listed.value})
        every = enumerate(listed.elements())
        return making.finished({"pods": tuple(_pod(making, one, f"/pods/{index}") for index, one in every)})
    kind, config = making.own("/spec/kind"), making.own("/spec/podTemplate/options/podConfig")
    doubt = next((one.value for one in (kind, config) if isinstance(one.value, Unknown)), None)
    found = around.targets(_KIND, None, kind.value) if isinstance(kind.value, str) else ()
    if isinstance(kind.value, str):
        reading.needs.append((kind.at, _KIND, kind.value))
    if doubt is not None or len(found) != 1:
        return making.finished({"pods": doubt or (_SEVERAL if found else _ELSEWHERE)})
    if not around.affords(reading, found[0]):
        return making.finished({"pods": LIMIT})
    listed = Part(found[0].value, found[0], "").find(_CONFIGS)
    chosen = [one for one in listed.elements() if one.text("id") == config.value]
    if len(chosen) != 1:
        missing = listed.value if isinstance(listed.value, Unknown) else reading.problem(config.at, "no such option")
        return making.finished({"pods": missing})
    return making.finished({"pods": ({**_pod(making, chosen[0], "/pods/0"), "name": "main"},)})


def _pod(making: Making, config: Part, at: str) -> dict[str, Value]:
    """Return the pod that an option describes."""
    making.put(at, config)
    spec = config.find("/spec")
    name = config.text("id") or at.rpartition("/")[2]
    if isinstance(config.value, Unknown) or isinstance(spec.value, Unknown):
        return {"name": name, "template": spec.value if spec.there else config.value}
    asked = making.put(f"{at}/template/spec/containers/0/resources", spec.find("/resources"))
    made: dict[str, Value] = {"containers": ({"name": "main", "resources": asked},)}
    if not spec.find("/resources").there:
        made = {"containers": ({"name": "main"},)}
    for key in _PLACED:
        part = spec.find(f"/{key}")
        if part.there:
            made[key] = making.put(f"{at}/template/spec/{key}", part)
    return {"name": name, "template": {"spec": made}}
