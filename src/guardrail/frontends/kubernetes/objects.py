"""From documents to objects: lists taken apart, kinds recognised, each with its address."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, Optional, Union

from guardrail.catalog.kubernetes.free import NOT_OBJECTS
from guardrail.catalog.kubernetes.rows import Rows
from guardrail.catalog.kubernetes.workload import Workload
from guardrail.frontends.distinct import distinct as set_apart
from guardrail.frontends.documents import Document
from guardrail.model.address import CLUSTER_SCOPED, kubernetes
from guardrail.model.dataclass import dataclass
from guardrail.model.finding import Diagnostic
from guardrail.model.place import Place
from guardrail.model.value import Reason, Text, Unknown, Value

_LISTS_IN_LISTS: Final = 8
_TOLD: Final = 20
"""Documents of one file that are not even mappings and are told one by one."""

_LONGEST: Final = 300
"""Characters of a name in an address; Kubernetes takes 253."""

_UNSTATED: Final = Unknown(
    Reason.ENVIRONMENT, note="the manifest states no namespace: that of whoever applies it counts"
)
_WHOLE_CLUSTER: Final = ".upbound.io"
_NAMESPACED: Final = ".m.upbound.io"
"""Crossplane's managed resources belong to the cluster, but for the groups with an `m` in them."""

_ODD: Final = re.compile(r"[^A-Za-z0-9._:$<>{}*?+=~()!^-]")


@dataclass(frozen=True, slots=True)
class Object:
    """
    One object of a manifest. `base` is its pointer in the document: empty, or the place in a list.

    `type` is that of its row, so that a kind has one whatever group serves it; `native` is its address in the unit.
    `namespace` is None for what belongs to the cluster.
    """

    file: str
    document: Document
    base: str
    value: Mapping[str, Value]
    type: str
    api_version: str
    row: Optional[Workload]
    namespace: Text
    name: str
    native: str

    def place(self, pointer: str = "") -> Place:
        """Return where the value at a pointer into the object is written."""
        return self.document.place(self.file, self.base + pointer)

    def may_hold(self, pattern: re.Pattern[str]) -> bool:
        """
        Whether what a pattern finds may be in the object, by a glance at the text.

        That is the text of its whole list: if all of 10,000 items searched it, that would take minutes. So an item
        may hold anything; and so may an object with escapes in its text, which can spell any word.
        """
        if self.base or self.document.part:
            return True
        text = self.document.text
        return "\\" in text or pattern.search(text) is not None


def objects(file: str, documents: Iterable[Document], rows: Rows) -> Iterator[Union[Object, Diagnostic]]:
    """Yield the objects of a file in order, and a diagnostic for each document that is none (of many, the first)."""
    odd = 0
    for document in documents:
        if not isinstance(document.value, dict):
            odd += 1
            if odd > _TOLD:
                continue
        yield from _of(file, document, "", document.value, rows, None, 0)


def _of(
    file: str, document: Document, base: str, value: Value, rows: Rows, listed: Optional[tuple[str, str]], depth: int
) -> Iterator[Union[Object, Diagnostic]]:
    if not isinstance(value, dict):
        yield _no_object(file, document, base, "not a mapping")
        return
    api_version, kind = value.get("apiVersion"), value.get("kind")
    if listed is not None and api_version is None and kind is None:
        api_version, kind = listed  # typed lists need not repeat the type
    if isinstance(api_version, Unknown) or isinstance(kind, Unknown):
        message = "its kind is filled in by another tool; render it to have it judged"
        yield Diagnostic("error", "template", message, document.place(file, base), unread=True)
        return
    if not isinstance(api_version, str) or not isinstance(kind, str) or not kind:
        yield _no_object(file, document, base, "no apiVersion and kind")
        return
    group = api_version.rpartition("/")[0]
    if group in NOT_OBJECTS or (kind == "Config" and "clusters" in value):  # a kubeconfig
        return
    items = value.get("items")
    if kind.endswith("List") and isinstance(items, Sequence) and not isinstance(items, str):
        if depth >= _LISTS_IN_LISTS:
            message = f"lists inside lists, more than {_LISTS_IN_LISTS} deep"
            yield Diagnostic("error", "limit-depth", message, document.place(file, base), unread=True)
            return
        inner = None if kind == "List" else (api_version, kind[: -len("List")])
        for index, item in enumerate(items):
            yield from _of(file, document, f"{base}/items/{index}", item, rows, inner, depth + 1)
        return
    yield _object(file, document, base, value, (group, kind, api_version), rows)


def _object(
    file: str, document: Document, base: str, value: Mapping[str, Value], kind: tuple[str, str, str], rows: Rows
) -> Object:
    group, name_of_kind, api_version = kind
    row = rows.get(f"{group or 'core'}/{name_of_kind}")
    type_ = row.type if row is not None else f"{segment(group) or 'core'}/{segment(name_of_kind)}"
    metadata = value.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    apart = row.cluster_scoped if row is not None else _of_whole_cluster(group)
    namespace = None if apart else _namespace(metadata.get("namespace"))
    name = _name(metadata)
    of_group, _, of_kind = type_.rpartition("/")
    native = kubernetes(of_group, of_kind, _scope(namespace), segment(name))
    return Object(file, document, base, value, type_, api_version, row, namespace, name, native)


def _of_whole_cluster(group: str) -> bool:
    return group.endswith(_WHOLE_CLUSTER) and not group.endswith(_NAMESPACED)


def _namespace(stated: Value) -> Text:
    if stated is None or stated == "":
        return _UNSTATED
    if isinstance(stated, (str, Unknown)):
        return stated
    return Unknown(Reason.ERROR, note="the namespace is not text")


def _scope(namespace: Text) -> Optional[str]:
    """Return the namespace as addresses have it."""
    if namespace is None:
        return CLUSTER_SCOPED
    if isinstance(namespace, Unknown):
        return segment(namespace.written) or None
    return segment(namespace)


def _name(metadata: Mapping[str, Value]) -> str:
    """Return the name; of one that is generated its beginning and `*`; `?` where there is none."""
    for key, suffix in (("name", ""), ("generateName", "*")):
        stated = metadata.get(key)
        if isinstance(stated, Unknown) and stated.written:
            return stated.written + suffix
        if isinstance(stated, bool):
            return str(stated).lower() + suffix
        if stated is not None and stated != "" and not isinstance(stated, (Unknown, dict, tuple)):
            return f"{stated}{suffix}"
    return "?"


def segment(text: str) -> str:
    """Return text as one segment of an address: what could be taken for structure, or hides, is percent-encoded."""
    return _ODD.sub(
        lambda found: "".join(f"%{byte:02X}" for byte in found.group().encode("utf-8", "surrogatepass")),
        text[:_LONGEST],
    )


def _no_object(file: str, document: Document, base: str, why: str) -> Diagnostic:
    return Diagnostic("info", "not-an-object", f"no Kubernetes object: {why}", document.place(file, base))


def distinct(found: Sequence[Object]) -> tuple[list[Object], list[Diagnostic]]:
    """Return the objects with an address each (`<native>@<file>#<document>`), and what several had in common."""

    def where(one: Object) -> str:
        return f"{segment_path(one.file)}#{one.document.number}{one.base.replace('/items/', '.')}"

    return set_apart(found, lambda one: one.native, where, lambda one: one.place("/metadata/name"))


def segment_path(file: str) -> str:
    """Return a path as part of an address."""
    return "/".join(segment(part) for part in file.split("/"))
