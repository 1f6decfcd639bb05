"""The resources that a value comes from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field

from guardrail.frontends.terraform.provenance.follow import Follower
from guardrail.frontends.terraform.provenance.references import Defined, Element, Target
from guardrail.frontends.terraform.provenance.spots import Spot
from guardrail.frontends.terraform.syntax.nodes import Literal, Node
from guardrail.model.dataclass import dataclass


@dataclass(slots=True)
class _Referents:
    """Collects the resources that a walk ends at."""

    tests: bool = False
    narrows: bool = False
    found: dict[str, None] = field(default_factory=dict)

    def item(self, spot: Spot, item: Node) -> None:
        """See `Visitor`."""

    def sensitive(self) -> None:
        """See `Visitor`."""

    def target(self, found: Target) -> Iterator[Spot]:
        """See `Visitor`. A resource is where the way ends."""
        if isinstance(found, Element):
            if not found.is_key:
                yield found.spot
        elif isinstance(found, Defined):
            yield from found.spots()
        else:
            self.found.update((instance.address, None) for instance in found.instances if instance.mode == "resource")


def referents(spot: Spot) -> tuple[str, ...]:
    """Return the addresses of the managed resources that a value is made of, in the order in which they are met."""
    if isinstance(spot.node, Literal):
        return ()
    visitor = _Referents()
    Follower(visitor).follow(spot)
    return tuple(visitor.found)
