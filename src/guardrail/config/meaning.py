"""What has the right shape and cannot hold: names that nobody declares, globs that let anybody relax a policy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, Optional

from guardrail.config.globs import glob, refusal
from guardrail.config.settings import OnUnknown, PolicySettings, Settings
from guardrail.config.shape import Problem
from guardrail.config.text import Path
from guardrail.errors import did_you_mean
from guardrail.model.finding import Level

MANIFESTS: Final = "kubernetes"
"""What the manifests beside a Terraform root are called, as if they were a stack of it."""

_LEVELS: Final[Mapping[Level, int]] = {"off": 0, "warn": 1, "deny": 2}
_ANSWERS: Final[Mapping[OnUnknown, int]] = {"ignore": 0, "warn": 1, "deny": 2}


def contradictions(settings: Settings, value: Mapping[str, Any]) -> tuple[Problem, ...]:
    """Return what cannot hold in settings; `value` is what they were read from, with the paths of the file."""
    unusable = (
        *_bad_globs(value),
        *_bad_paths(value),
        *_taken(value),
        *_bad_names(settings, value),
        *_bad_rows(settings),
    )
    return unusable or (*_tightened(settings), *_floating(settings))


def without_policies(settings: Settings, tree: Optional[Iterable[str]]) -> tuple[Problem, ...]:
    """
    Return the policy sources that hold no policy in a tree of these paths, which would be asked of nobody.

    A link to a folder holds none: its files have other paths. Without a tree nothing can be said.
    """
    if tree is None or not settings.policy_sources:
        return ()
    policies = [path for path in tree if path.endswith(".rego") and not path.endswith("_test.rego")]
    return tuple(
        Problem(
            ("policy_sources", str(index)),
            f'"{folder}" is no folder with policies in it: no .rego file (beside tests) is below it',
        )
        for index, folder in enumerate(settings.policy_sources)
        if not any(path.startswith(f"{folder}/") for path in policies)
    )


def directory(place: str) -> str:
    """Return a directory as paths in the tree are written."""
    return place.removeprefix("./").rstrip("/")


def _bad_globs(value: Mapping[str, Any]) -> Iterator[Problem]:
    for path, text in _globs(value):
        wrong = refusal(text)
        if wrong:
            yield Problem(path, f'"{text}": {wrong}')


def _globs(value: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """Yield every glob with its path."""
    for name in ("exclude", "include"):
        for index, text in enumerate(value.get(name, ())):
            yield (name, str(index)), text
    for number, one in enumerate(value.get("environments", ())):
        for index, text in enumerate(one.get("paths", ())):
            yield ("environments", str(number), "paths", str(index)), text
    for number, one in enumerate(value.get("units", ())):
        yield ("units", str(number), "path"), one["path"]


def _bad_paths(value: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield directories that are not inside, variable files that are absolute, and globs where a name is meant."""
    places: list[tuple[Path, str]] = [
        (("policy_sources", str(index)), place) for index, place in enumerate(value.get("policy_sources", ()))
    ]
    places += [(("modules", source), place) for source, place in value.get("modules", {}).items()]
    for path, place in places:
        if any(part in ("", ".", "..") for part in directory(place).split("/")) or "\\" in place:
            yield Problem(path, f'"{place}" is not a directory from the root of the repository, such as policies/own')
    for path, file in _var_files(value):
        if file.startswith("/") or "\\" in file:
            yield Problem(path, f'"{file}" is not relative to the root that it is for, such as ../prod.tfvars')
    for policy, said in value.get("policies", {}).items():
        for name in said.get("units", {}):
            if "*" in name or "?" in name:
                message = f'"{name}" is not the name of one unit; an environment is for several'
                yield Problem(("policies", policy, "units", name), message, key=True)


