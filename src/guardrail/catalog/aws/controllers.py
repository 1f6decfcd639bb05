"""How controllers in Kubernetes that make things of Amazon write the kinds of the catalogue, beside those of ACK."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from guardrail.catalog.spelling import Spelling, snake
from guardrail.model.path import Segment

BY_TEMPLATE: Final = ("launch_template.id", "launch_template.name")
"""Attributes of what is launched by a template, by their dotted paths."""

_RETIRED: Final = "sagemaker.aws.amazon.com"
"""The group of the operator that ACK replaced: https://github.com/aws/amazon-sagemaker-operator-for-k8s"""


def crossplane(service: str, kind: str, *references: str, suppliers: tuple[str, ...] = (), **renamed: str) -> Spelling:
    """
    Return how Crossplane's provider of Amazon writes a kind: the words of Terraform in camel case.

    `references` are attributes, by their dotted path, that a `…Ref` beside them may name instead. Those that lead to
    `suppliers` of facts may be chosen by labels (`…Selector`) too: then nobody knows here what is supplied. `renamed`
    as in `Spelling`.
    """
    moved: Mapping[str, tuple[Segment, ...]] = {
        **{f"{one}_ref.name": _path(one) for one in (*references, *suppliers)},
        **{f"{one}_selector": _path(one) for one in suppliers},
    }
    return Spelling(
        type=f"{service}.aws.upbound.io/{kind}",
        also=(f"{service}.aws.m.upbound.io/{kind}",),
        body="/spec/forProvider",
        case="camel",
        renamed=renamed,
        moved=moved,
    )


def _path(dotted: str) -> tuple[Segment, ...]:
    """Return the path of an attribute, with the index that stands for a block."""
    *above, last = dotted.split(".")
    return (*(segment for block in above for segment in (block, 0)), last)


def retired(kind: str, name: str = "", **renamed: str) -> Spelling:
    """Return how the retired operator of SageMaker writes a kind; `name` is the kind's attribute for its name."""
    own = {f"{snake(kind)}_name": name or "name", **renamed}
    return Spelling(type=f"{_RETIRED}/{kind}", body="/spec", case="camel", renamed=own)
