"""Configurations of providers: which one a resource has, and what it sets for all its resources."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Optional

from guardrail.frontends.terraform.blocks import blocks_of, nested
from guardrail.frontends.terraform.cells import Cell
from guardrail.frontends.terraform.declarations import Declaration
from guardrail.frontends.terraform.evaluated import Evaluated
from guardrail.frontends.terraform.syntax import HclSyntaxError, parse_expression
from guardrail.frontends.terraform.syntax.nodes import Attribute, Expression, Index, Literal, Name, Object
from guardrail.frontends.terraform.values import Listed, Mapped, Unknown, Value, refused
from guardrail.model.dataclass import dataclass
from guardrail.model.value import Reason

REGIONAL: Final = frozenset({"aws", "awscc", "google", "google-beta"})
"""Providers that have a region for all their resources, if only from the environment."""


@dataclass(frozen=True, slots=True)
class Configured:
    """A provider block, and the module that it stands in. `declaration` is None where none is written."""

    module: Evaluated
    name: str
    declaration: Optional[Declaration]
    source: str
    """What kind of provider it is: the last part of its source, as `aws` of `hashicorp/aws`."""

    def setting(self, name: str) -> Value:
        """Return what the block sets: a value, None where it does not."""
        declaration = self.declaration
        if declaration is None:
            return None
        body = declaration.block.body
        argument = body.arguments.get(name)
        node = argument or next(blocks_of(body, name), None)
        if node is None:
            return None
        if declaration.argument("for_each") is not None:
            return refused("a provider with for_each")
        scope = self.module.scope

        def compute() -> Value:
            return scope.evaluate(argument.value) if argument else nested(blocks_of(body, name), scope)

        key = ("provider", self.name, name)
        return self.module.program.cells.get(Cell(self.module, key, declaration.file_of(name), node, compute))

    def region(self) -> Value:
        """Return the region of all resources that do not set one, None where the block does not say."""
        return region_of(self.source, self.setting)

    def labels(self) -> Value:
        """Return the tags or labels that every resource gets, None where there are none."""
        if self.source == "aws":
            return _tags(self.setting("default_tags"))
        return self.setting("default_labels") if self.source.startswith("google") else None

    @property
    def labels_path(self) -> tuple[str, ...]:
        """The path of the tags in the block."""
        return ("default_tags", "0", "tags") if self.source == "aws" else ("default_labels",)


def region_of(source: str, setting: Callable[[str], Value]) -> Value:
    """Return the region that the settings of a provider come to, None where they do not say it."""
    region = setting("region")
    if region is None and source.startswith("google"):
        zone = setting("zone")
        region = zone.rpartition("-")[0] if isinstance(zone, str) else zone
    return region


def _tags(setting: Value) -> Value:
    """Return the tags of `default_tags`, a block (a list of them, or an object in JSON)."""
    if isinstance(setting, Listed):
        setting = setting[0] if setting else None
    return setting.get("tags") if isinstance(setting, Mapped) else setting


def provider_of(module: Evaluated, declaration: Declaration) -> Configured:
    """Return the provider configuration of a resource."""
    stated = declaration.argument("provider")
    key = static_name(stated.value) if stated is not None else None
    return configured(module, key or declaration.block.labels[0].partition("_")[0])


def configured(module: Evaluated, key: str) -> Configured:
    """Return the configuration that `name` or `name.alias` means in a module."""
    name, _, alias = key.partition(".")
    return _found(module, _address(module, name), alias)


def _found(module: Evaluated, address: str, alias: str) -> Configured:
    """Return the configuration of a provider by its address, whatever a module calls it. It is looked up once."""
    key = ("configuration of", address, alias)
    found: Optional[Configured] = module.values.get(key)
    if found is None:
        found = module.values[key] = _look_up(module, address, alias)
    return found


def _look_up(module: Evaluated, address: str, alias: str) -> Configured:
    """
    Take the module's own block, what the call passes, or the default one of the caller; never another's alias.

    An own block that sets nothing stands for what is passed, as modules once asked for it.
    """
    source = address.rpartition("/")[2]
    own = next((key for key in module.declarations.providers if _means(module, key, address, alias)), None)
    declaration = None if own is None else module.declarations.providers[own]
    call = module.call
    if call is not None and (declaration is None or _sets_nothing(declaration)):
        passed = _passed(module, call.declaration, address, alias)
        if passed is not None:
            return configured(call.parent, passed)
        if declaration is None and not alias:
            return _found(call.parent, address, alias)
    return Configured(module, own or f"{source}.{alias}", declaration, source)


def _address(module: Evaluated, name: str) -> str:
    """Return the address of a provider, as `hashicorp/aws`, by what a module calls it."""
    stated = module.declarations.provider_sources.get(name, name).lower().removeprefix("registry.terraform.io/")
    return stated if "/" in stated else f"hashicorp/{stated}"


def _means(module: Evaluated, key: str, address: str, alias: str) -> bool:
    name, _, named = key.partition(".")
    return named == alias and _address(module, name) == address


def _sets_nothing(declaration: Declaration) -> bool:
    body = declaration.block.body
    return not body.blocks and body.arguments.keys() <= {"alias", "version"}


def _passed(module: Evaluated, call: Declaration, address: str, alias: str) -> Optional[str]:
    """Return the caller's name for a provider of the module, from the `providers` map of the call."""
    argument = call.argument("providers")
    if argument is None or not isinstance(argument.value, Object):
        return None
    for item in argument.value.items:
        key = static_name(item.key)
        if key is not None and _means(module, key, address, alias):
            return static_name(item.value)
    return None


def static_name(node: Expression) -> Optional[str]:
    """Return `name` or `name.alias` of a reference to a provider, which is no expression; in JSON it is quoted."""
    if isinstance(node, Literal) and isinstance(node.value, str):
        try:
            node = Name(node.value, 0, 0) if node.value.isidentifier() else parse_expression(node.value)
        except HclSyntaxError:
            return None
    if isinstance(node, Index):
        node = node.base
    if isinstance(node, Name):
        return node.name
    if isinstance(node, Attribute) and isinstance(node.base, Name):
        return f"{node.base.name}.{node.name}"
    return node.value if isinstance(node, Literal) and isinstance(node.value, str) else None


def unstated_region() -> Unknown:
    """Return what stands for the region where no provider block says it."""
    return Unknown(Reason.ENVIRONMENT, note="no provider block says the region")
