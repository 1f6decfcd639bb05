"""What each class of expression evaluates to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from guardrail.frontends.terraform.expressions import (
    calls,
    collections,
    comprehension,
    conditional,
    operations,
    references,
    templates,
)
from guardrail.frontends.terraform.syntax import nodes

HANDLERS: Final[Mapping[type, Callable[[Any, Any], Any]]] = {
    nodes.Literal: operations.literal,
    nodes.Malformed: operations.malformed,
    nodes.Unary: operations.unary,
    nodes.Binary: operations.binary,
    nodes.Template: templates.template,
    nodes.TemplateIf: templates.if_,
    nodes.TemplateFor: templates.for_,
    nodes.Name: references.name,
    nodes.Attribute: references.attribute,
    nodes.Index: references.index,
    nodes.Element: references.element,
    nodes.Splat: references.splat,
    nodes.Parenthesized: references.inner,
    nodes.Wrapped: references.inner,
    nodes.Call: calls.call,
    nodes.Conditional: conditional.conditional,
    nodes.Tuple: collections.tuple_,
    nodes.Object: collections.object_,
    nodes.For: comprehension.for_,
}
