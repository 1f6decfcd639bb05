"""What providers compute from what they are given alone: functions for manifests, and documents as a data source."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from guardrail.frontends.terraform.functions import yaml
from guardrail.frontends.terraform.functions.gaps import decoded, encoded
from guardrail.frontends.terraform.functions.signature import Function, Nullable
from guardrail.frontends.terraform.types import STRING
from guardrail.frontends.terraform.values import (
    Listed,
    ListValue,
    Mapped,
    MapValue,
    Unknown,
    Value,
    first_unknown,
    unknown,
)

_KUBERNETES: Final = "provider::kubernetes::manifest_"


def _decode(text: Value) -> Value:
    return decoded(text, yaml.decoded)


def _decode_multi(text: Value) -> Value:
    return decoded(text, yaml.decoded_all)


def _encode(value: Value) -> Value:
    return encoded(value, yaml.encoded)


FUNCTIONS: Final[Mapping[str, Function]] = {
    f"{_KUBERNETES}decode": Function(_decode, (STRING,), partial=True),
    f"{_KUBERNETES}decode_multi": Function(_decode_multi, (STRING,), partial=True),
    f"{_KUBERNETES}encode": Function(_encode, (Nullable(),), STRING, partial=True),
}
"""https://registry.terraform.io/providers/hashicorp/kubernetes/latest/docs/functions/manifest_decode"""


def _documents(attribute: str, configured: Callable[[str], Value]) -> Value:
    """Return the texts of `kubectl_file_documents`: of each document, as a list or by its path in the API."""
    if attribute not in ("documents", "manifests"):
        return None
    content = configured("content")
    told = None if content is None else decoded(content, yaml.decoded_all)
    if not isinstance(told, Listed):
        return told
    texts = [encoded(one, yaml.encoded) for one in told]
    if attribute == "documents":
        return ListValue(texts)
    paths = [_path(one) for one in told]
    doubt = next((one for one in paths if isinstance(one, Unknown)), None)
    return doubt if doubt is not None else MapValue(zip(paths, texts, strict=True))


def _path(document: Value) -> Value:
    """Return where the API has an object; unknown where its type or its name is."""
    metadata = document.get("metadata") if isinstance(document, Mapped) else None
    if not isinstance(metadata, Mapped):
        return unknown(document if first_unknown(document) is not None else metadata)
    version, kind = document.get("apiVersion"), document.get("kind")
    space, name = metadata.get("namespace"), metadata.get("name")
    parts = (version, kind, space, name)
    if any(isinstance(one, Unknown) for one in parts):
        return unknown(*parts)
    group = "apis" if "/" in str(version) else "api"
    within = f"/namespaces/{space}" if space else ""
    return f"/{group}/{version}{within}/{str(kind).lower()}s/{name}"


DATA: Final[Mapping[str, Callable[[str, Callable[[str], Value]], Value]]] = {"kubectl_file_documents": _documents}
"""
Data sources that read nothing: their attributes, by what is configured; None for one that they do not compute.

https://registry.terraform.io/providers/gavinbunney/kubectl/latest/docs/data-sources/kubectl_file_documents
"""
