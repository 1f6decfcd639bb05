"""The rules of a run: which policies there are, what they are told, and what the verdict knows of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Union

from guardrail.config.load import load
from guardrail.config.settings import Settings
from guardrail.config.trust import Rules
from guardrail.config.unmatched import unmatched
from guardrail.errors import ConfigError
from guardrail.model.dataclass import dataclass
from guardrail.model.finding import Diagnostic
from guardrail.model.place import Place
from guardrail.policy import own
from guardrail.policy.library import load_library, shared_module
from guardrail.policy.model import Library, Policy
from guardrail.policy.parameters import Parameters, resolve_parameters
from guardrail.policy.regorus import start_worker
from guardrail.run.request import Request
from guardrail.run.view import view
from guardrail.sources.listed import MemoryTree
from guardrail.sources.locate import root_of
from guardrail.sources.tree import Tree
from guardrail.sources.worktree import worktree
from guardrail.verdict import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """The policies of a repository, what the configuration makes of them, and what is odd about it."""

    library: Library
    settings: Settings
    params: Parameters
    notes: tuple[Diagnostic, ...] = ()


def sources(rules: Rules) -> Sequence[tuple[Tree, str]]:
    """Return the folders of an organisation's own policies, in the tree that the rules come from."""
    return [(rules.tree, folder) for folder in rules.settings.policy_sources]


def rules_by_id(library: Library, settings: Settings) -> Mapping[str, Rule]:
    """Return what the verdict has to know of every policy, the engine's own findings included."""
    known: Iterable[Union[Policy, own.OwnRule]] = (*library.policies.values(), *own.own_rules(settings).values())
    return {
        rule.id: Rule(severity=rule.severity, level=rule.level, remediation=rule.remediation, docs=rule.docs)
        for rule in known
    }


def asks_for_everything(library: Library, settings: Settings, request: Request) -> bool:
    """Whether more is to be judged than what the change touches: somebody says so, or a policy that is on must know."""
    if request.everything or settings.gate == "all":
        return True
    params = _everywhere(library, settings, request.only, request.skip)
    return any(policy.asks_for_everything for name, policy in library.policies.items() if name not in params.off)


def policies(root: Path) -> Listed:
    """Return the policies that a check of this repository would ask. Raises `GuardrailError`."""
    now = datetime.fromtimestamp(0, timezone.utc)  # nothing of this depends on the time
    with view(Request(now=now, paths=(root,))) as seen:
        return _listed(seen.rules)


def configuration(file: Path) -> Listed:
    """Read a configuration file and check all of it, parameters included. Raises `GuardrailError`."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise ConfigError(
            f"cannot be read: {error.strerror}",
            place=Place(str(file)),
            hint="name the file, or run this where guardrail.yaml is",
        ) from error
    settings = load(data, str(file))
    root = root_of([str(file.absolute().parent)], Path.cwd())
    if root.git_dir is None and not settings.policy_sources:  # the folder may be anybody's, with all that is below it
        return _listed(Rules(MemoryTree({}), settings))
    tree = worktree(root)
    settings = load(data, str(file), tree.entries())
    return _listed(Rules(tree, settings, notes=unmatched(settings, tree.entries())))


def _listed(rules: Rules) -> Listed:
    shared = shared_module()
    with start_worker(shared) as engine:
        library = load_library(engine, shared, sources(rules))
    return Listed(
        library=library,
        settings=rules.settings,
        params=_everywhere(library, rules.settings),
        notes=rules.notes,
    )


def _everywhere(
    library: Library, settings: Settings, only: Collection[str] = (), skip: Collection[str] = ()
) -> Parameters:
    """Return the parameters in every environment and unit that the configuration names, whatever units there are."""
    named = {environment.name: environment.name for environment in settings.environments}
    units = {unit for said in settings.policies.values() for unit in said.units}
    return resolve_parameters(
        library.policies,
        settings,
        {**dict.fromkeys(units), **named},
        only=only,
        skip=skip,
        refused=bool(library.diagnostics),
    )
