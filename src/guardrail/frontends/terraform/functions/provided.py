"""Functions of providers that compute from their arguments alone: those of the Kubernetes provider, for manifests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from guardrail.frontends.terraform.functions import yaml
from guardrail.frontends.terraform.functions.gaps import decoded, encoded
from guardrail.frontends.terraform.functions.signature import Function, Nullable
from guardrail.frontends.terraform.types import STRING
from guardrail.frontends.terraform.values import Value

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
