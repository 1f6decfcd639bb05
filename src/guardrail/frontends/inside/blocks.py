"""
Blocks of the Kubernetes provider as the manifest that it makes of them.

The provider writes fields in snake case, single objects as blocks, and lists as a repeated block with the name of one
element: `container { … }` is an element of `containers`. An attribute with a map (`limits = { … }`) keeps its keys.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from guardrail.model.path import escaped
from guardrail.model.value import OpenMap, Unknown, Value

_LISTS: Final[Mapping[str, str]] = {
    "allowed_topologies": "allowedTopologies",
    "container": "containers",
    "env": "env",
    "env_from": "envFrom",
    "ephemeral_container": "ephemeralContainers",
    "host_aliases": "hostAliases",
    "http_header": "httpHeaders",
    "image_pull_secrets": "imagePullSecrets",
    "init_container": "initContainers",
    "items": "items",
    "limit": "limits",
    "match_expression": "matchExpressions",
    "match_expressions": "matchExpressions",
    "match_fields": "matchFields",
    "match_label_expressions": "matchLabelExpressions",
    "metric": "metrics",
    "node_selector_term": "nodeSelectorTerms",
    "option": "options",
    "path": "paths",
    "policy": "policies",
    "port": "ports",
    "preferred_during_scheduling_ignored_during_execution": "preferredDuringSchedulingIgnoredDuringExecution",
    "readiness_gate": "readinessGates",
    "required_during_scheduling_ignored_during_execution": "requiredDuringSchedulingIgnoredDuringExecution",
    "rule": "rules",
    "sources": "sources",
    "sysctl": "sysctls",
    "tls": "tls",
    "toleration": "tolerations",
    "topology_spread_constraint": "topologySpreadConstraints",
    "volume": "volumes",
    "volume_claim_template": "volumeClaimTemplates",
    "volume_device": "volumeDevices",
    "volume_mount": "volumeMounts",
}
"""Blocks that may be repeated, and the list that they are the elements of."""

_SINGLE: Final[Mapping[tuple[str, str], str]] = {
    ("node_affinity", "required_during_scheduling_ignored_during_execution"): (
        "requiredDuringSchedulingIgnoredDuringExecution"
    ),
    ("ephemeral", "volume_claim_template"): "volumeClaimTemplate",
    ("backend", "port"): "port",
    ("service", "port"): "port",
}
"""The same names where they are one object, by the block that they stand in."""

_MAPS: Final = frozenset(
    {
        "annotations", "labels", "limits", "requests", "match_labels", "node_selector", "data", "binary_data",
        "string_data", "hard", "capacity", "parameters", "volume_attributes", "options", "default", "default_request",
        "max", "min", "max_limit_request_ratio",
    }
)  # fmt: skip
"""Arguments with keys of somebody's own, even where they are written as a block."""

_RENAMED: Final[Mapping[str, str]] = {
    "cluster_ip": "clusterIP",
    "cluster_ips": "clusterIPs",
    "external_ips": "externalIPs",
    "host_ip": "hostIP",
    "host_ipc": "hostIPC",
    "host_pid": "hostPID",
    "load_balancer_ip": "loadBalancerIP",
    "pod_ip": "podIP",
    "storage_provisioner": "provisioner",
}
_WITHIN: Final = frozenset({"persistent_volume_source"})
"""Blocks whose members stand in the object around them."""

_OF_THE_PROVIDER: Final = frozenset({"timeouts"})
_WAITS: Final = "wait_"
"""What configures the provider, and is no part of the object."""

_SELECTOR: Final = "selector"
_BLOCK_OF_SELECTOR: Final = frozenset({"match_labels", "match_expressions", "match_expression"})
_UNDERSCORE: Final = re.compile(r"_([a-z0-9])")


