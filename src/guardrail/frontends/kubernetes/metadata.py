"""Labels and annotations in effect, and what they say of the end of an object."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, Optional, Union

from guardrail.frontends.kubernetes.pods import Found
from guardrail.frontends.kubernetes.reading import Reading, opened
from guardrail.frontends.kubernetes.surroundings import Surroundings
from guardrail.model.path import escaped
from guardrail.model.pattern import pattern
from guardrail.model.resource import Origin
from guardrail.model.value import OpenMap, Unknown, Value

Labels = Union[Mapping[str, Value], Unknown]

_SYSTEM: Final = pattern(
    r"(?:[a-z0-9.-]+\.)?(?:kubernetes\.io|k8s\.io|openshift\.io|istio\.io|helm\.sh)/|istio-injection\Z"
)
"""Labels of a namespace that configure it and describe nobody's work in it."""


def labels(reading: Reading, found: Iterable[Found], around: Surroundings, tags: str = "") -> Labels:
    """
    Return the labels in effect.

    Those of the namespace (if its object is in the unit) hold for everything in it, unless the object states its
    own; those that all pod templates of the object agree on win, since pods are what is paid for. At `tags` are those
    that a cloud gets to see, which win over all.
    """
    own = reading.texts(reading.find("/metadata/labels"), "/metadata/labels")
    if isinstance(own, Unknown):
        return own
    together: dict[str, Value] = {}
    namespace = around.namespace(reading.object)
    if namespace is not None:
        outer = Reading(namespace)
        inherited = outer.texts(outer.find("/metadata/labels"), "/metadata/labels")
        for key, value in inheritable(inherited).items():
            together[key] = value
            reading.origins[f"/labels/{escaped(key)}"] = (label_of(around.address(namespace), key),)
    for key, value in own.items():
        together[key] = value
        reading.came(f"/labels/{escaped(key)}", f"/metadata/labels/{escaped(key)}")
    _of_pods(reading, list(found), together)
    reading.came("/labels", "/metadata/labels")
    rest = _tags(reading, tags, together) or (own.rest if isinstance(own, OpenMap) else None)
    return opened(together, rest) if rest is not None else together


def _tags(reading: Reading, at: str, together: dict[str, Value]) -> Optional[Unknown]:
    """Add the tags of a list of pairs, whatever their members are called; return why there may be others."""
    listed = reading.sequence(reading.find(at), at) if at else ()
    if isinstance(listed, Unknown):
        return listed
    rest: Optional[Unknown] = None
    for index, tag in enumerate(listed):
        pair = reading.mapping(tag, f"{at}/{index}")
        key = pair if isinstance(pair, Unknown) else pair.get("name", pair.get("key"))
        if isinstance(key, Unknown):
            rest = key
        elif isinstance(key, str) and not isinstance(pair, Unknown):
            together[key] = reading.text(pair.get("value"), f"{at}/{index}/value") or ""
            reading.came(f"/labels/{escaped(key)}", f"{at}/{index}/value")
    return rest


def inheritable(stated: Labels) -> Mapping[str, Value]:
    """Return the labels of a namespace that hold for everything in it."""
    return {} if isinstance(stated, Unknown) else {key: one for key, one in stated.items() if not _SYSTEM.match(key)}


def label_of(address: str, key: str) -> Origin:
    """Return where a label of a namespace is written."""
    return Origin(f"/metadata/labels/{escaped(key)}", address)


def _of_pods(reading: Reading, found: list[Found], together: dict[str, Value]) -> None:
    """Add the labels that the pods of all groups carry alike."""
    stated = [one for one in found if one.labels is not None]
    if not stated or len(stated) < len(found) or any(isinstance(one.labels, Unknown) for one in stated):
        return
    first = stated[0]
    for key, value in (first.labels or {}).items():  # type: ignore[union-attr]
        if all(_has(one.labels, key, value) for one in stated[1:]) and together.get(key) != value:
            together[key] = value
            reading.came(f"/labels/{escaped(key)}", f"{first.template.at}/metadata/labels/{escaped(key)}")


def _has(labels_: Optional[Labels], key: str, value: Value) -> bool:
    return isinstance(labels_, dict) and key in labels_ and labels_[key] == value


def notes(reading: Reading) -> Labels:
    """Return the annotations, without copies of the object."""
    found = reading.texts(reading.find("/metadata/annotations"), "/metadata/annotations")
    reading.came("/annotations", "/metadata/annotations")
    if isinstance(found, Unknown) or _COPY not in found:
        return found
    return {key: value for key, value in found.items() if key != _COPY}


_COPY: Final = "kubectl.kubernetes.io/last-applied-configuration"

_TTL: Final = ("ttl", "janitor/ttl")
_EXPIRES: Final = ("expires-at", "expires", "janitor/expires")
_DURATION: Final = pattern(r"([0-9]{1,9})\s*(s|m|h|d|w)?\Z")
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def expiry(reading: Reading, labels_: Labels, annotations_: Labels) -> dict[str, Value]:
    """Return `ttl_seconds` and `expires_at` where labels or annotations state them."""
    told: dict[str, Value] = {}
    for side, found in (("labels", labels_), ("annotations", annotations_)):
        if isinstance(found, Unknown):
            continue
        for key in _TTL:
            seconds = _duration(found.get(key))
            if seconds is not None and "ttl_seconds" not in told:
                told["ttl_seconds"] = seconds
                reading.came("/lifetime/ttl_seconds", f"/metadata/{side}/{escaped(key)}")
        for key in _EXPIRES:
            if found.get(key) and "expires_at" not in told:
                told["expires_at"] = found[key]
                reading.came("/lifetime/expires_at", f"/metadata/{side}/{escaped(key)}")
    return told


def _duration(value: Value) -> Union[int, Unknown, None]:
    if not isinstance(value, str):
        return value if isinstance(value, Unknown) else None
    found = _DURATION.match(value.strip().lower())
    return int(found[1]) * _SECONDS[found[2] or "s"] if found else None
