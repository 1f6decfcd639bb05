"""
Into how many parts the device plugin of NVIDIA shares a device out: time slices, or clients of MPS.

That is in a ConfigMap, in a text per kind of node, and holds where the policy of the GPU operator names it. A ConfigMap
that nobody names shares nothing: whoever writes one into a folder must not make devices smaller by it.
https://docs.nvidia.com/datacenter/cloud-native/gpu-operator/latest/gpu-sharing.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from guardrail.frontends.kubernetes.controllers.making import Part, embedded
from guardrail.frontends.kubernetes.objects import Object
from guardrail.frontends.kubernetes.reading import lookup
from guardrail.frontends.kubernetes.surroundings import Surroundings
from guardrail.model.value import Value

_CONFIG: Final = ("spec", "devicePlugin", "config")
_MAP: Final = "core/ConfigMap"
_WAYS: Final = ("timeSlicing", "mps")

Parts = Mapping[str, int]
"""Into how many parts at least a device is shared out, by the name of the resource that one part is."""


def parts(around: Surroundings) -> Parts:
    """
    Return the resources of this unit that are parts of devices.

    Nodes say by a label which of the texts is theirs, and pods do not: of a resource that keeps its name the text with
    the fewest parts counts, and all of a device where one shares nothing out. A name of its own (`….shared`) is offered
    by those alone that share.
    """
    texts: list[Parts] = []
    whole = False  # whether some nodes share nothing out
    for policy in around.policies:
        config = lookup(policy.value, _CONFIG)
        name, default = (lookup(config, (key,)) for key in ("name", "default"))
        several = around.named.get((_MAP, name), {}) if isinstance(name, str) else {}
        found = [text for one in _maps(several) for text in _texts(one)]
        whole = whole or not isinstance(default, str) or all(not text.at.endswith(f"/{default}") for text in found)
        texts.extend(map(_read, found))
    return dict(_least(texts, whole))


def _maps(by_scope: Mapping[str, list[Object]]) -> Iterator[Object]:
    for several in by_scope.values():
        yield from several


def _texts(config: Object) -> Iterator[Part]:
    data = config.value.get("data")
    for key, text in data.items() if isinstance(data, dict) else ():
        yield Part(text, config, f"/data/{key}")


def _least(texts: list[Parts], whole: bool) -> Iterator[tuple[str, int]]:
    for name in dict.fromkeys(name for text in texts for name in text):
        shared = [text[name] for text in texts if name in text]
        if min(shared) > 1 and (name.endswith(_SHARED) or (not whole and len(shared) == len(texts))):
            yield name, min(shared)


_SHARED: Final = ".shared"


def _read(text: Part) -> Parts:
    """Return what one text shares out; nothing, where it cannot be read."""
    found: dict[str, int] = {}
    for document in embedded(text):
        for way in _WAYS:
            sharing = lookup(document.value, ("sharing", way))
            renamed = lookup(sharing, ("renameByDefault",)) is True
            listed = lookup(sharing, ("resources",))
            for one in listed if isinstance(listed, tuple) else ():
                name, count = _name(one, renamed), lookup(one, ("replicas",))
                if isinstance(name, str) and type(count) is int and count > 0:
                    found[name] = min(count, found.get(name, count))
    return found


def _name(one: Value, renamed: bool) -> Value:
    """Return what a part is called: as its row says, else the device, with a word behind it where all are renamed."""
    own = lookup(one, ("rename",))
    name = lookup(one, ("name",))
    if isinstance(own, str) and own:
        return own
    return f"{name}{_SHARED}" if renamed and isinstance(name, str) else name
