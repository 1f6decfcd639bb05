"""
The parameters of each policy in each unit: default < policies < environment < unit, checked against METADATA.

A policy whose required parameters are empty is not configured: it is off, with the reason. An empty list never means
"nothing is allowed".
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import field
from typing import Any, Final, Optional

from guardrail.config.settings import PolicySettings, Settings
from guardrail.errors import ConfigError, did_you_mean
from guardrail.model.dataclass import dataclass
from guardrail.model.finding import Level
from guardrail.model.path import segments
from guardrail.model.place import Place
from guardrail.policy import own
from guardrail.policy.model import Policy
from guardrail.policy.schema import SchemaError, complete, unset

LEVEL_OFF: Final = "its level is off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """
    What policies are asked with.

    `default` has complete parameters by policy, `units` those of the units where they differ. `off` says why a
    policy is not asked at all; `silent` lists the units in which one that is asked has no say.
    """

    default: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    units: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)
    off: Mapping[str, str] = field(default_factory=dict)
    silent: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def of(self, policy: str, unit: Optional[str]) -> Mapping[str, Any]:
        """Return the parameters that hold in a unit."""
        if unit is not None and unit in self.units.get(policy, ()):
            return self.units[policy][unit]
        return self.default[policy]

    def speaks(self, policy: str, unit: Optional[str]) -> bool:
        """Whether a policy is on in a unit (None: beyond units)."""
        return policy not in self.off and (unit is None or unit not in self.silent.get(policy, ()))


def resolve_parameters(
    policies: Mapping[str, Policy],
    settings: Settings,
    environments: Mapping[str, Optional[str]],
    *,
    only: Collection[str] = (),
    skip: Collection[str] = (),
    refused: bool = False,
) -> Parameters:
    """
    Return the parameters of all policies in all units.

    `environments` maps each unit to its environment. `refused` says that some policy did not load, so that one which
    the configuration names may be missing. Raises `ConfigError` with the place in the configuration.
    """
    _check_names([*settings.policies, *only, *skip], policies, settings, refused=refused)
    default: dict[str, Mapping[str, Any]] = {}
    units: dict[str, dict[str, Mapping[str, Any]]] = {}
    off: dict[str, str] = {}
    silent: dict[str, frozenset[str]] = {}
    for name, policy in sorted(policies.items()):
        default[name] = _complete(policy, settings, None, None)
        special: dict[str, Mapping[str, Any]] = {}
        why: list[Optional[str]] = [_off(policy, settings, default[name], None, None)]
        quiet: set[str] = set()
        everywhere = tuple(layers(settings, name, None, None))
        for unit, environment in sorted(environments.items()):
            if tuple(layers(settings, name, unit, environment)) == everywhere:
                why.append(why[0])
            else:
                here = _complete(policy, settings, unit, environment)
                why.append(_off(policy, settings, here, unit, environment))
                if here != default[name]:
                    special[unit] = here
            if why[-1]:
                quiet.add(unit)
        units[name] = special
        silent[name] = frozenset(quiet)
        reason = _left_out(name, only, skip) or (why[0] if all(why) else None)
        if reason:
            off[name] = reason
    return Parameters(default=default, units=units, off=off, silent=silent)


def layers(
    settings: Settings, policy: str, unit: Optional[str], environment: Optional[str]
) -> Iterator[PolicySettings]:
    """Yield what the configuration says of a policy, the weakest first."""
    said = settings.policies.get(policy)
    if said is None:
        return
    yield said
    if environment is not None and environment in said.environments:
        yield said.environments[environment]
    if unit is not None and unit in said.units:
        yield said.units[unit]


def level(policy: Policy, settings: Settings, unit: Optional[str], environment: Optional[str]) -> Level:
    """Return the level that holds in a unit."""
    chosen = policy.level
    for layer in layers(settings, policy.id, unit, environment):
        chosen = layer.level or chosen
    return chosen


def _off(
    policy: Policy, settings: Settings, params: Mapping[str, Any], unit: Optional[str], environment: Optional[str]
) -> Optional[str]:
    if level(policy, settings, unit, environment) == "off":
        return LEVEL_OFF
    missing = unset(policy.schema, params)
    return f"parameter {missing} is not given" if missing else None


def _left_out(name: str, only: Collection[str], skip: Collection[str]) -> Optional[str]:
    if name in skip:
        return "left out with --skip"
    return "not among those of --only" if only and name not in only else None


def _complete(policy: Policy, settings: Settings, unit: Optional[str], environment: Optional[str]) -> Mapping[str, Any]:
    given: Mapping[str, Any] = {}
    for layer in layers(settings, policy.id, unit, environment):
        given = _over(policy.schema, given, layer.params)
    try:
        return complete(policy.schema, _derived(policy.schema, given, settings))
    except SchemaError as error:
        raise _config_error(policy.id, error, _place(settings, policy.id, unit, environment, error.pointer)) from error


def _place(
    settings: Settings, policy: str, unit: Optional[str], environment: Optional[str], pointer: str
) -> Optional[Place]:
    """Return where a value that is wrong was given: in the strongest layer that has it, else the last that has any."""
    base = ("policies", policy)
    inside = ("params", *segments(pointer))
    for layer in ((*base, "units", unit or ""), (*base, "environments", environment or ""), base):
        place = settings.place((*layer, *inside))
        if place is not None:
            return place
    said = [layer.place for layer in layers(settings, policy, unit, environment) if layer.params and layer.place]
    return said[-1] if said else None


def _config_error(policy: str, error: SchemaError, place: Optional[Place]) -> ConfigError:
    where = ".".join(["policies", policy, "params", *segments(error.pointer)])
    return ConfigError(
        f"{where}: {error.message}", place=place, hint=f"`guardrail policy show {policy}` explains them."
    )


def _over(schema: Mapping[str, Any], lower: Mapping[str, Any], upper: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the upper layer over the lower one. Objects with named members are joined, all else is replaced."""
    result = dict(lower)
    for name, value in upper.items():
        member = schema.get("properties", {}).get(name, {})
        joined = member.get("properties") and isinstance(value, Mapping) and isinstance(result.get(name), Mapping)
        result[name] = _over(member, result[name], value) if joined else value
    return result


def _derived(schema: Mapping[str, Any], given: Mapping[str, Any], settings: Settings) -> Mapping[str, Any]:
    """Return what is given, and the lists that come from elsewhere in the configuration."""
    result = dict(given)
    for name, member in schema.get("properties", {}).items():
        source = member.get("from", "")
        if name in given or not source.startswith("allocation."):
            continue
        if "when" not in member or given.get(member["when"]):
            result[name] = list(settings.allocation.get(source.partition(".")[2], ()))
    return result


def _check_names(names: Sequence[str], policies: Mapping[str, Policy], settings: Settings, *, refused: bool) -> None:
    for name in names:
        if name in policies or name in own.NAMES or refused:
            continue
        said = settings.policies.get(name)
        raise ConfigError(
            f'there is no policy "{name}"{did_you_mean(name, policies)}',
            place=said.place if said else None,
            hint="`guardrail policy list` names them all.",
        )
