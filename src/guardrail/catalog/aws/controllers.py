"""How controllers in Kubernetes that make things of Amazon write the kinds of the catalogue, beside those of ACK."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from guardrail.catalog.spelling import Spelling, snake
from guardrail.model.path import Segment

_RETIRED: Final = "sagemaker.aws.amazon.com"
"""The group of the operator that ACK replaced: https://github.com/aws/amazon-sagemaker-operator-for-k8s"""


def crossplane(service: str, kind: str, *references: str, **renamed: str) -> Spelling:
    """
    Return how Crossplane's provider of Amazon writes a kind: the words of Terraform in camel case.

    `references` are attributes that a `…Ref` beside them may name instead; `renamed` as in `Spelling`.
    """
    moved: Mapping[str, tuple[Segment, ...]] = {f"{one}_ref.name": (one,) for one in references}
    return Spelling(
        type=f"{service}.aws.upbound.io/{kind}",
        also=(f"{service}.aws.m.upbound.io/{kind}",),
        body="/spec/forProvider",
        case="camel",
        renamed=renamed,
        moved=moved,
    )


def retired(kind: str, name: str = "", **renamed: str) -> Spelling:
    """Return how the retired operator of SageMaker writes a kind; `name` is the kind's attribute for its name."""
    own = {f"{snake(kind)}_name": name or "name", **renamed}
    return Spelling(type=f"{_RETIRED}/{kind}", body="/spec", case="camel", renamed=own)