def _taken(value: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield stacks with the name that the manifests beside a root have."""
    for number, unit in enumerate(value.get("units", ())):
        if MANIFESTS in unit.get("stacks", {}):
            path = ("units", str(number), "stacks", MANIFESTS)
            yield Problem(path, f'"{MANIFESTS}" is what the manifests beside a root are called', key=True)


def _var_files(value: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    for number, unit in enumerate(value.get("units", ())):
        for stack, said in unit.get("stacks", {}).items():
            for index, file in enumerate(said.get("var_files", ())):
                yield ("units", str(number), "stacks", stack, "var_files", str(index)), file


def _bad_rows(settings: Settings) -> Iterator[Problem]:
    """Yield rows of custom resources that say something else than rows can."""
    if not settings.kinds:
        return
    from guardrail.catalog.kubernetes.declare import read

    declared: dict[str, int] = {}
    for index, written in enumerate(settings.kinds):
        path = ("kubernetes", "kinds", str(index))
        row, wrong = read(written, f"kubernetes.kinds[{index}]")
        for one in wrong:
            yield Problem((*path, *one.path), one.message, key=one.key)
        if row is not None and declared.setdefault(row.type, index) != index:
            message = f"kubernetes.kinds[{index}]: {row.type} has a row already, kubernetes.kinds[{declared[row.type]}]"
            yield Problem((*path, "type"), message)


def _bad_names(settings: Settings, value: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield environments that are declared twice, or that are named and not declared."""
    declared: set[str] = set()
    for index, environment in enumerate(settings.environments):
        if environment.name in declared:
            yield Problem(
                ("environments", str(index), "name"), f'the environment "{environment.name}" stands here twice'
            )
        declared.add(environment.name)
    for path, name, key in _named_environments(value):
        if name not in declared:
            advice = did_you_mean(name, declared) or "; `environments` declares them"
            yield Problem(path, f'there is no environment "{name}"{advice}', key=key)


def _named_environments(value: Mapping[str, Any]) -> Iterator[tuple[Path, str, bool]]:
    """Yield (path, name, whether it is a key) of every mention of an environment."""
    for number, unit in enumerate(value.get("units", ())):
        if "environment" in unit:
            yield ("units", str(number), "environment"), unit["environment"], False
        for stack, said in unit.get("stacks", {}).items():
            if "environment" in said:
                yield ("units", str(number), "stacks", stack, "environment"), said["environment"], False
    for policy, said in value.get("policies", {}).items():
        for name in said.get("environments", {}):
            yield ("policies", policy, "environments", name), name, True


def _tightened(settings: Settings) -> Iterator[Problem]:
    """Yield what an environment makes stricter: authors choose the paths that decide which environment holds."""
    for policy, base in settings.policies.items():
        for name, said in base.environments.items():
            path = ("policies", policy, "environments", name)
            if said.level and base.level and _LEVELS[said.level] > _LEVELS[base.level]:
                yield Problem(
                    (*path, "level"),
                    f"an environment only relaxes: {said.level} is stricter than {base.level}; "
                    f"set level: {said.level} for the policy and {base.level} in the other environments",
                )
            for reason, answer in said.on_unknown.items():
                stated = base.on_unknown.get(reason)
                if stated and _ANSWERS[answer] > _ANSWERS[stated]:
                    yield Problem(
                        (*path, "on_unknown", str(reason)),
                        f"an environment only relaxes: {answer} is stricter than {stated}",
                    )


def _floating(settings: Settings) -> Iterator[Problem]:
    """Yield globs of the form `**/name` that relax something: whoever adds a folder chooses its name."""
    advice = "relaxes what is denied wherever an author names a folder so; a glob that relaxes begins at the root"
    for index, text in enumerate(settings.exclude):
        if glob(text).floating:
            yield Problem(("exclude", str(index)), f'"{text}" {advice}')
    relaxing = {
        name: policy
        for policy, base in settings.policies.items()
        for name, said in base.environments.items()
        if _relaxes(said, base)
    }
    for number, environment in enumerate(settings.environments):
        for index, text in enumerate(environment.paths):
            if environment.name in relaxing and glob(text).floating:
                path = ("environments", str(number), "paths", str(index))
                yield Problem(
                    path, f'"{text}" {advice} ({relaxing[environment.name]} is relaxed in {environment.name})'
                )
    for number, unit in enumerate(settings.units):
        environments = {unit.environment, *(stack.environment for stack in unit.stacks)}
        if glob(unit.path).floating and environments & relaxing.keys():
            yield Problem(("units", str(number), "path"), f'"{unit.path}" {advice}')


def _relaxes(said: PolicySettings, base: PolicySettings) -> bool:
    """Whether this may let pass what the policy denies elsewhere. Of parameters it is not known here: they may."""
    weaker_level = said.level in ("warn", "off") and base.level in (None, "deny")
    weaker_answer = any(
        answer != "deny" and base.on_unknown.get(reason) in (None, "deny") for reason, answer in said.on_unknown.items()
    )
    return weaker_level or weaker_answer or bool(said.params)
