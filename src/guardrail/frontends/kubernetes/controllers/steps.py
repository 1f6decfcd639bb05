"""The pod of one template of a workflow: its containers, what the workflow adds, and what is laid over it as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, Optional

from guardrail.frontends.kubernetes.controllers.making import Making, Part, embedded
from guardrail.model.dataclass import dataclass
from guardrail.model.value import Reason, Unknown, Value

BODIES: Final = ("/container", "/script", "/containerSet", "/resource")
"""What a template has that makes pods; the others start other templates, or wait."""

_PLACED: Final = ("nodeSelector", "affinity", "tolerations", "priorityClassName", "schedulerName")
"""What a template says of its nodes; where it does not, the workflow does."""

_NOT_READ: Final = Unknown(Reason.REFUSED, note="an artifact holds the object that is created, and is not read")
_STARTING: Final = frozenset({"create", "apply"})


@dataclass(frozen=True, slots=True)
class Settings:
    """What a workflow says of all of its pods: its specs, the first of which counts."""

    parts: Sequence[Part]

    def find(self, pointer: str) -> Optional[Part]:
        """Return what is stated at a pointer of the spec."""
        return next((found for part in self.parts if (found := part.find(pointer)).there), None)


def objects_of(template: Part) -> Iterator[tuple[Value, Part]]:
    """Yield the objects that a template creates, each with where it is written."""
    body = template.find("/resource")
    starts = isinstance(body.find("/action").value, Unknown) or body.text("action") in _STARTING
    if body.there and (starts or isinstance(body.value, Unknown)):
        manifest = body.find("/manifest")
        for one in embedded(manifest):
            yield one.value, one
        if body.find("/manifestFrom").there:
            doubt = body.find("/manifestFrom")
            yield _NOT_READ, doubt


def pod_of(making: Making, settings: Settings, template: Part, at: str) -> Optional[Value]:
    """Return the pod template of a template, None where its pod only creates objects. `at` is where it is put."""
    making.put(at, template)
    if isinstance(template.value, Unknown):
        return template.value
    whole = _with_defaults(making, settings, template, at)
    spec = _spec(making, whole, at)
    if spec is None:
        return None
    for key in _PLACED:
        stated = template.find(f"/{key}")
        part = stated if stated.there else settings.find(f"/templateDefaults/{key}") or settings.find(f"/{key}")
        if part is not None:
            spec[key] = making.put(f"{at}/spec/{key}", part)
    _with_volumes(making, settings, template, spec, f"{at}/spec/volumes")
    labels: dict[str, Value] = {}
    for part in (settings.find("/podMetadata/labels"), template.find("/metadata/labels")):
        if part is not None and isinstance(part.value, dict):
            labels.update(part.value)
            making.put(f"{at}/metadata/labels", part)
    patched: Value = spec
    for part in (settings.find("/podSpecPatch"), _own_patch(settings, template)):
        for patch in embedded(part) if part is not None and part.there else ():
            if isinstance(patch.value, dict):
                patched = making.over(patched, f"{at}/spec", patch)
            else:
                patched = making.put(f"{at}/spec", patch)
    return {"metadata": {"labels": labels}, "spec": patched}


def _own_patch(settings: Settings, template: Part) -> Optional[Part]:
    own = template.find("/podSpecPatch")
    return own if own.there else settings.find("/templateDefaults/podSpecPatch")


def _with_defaults(making: Making, settings: Settings, template: Part, at: str) -> Part:
    """Return a template with the defaults of the workflow under it: those of other kinds of templates left out."""
    defaults = settings.find("/templateDefaults")
    if defaults is None or not isinstance(defaults.value, dict):
        return template
    kept = {
        key: one for key, one in defaults.value.items() if f"/{key}" not in BODIES or template.find(f"/{key}").there
    }
    return Part(making.over(kept, at, template), template.owner, template.at)


def _spec(making: Making, template: Part, at: str) -> Optional[dict[str, Value]]:
    """Return the containers of a template as a pod has them."""
    containers: list[Value] = []
    for body in ("container", "script"):
        part = template.find(f"/{body}")
        if part.there:
            making.put(f"{at}/spec/containers/{len(containers)}", part)
            containers.append({**part.value, "name": "main"} if isinstance(part.value, dict) else part.value)
    listed = template.find("/containerSet/containers")
    for part in (*listed.elements(), *(template.find("/sidecars").elements() if containers or listed.there else ())):
        making.put(f"{at}/spec/containers/{len(containers)}", part)
        containers.append(part.value)
    doubt = next((one for one in (listed.value, template.find("/sidecars").value) if isinstance(one, Unknown)), None)
    if not containers and doubt is None:
        return None
    spec: dict[str, Value] = {"containers": doubt if doubt is not None else tuple(containers)}
    starts = template.find("/initContainers")
    if starts.there:
        spec["initContainers"] = making.put(f"{at}/spec/initContainers", starts)
    return spec


def _with_volumes(making: Making, settings: Settings, template: Part, spec: dict[str, Value], at: str) -> None:
    listed: list[Value] = []
    for part in (template.find("/volumes"), settings.find("/volumes")):
        for one in () if part is None else part.elements():
            listed.append(making.put(f"{at}/{len(listed)}", one))
    if listed:
        spec["volumes"] = tuple(listed)
