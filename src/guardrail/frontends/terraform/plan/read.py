"""From a plan to the resources that will be there, and to those that are there now."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from typing import Any, Final, Literal, Optional

from guardrail.catalog import describe, registry
from guardrail.catalog.kind import Kind
from guardrail.catalog.read import texts
from guardrail.frontends.budget import RESOURCES, Budget
from guardrail.frontends.parsed import Parsed
from guardrail.frontends.terraform import azapi, labels
from guardrail.frontends.terraform.plan import providers
from guardrail.frontends.terraform.plan.changes import Change
from guardrail.frontends.terraform.plan.configuration import Configuration
from guardrail.frontends.terraform.plan.document import Plan
from guardrail.frontends.terraform.plan.join import Source
from guardrail.frontends.terraform.plan.native import Context, PlannedResource
from guardrail.frontends.terraform.plan.values import planned
from guardrail.frontends.terraform.providers import REGIONAL, unstated_region
from guardrail.frontends.unit import Unit
from guardrail.model.address import address
from guardrail.model.dataclass import dataclass
from guardrail.model.finding import Diagnostic
from guardrail.model.place import Place
from guardrail.model.resource import SINGLE, Multiplicity, Resource
from guardrail.model.value import UNBOUNDED, Reason, Text, Unknown, Value
from guardrail.sources.tree import shown

MANY: Final = Multiplicity(0, UNBOUNDED, Unknown(Reason.COMPUTED, note="how many there are is known after apply"))
"""Of an instance that stands for however many there will be."""


def _around_gaps(kind: Kind, change: Change, attributes: Mapping[str, Value], source: Source) -> Mapping[str, Value]:
    """Return attributes with texts of which the plan knows nothing as the source has them: known around their gaps."""
    hidden = {name: value for name in texts(kind) if isinstance(value := attributes.get(name), Unknown)}
    native = source.native(change, None) if hidden else None
    if native is None:
        return attributes
    told = {name: native.configured(name) for name in hidden}
    return {
        **attributes,
        **{name: replace(hidden[name], parts=one.parts) for name, one in told.items() if isinstance(one, Unknown)},
    }


_STAYS: Final = frozenset({"forget"})
_UNTOUCHED: Final = frozenset({"no-op"})


@dataclass(frozen=True, slots=True)
class Sides:
    """What will be, and what is; no `base` where the plan does not tell it."""

    head: Parsed
    base: Optional[Parsed]


def read(plan: Plan, unit: Unit, source: Optional[Source], budget: Budget) -> Sides:
    """
    Read a plan as the unit that it stands for.

    `source` are the files of the unit, where they are at hand. A plan says what there is before it is applied, so it
    is its own base: what it creates is introduced, what it leaves alone is the very same object on both sides.
    """
    reader = _Reader(unit, Context(plan, Configuration(plan), source))
    head: dict[str, Resource] = {}
    base: dict[str, Resource] = {}
    moved: dict[str, str] = {}
    room = budget.room()
    for change in plan.changes:
        if max(len(head), len(base)) >= room:
            reader.too_many(change)
            break
        before, after = reader.sides(change)
        if after is not None:
            head[after.address] = after
        if before is not None:
            base[before.address] = before
            if after is not None and after.address != before.address:
                moved[before.address] = after.address
    budget.fill(max(len(head), len(base)))
    if source is not None:
        budget.spend(source.program.spent())
    told = tuple(reader.told())
    return Sides(
        Parsed(tuple(head[one] for one in sorted(head)), told, moved),
        Parsed(tuple(base[one] for one in sorted(base))) if plan.compares else None,
    )


@dataclass(frozen=True, slots=True)
class _Reader:
    """Makes resources of changes."""

    unit: Unit
    context: Context
    forgotten: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    limits: list[Diagnostic] = field(default_factory=list)
    _constants: dict[tuple[Any, ...], tuple[Value, Value]] = field(default_factory=dict)

    def sides(self, change: Change) -> tuple[Optional[Resource], Optional[Resource]]:
        """Return what is, and what will be."""
        source = self.context.source
        if change.after is not None and source is not None and source.lacks(change):
            self.foreign.append(change.address)
        if change.actions & _STAYS:
            self.forgotten.append(change.address)
        if change.actions <= _STAYS or (change.actions <= _UNTOUCHED and not change.previous and not change.imported):
            both = (change.before_sensitive, change.after_sensitive)
            told = change.after if change.actions <= _UNTOUCHED else change.before
            same = None if told is None else self._resource(change, change.address, told, *both)
            return same, same
        before = None
        if change.before is not None and not change.imported:
            at = change.previous or change.address
            before = self._resource(change, at, change.before, change.before_sensitive)
        after = None
        if change.after is not None:
            kind = registry.kind(change.type)
            stated = self.context.configuration.stated(change)
            attributes = planned(change, kind, stated, source.declared(change) if source else None)
            if kind is not None and source is not None:
                attributes = _around_gaps(kind, change, attributes, source)
            after = self._resource(change, change.address, attributes, change.after_sensitive)
        return before, after

    def _resource(self, change: Change, native: str, attributes: Mapping[str, Value], *masks: Any) -> Resource:
        type_, written = change.type, attributes
        if change.type == azapi.RESOURCE and (sent := azapi.of_api(attributes)) is not None:
            type_, attributes = sent
        found = registry.declared(type_)
        kind = found.kind if found is not None else None
        region, given = self._provided(change)
        own = labels.attribute_of(kind, change.provider, attributes)
        merged = None if own is None else providers.in_effect(attributes, own, given)
        planned_ = PlannedResource(self.context, change, written, masks, own)
        return describe.build(
            kind,
            address=address(self.unit.name, native),
            unit=self.unit.name,
            type=type_,
            name=change.name,
            format="terraform-plan",
            attributes=attributes,
            native=planned_ if attributes is written else azapi.behind(planned_, written, attributes),
            provider=change.provider,
            region=_region(region, attributes),
            labels=merged,
            multiplicity=MANY if change.symbolic else SINGLE,
            environment=self.unit.environment,
            cluster=self.unit.cluster,
            spelling=found.spelling if found is not None else None,
        )

    def _provided(self, change: Change) -> tuple[Text, Value]:
        """Return the region and the tags that the provider of a resource gives, as far as they can be told."""
        named = (self.context.configuration.block(change) or {}).get("provider_config_key")
        key = (change.provider, named if isinstance(named, str) else (change.type, change.name), change.modules)
        if key not in self._constants:
            self._constants[key] = self._looked_up(change)
        return self._constants[key]

    def _looked_up(self, change: Change) -> tuple[Value, Value]:
        told = providers.settings(self.context.configuration, change)
        region = providers.region(told, change.provider) if change.provider in REGIONAL else None
        given = providers.defaults(told, change.provider)
        source = self.context.source
        provider = source.provider(change) if source else None
        if source is not None and provider is not None:
            if region is providers.UNTOLD:
                region = source.told(provider.region)
            if given is providers.UNTOLD:
                given = source.told(provider.labels)
        if region is None and change.provider in REGIONAL:
            region = self.unit.region or unstated_region()
        if region is not None and not isinstance(region, (str, Unknown)):
            region = Unknown(Reason.ERROR, note="a region is a text")
        return region, given

    def too_many(self, change: Change) -> None:
        """Say that what follows is not judged."""
        message = f"more than {RESOURCES:,} resources; {shown(change.address)} and what follows it are not judged"
        self.limits.append(self._diagnostic("error", "limit-resources", message, "Plan the root in parts."))

    def told(self) -> Iterator[Diagnostic]:
        """Yield what there is to say of the plan as a whole."""
        plan = self.context.plan
        yield from self.limits
        if plan.errored:
            message = "Terraform could not finish this plan: what it did not get to is not in it"
            yield self._diagnostic("error", "plan-errored", message, "Correct what Terraform says, and plan again.")
        elif not plan.complete:
            message = "the plan leaves something out (`-target`, or changes that Terraform defers): it is not judged"
            yield self._diagnostic(
                "warning", "plan-incomplete", message, "Plan the whole root to have all of it judged."
            )
        if not plan.compares:
            message = "the plan does not say what there is: all of it counts as new"
            yield self._diagnostic("warning", "plan-values-only", message, "Keep `resource_changes` in the plan.")
        if self.forgotten:
            message = f"{_several(self.forgotten)} forgotten: it goes on to run and to cost, and no root manages it"
            yield self._diagnostic("warning", "plan-forgets", message, "Destroy it, or let another root import it.")
        if self.foreign:
            message = f"{_several(self.foreign)} not in the files of {shown(self.unit.name)}"
            hint = "Name the root that the plan is of (--plan ROOT=FILE), and plan again if its files are newer."
            yield self._diagnostic("warning", "plan-source", message, hint)
        if plan.drifted:
            message = (
                f"{plan.drifted:,} resources were changed outside of Terraform; the plan already accounts for that"
            )
            yield self._diagnostic("info", "plan-drift", message, "")

    def _diagnostic(self, level: Literal["error", "warning", "info"], code: str, message: str, hint: str) -> Diagnostic:
        return Diagnostic(level, code, message, Place(self.context.plan.file), hint)


_ARN: Final = re.compile(r"arn:[^:]*:[^:]*:([^:]+):")


def _region(provided: Value, attributes: Mapping[str, Value]) -> Value:
    """Return the region of the provider; where that is not known, the one in the name that AWS gave the resource."""
    arn = attributes.get("arn")
    found = _ARN.match(arn) if isinstance(provided, Unknown) and isinstance(arn, str) else None
    return provided if found is None else found[1]


def _several(addresses: list[str]) -> str:
    first = shown(addresses[0])
    return f"{first} is" if len(addresses) == 1 else f"{len(addresses):,} resources, for instance {first}, are"