class Manifest:
    """A manifest, made of the attributes of a typed resource. `written` are the pointers of its parts in those."""

    def __init__(self, attributes: Mapping[str, Value], api_version: str, kind: str) -> None:
        self.written: dict[str, str] = {}
        stated = {
            key: value
            for key, value in plain(attributes).items()
            if key not in _OF_THE_PROVIDER and not key.startswith(_WAITS)
        }
        self.value = {"apiVersion": api_version, "kind": kind, **self._object(stated, "", "", "")}

    def pointer(self, path: str) -> str:
        """Return where a part of the manifest is written; of what is not, where it would stand."""
        above, rest = path, ""
        while above not in self.written and above:
            above, _, last = above.rpartition("/")
            rest = f"/{last}{rest}"
        return self.written.get(above, "") + rest

    def _object(self, members: Mapping[str, Value], at: str, there: str, around: str) -> dict[str, Value]:
        """Return the members of a block as those of an object; `around` is what the block is called."""
        found: dict[str, Value] = {}
        for key, value in members.items():
            inside = f"{there}/{escaped(key)}"
            if value is None:
                continue
            if key in _WITHIN and _is_block(value):
                one = value[0] if isinstance(value, tuple) else value
                found.update(self._object(one, at, f"{inside}/0", key) if isinstance(one, Mapping) else {})
                continue
            repeated = _repeated(key, value, around)
            name = _LISTS[key] if repeated else _SINGLE.get((around, key)) or _camel(key)
            made = self._member(key, value, f"{at}/{escaped(name)}", inside, repeated=repeated)
            if made is not None:
                found[name] = made
        return OpenMap(found, members.rest) if isinstance(members, OpenMap) else found

    def _member(self, key: str, value: Value, at: str, there: str, *, repeated: bool) -> Value:
        self.written[at] = there
        if isinstance(value, Unknown):
            return value
        if isinstance(value, Mapping) and not repeated:
            return plain(value) if _keeps_keys(key, value) else self._object(value, at, there, key)
        elements = (value,) if isinstance(value, Mapping) else value  # JSON may write a single one without brackets
        if not isinstance(elements, tuple) or not _is_block(elements):
            return plain(elements)
        if repeated or len(elements) > 1:
            return tuple(
                self._element(one, key, f"{at}/{index}", f"{there}/{index}") for index, one in enumerate(elements)
            )
        return self._element(elements[0], key, at, f"{there}/0") if elements else None

    def _element(self, value: Value, key: str, at: str, there: str) -> Value:
        self.written[at] = there
        if not isinstance(value, Mapping):
            return value
        return plain(value) if key in _MAPS else self._object(value, at, there, key)


def _is_block(value: Value) -> bool:
    """Whether it is what blocks come to: objects, some of which may not be known."""
    if isinstance(value, Mapping):
        return True
    return isinstance(value, tuple) and all(one is None or isinstance(one, (Mapping, Unknown)) for one in value)


def _repeated(key: str, value: Value, around: str) -> bool:
    if key not in _LISTS or (around, key) in _SINGLE:
        return False
    return isinstance(value, Unknown) or _is_block(value)


def _keeps_keys(key: str, value: Mapping[str, Value]) -> bool:
    return key in _MAPS or (key == _SELECTOR and _BLOCK_OF_SELECTOR.isdisjoint(value))


def _camel(name: str) -> str:
    return _RENAMED.get(name) or _UNDERSCORE.sub(lambda found: found[1].upper(), name)


def plain(value: Value) -> Value:
    """
    Return a value of an expression as documents have it: of plain mappings and tuples.

    A null in an expression is how one leaves something out, and the provider does.
    https://registry.terraform.io/providers/hashicorp/kubernetes/latest/docs/resources/manifest
    """
    if isinstance(value, Mapping):
        members = {key: plain(member) for key, member in value.items() if member is not None}
        return OpenMap(members, value.rest) if isinstance(value, OpenMap) else members
    return tuple(map(plain, value)) if isinstance(value, (tuple, list)) else value
