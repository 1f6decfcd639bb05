"""From a Terraform root to the resources that it creates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import field
from functools import partial
from typing import Final, Optional, Union

from guardrail.catalog import describe, registry
from guardrail.catalog.facts import as_place
from guardrail.errors import SourceError
from guardrail.frontends.budget import PARTS, Budget
from guardrail.frontends.parsed import Parsed
from guardrail.frontends.terraform import azapi, functions, labels
from guardrail.frontends.terraform.addresses import registry_address
from guardrail.frontends.terraform.cache import SyntaxCache
from guardrail.frontends.terraform.calls import META as CALL_META
from guardrail.frontends.terraform.calls import UnresolvedModule
from guardrail.frontends.terraform.expansion import product
from guardrail.frontends.terraform.fetched import Folder
from guardrail.frontends.terraform.inputs import root_inputs
from guardrail.frontends.terraform.meter import STEPS, deep
from guardrail.frontends.terraform.module import Module
from guardrail.frontends.terraform.moved import moves
from guardrail.frontends.terraform.native import NativeCall, NativeResource
from guardrail.frontends.terraform.program import Program
from guardrail.frontends.terraform.providers import REGIONAL, Configured, configured, provider_of, unstated_region
from guardrail.frontends.terraform.resources import Instance
from guardrail.frontends.terraform.values import Unknown, Value
from guardrail.frontends.terraform.walk import affordable, modules_of
from guardrail.frontends.unit import Unit
from guardrail.model.address import ROOT, address
from guardrail.model.dataclass import dataclass
from guardrail.model.finding import Diagnostic
from guardrail.model.place import Place
from guardrail.model.resource import Origin, Resource
from guardrail.model.value import Reason, Text
from guardrail.sources.tree import Tree, clean, shown, unread


def read(
    tree: Tree,
    unit: Unit,
    cache: SyntaxCache,
    modules: Mapping[str, str],
    budget: Optional[Budget] = None,
    fetched: Optional[Folder] = None,
) -> Parsed:
    """
    Read one root with all modules that it calls.

    `modules` are the sources that are directories of the tree, `fetched` those in the folder of modules. Bad input
    never raises: it costs what cannot be read, says so, and leaves what depends on it unknown. `budget` is what is
    left for the tree.
    """
    left = Budget() if budget is None else budget
    steps = left.share(STEPS)
    if steps < LEAST or left.room() <= 0:
        return Parsed(diagnostics=(_unaffordable(unit),))
    program = Program(
        tree,
        cache,
        clean(unit.directory),
        modules=modules,
        functions=functions.call,
        workspace=unit.workspace,
        steps=steps,
        budget=left,
        fetched=fetched,
    )
    parsed = _read(program, unit, left)
    left.spend(program.spent())
    left.diagnostics -= len(parsed.diagnostics)
    return parsed


LEAST: Final = 1_000
"""Steps without which a root is not begun."""


def _unaffordable(unit: Unit) -> Diagnostic:
    message = f"{shown(unit.name)} is not judged: the roots before it took all that one run may take"
    return Diagnostic("error", "limit-run", message, Place(unit.files[0] if unit.files else unit.directory), PARTS)


def _read(program: Program, unit: Unit, left: Budget) -> Parsed:
    """Return what a root is."""
    with deep():
        try:
            root = Module(program, program.declarations(program.root), inputs=root_inputs(program, unit.var_files))
        except SourceError as error:
            return Parsed(diagnostics=(unread(error, program.root),))
        reader = _Reader(program, unit)
        resources = sorted(map(reader.resource, affordable(root, left.room())), key=_by_address)
        _look_at_the_rest(root)
        _look_at_uncalled(program, unit.modules)
        renamed = moves(modules_of(root), [each.address.partition("//")[2] for each in resources])
    moved = {address(unit.name, old): address(unit.name, new) for old, new in sorted(renamed.items())}
    left.fill(len(resources) + program.modules_made)  # an instance of a module takes as much as a resource
    return Parsed(tuple(resources), tuple(sorted(program.said(), key=_by_place)), moved)


def _look_at_the_rest(root: Module) -> None:
    """Evaluate what no resource asked for: Terraform would stop at an error in it, so it is told."""
    demand = root.program.cells.demand
    for name in sorted(root.declarations.locals):
        demand(partial(root.local, name))
    for name in sorted(root.declarations.outputs):
        demand(partial(root.output, name))


def _look_at_uncalled(program: Program, modules: Iterable[str]) -> None:
    """
    Read the modules that are called no times (`count = 0`), and evaluate nothing of them.

    Terraform loads them all the same, so what is wrong with their text is told. They are no roots either: what would
    be judged of them with other arguments than those of their calls means nothing.
    """
    for directory in modules:
        if program.read(directory) or (program.fetched is not None and program.fetched.holds(directory)):
            continue  # of what was fetched, all versions are named, and one is called
        with suppress(SourceError):  # who calls it has said so
            program.declarations(directory)
            if not program.all_reached:
                continue  # it may be called by what a limit kept us from
            message = f"{shown(directory)} is called no times by this root: its text is read, and it makes nothing"
            program.tell(Diagnostic("info", "module-unused", message, Place(directory or ROOT)))


def _by_address(resource: Resource) -> str:
    return resource.address


def _by_place(diagnostic: Diagnostic) -> tuple[Place, str, str]:
    return (diagnostic.place or Place(""), diagnostic.code, diagnostic.message)


@dataclass(frozen=True, slots=True)
class _Provided:
    """What a provider gives to all its resources: a region, and tags or labels."""

    region: Text
    labels: Value


@dataclass(frozen=True, slots=True)
class _Reader:
    """Makes resources of what the evaluation of a root finds."""

    program: Program
    unit: Unit
    _provided: dict[int, _Provided] = field(default_factory=dict)

    def resource(self, found: Union[Instance, UnresolvedModule]) -> Resource:
        """Return what was found as a resource."""
        return self._call(found) if isinstance(found, UnresolvedModule) else self._instance(found)

    def _instance(self, instance: Instance) -> Resource:
        provider = provider_of(instance.module, instance.declaration)
        provided = self._of_provider(provider)
        attributes: Mapping[str, Value] = self.program.cells.demand(
            lambda: {name: instance.configured(name) for name in instance.names()}
        )
        type_, native = instance.type, None
        if instance.type == azapi.RESOURCE and (sent := azapi.of_api(attributes)) is not None:
            native = azapi.behind(NativeResource(instance, provider), attributes, sent[1])
            type_, attributes = sent
        found = registry.declared(type_)
        kind = found.kind if found is not None else None
        defaults = provided.labels
        target = None if defaults is None else labels.attribute_of(kind, provider.source, attributes)
        merged = None if target is None else labels.in_effect(defaults, attributes.get(target))
        return describe.build(
            kind,
            address=address(self.unit.name, instance.address),
            unit=self.unit.name,
            type=type_,
            name=instance.name,
            format="terraform",
            attributes=attributes,
            native=native or NativeResource(instance, provider, target),
            provider=provider.source,
            region=provided.region,
            labels=merged,
            multiplicity=product(instance.module.multiplicity, instance.slot.multiplicity),
            environment=self.unit.environment,
            cluster=self.unit.cluster,
            spelling=found.spelling if found is not None else None,
        )

    def _call(self, module: UnresolvedModule) -> Resource:
        """Return the call of a module that is not at hand: what is passed to it can still be judged."""
        call = module.call
        body = call.declaration.block.body
        attributes = self.program.cells.demand(
            lambda: {name: call.argument(name) for name in body.arguments if name not in _CALL}
        )
        provider = _provider_named_by(module)
        cloud = describe.PROVIDERS.get(provider.source) if provider else None
        return Resource(
            address=address(self.unit.name, call.address),
            unit=self.unit.name,
            format="terraform",
            type="module",
            name=call.name,
            category="module.call",
            native=NativeCall(call, provider),
            attributes=attributes,
            multiplicity=call.multiplicity,
            environment=self.unit.environment,
            provider=cloud,
            region=as_place(cloud, _stated(attributes, self._of_provider(provider).region)) if provider else None,
            cluster=self.unit.cluster,
            origins=_REGION if provider else {},
        )

    def _of_provider(self, provider: Configured) -> _Provided:
        """Return what all resources of a provider have in common, found once. Modules keep their providers alive."""
        known = self._provided.get(id(provider))
        if known is None:
            known = _Provided(self._region(provider), self.program.cells.demand(provider.labels))
            self._provided[id(provider)] = known
        return known

    def _region(self, provider: Configured) -> Text:
        """Return the provider's region, else the one that the configuration of guardrail states for the unit."""
        if provider.source not in REGIONAL:
            return None
        region = self.program.cells.demand(provider.region)
        if region is None:
            region = self.unit.region or unstated_region()
        return region if isinstance(region, (str, Unknown)) else Unknown(Reason.ERROR, note="a region is a text")


_REGION: Final = {"/region": (Origin("/region"),)}
"""Where the region of a module stands: its argument, or the setting of the provider that is behind it."""


def _stated(attributes: Mapping[str, Value], otherwise: Text) -> Text:
    """Return the region that a module of a cloud is passed: null leaves it to the provider."""
    region = attributes.get("region")
    return region if isinstance(region, (str, Unknown)) else otherwise


_CALL: Final = CALL_META - {"source", "version"}
"""What a call states about itself: all but its source is left out of its attributes."""


def _provider_named_by(module: UnresolvedModule) -> Optional[Configured]:
    """Return the default provider of the cloud that a module of a registry is for: `terraform-aws-modules/eks/aws`."""
    found = registry_address(module.target.source or "")
    if found is None or found.provider not in describe.PROVIDERS:
        return None
    return configured(module.call.parent, found.provider)
