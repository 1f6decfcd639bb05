"""
From the text of a policy file to a policy that can be asked, or to what is wrong with it.

Slow next to asking (the text is parsed, checked and followed): what ships with guardrail was analysed before, see
`index`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Optional, Union

from guardrail.errors import GuardrailError
from guardrail.model.finding import Diagnostic
from guardrail.model.path import segments
from guardrail.model.place import Place
from guardrail.policy import metadata, profile
from guardrail.policy.engine import Engine, Failed, Module
from guardrail.policy.metadata import MetadataError
from guardrail.policy.model import ANY, APPLIES, DENY, JOINED, Loaded, Origin, Path, Pattern, Policy, Reads
from guardrail.policy.reads import ReadsError, follow, reads
from guardrail.policy.shape import Shape
from guardrail.policy.syntax import Name, Program, program

BESIDE: Final = frozenset({"unknown", "multiplicity"})
"""`unknown` is itself what is known; bounds of copies are known even where their number is not."""


def analyse(engine: Engine, data: bytes, file: str, origin: Origin) -> Union[Loaded, Diagnostic]:
    """Return one policy, or why it is not one. The engine has the library already."""
    problem = profile.check_text(data, file)
    if problem:
        return refusal("policy-profile", problem.message, problem.place, problem.hint)
    try:
        policy = metadata.read(data.decode(), file, origin)
        checked = engine.check(Module(file, policy.source))
        if isinstance(checked, Failed):
            return refusal("policy-syntax", checked.message, checked.place or Place(file))
        tree = program(checked.trees)
        package: Name = tuple(policy.package.split("."))
        problem = profile.check_tree(tree, package, user=origin == "user")
        if problem:
            return refusal("policy-profile", problem.message, problem.place, problem.hint)
        return _loaded(policy, tree, package)
    except ReadsError as error:
        return refusal("policy-reads", error.message, error.place or Place(file), error.hint)
    except GuardrailError as error:
        return refusal("policy-metadata", error.message, error.place or Place(file), error.hint)
    except RecursionError:
        return refusal("policy-profile", "is nested too deep to be understood", Place(file))


def refusal(code: str, message: str, place: Place, hint: str = "") -> Diagnostic:
    """Return what is said of a policy that is left out."""
    return Diagnostic("error", code, message, place, hint or "It is left out, the other policies are judged.")


def _loaded(policy: Policy, tree: Program, package: Name) -> Loaded:
    if (*package, DENY) not in tree.rules:
        raise MetadataError("has no rule `deny`", place=policy.place, hint="Write `deny contains decision if …`.")
    shape = Shape(policy.id, policy.schema)
    _check_required(policy, shape)
    follow(tree, package, shape)
    decides = reads(tree, (*package, DENY), shape)
    narrows = reads(tree, (*package, APPLIES), shape) if (*package, APPLIES) in tree.rules else None
    rests_on = patterns(decides, policy.requires)
    narrowed_by = None if narrows is None else patterns(narrows, policy.requires)
    if rests_on is None or (narrows is not None and narrowed_by is None):
        raise MetadataError(
            "reads resources as a whole, so nobody can tell what its answers rest on",
            place=policy.place,
            hint="Name the paths in METADATA, as in `requires: [/labels/team]`.",
        )
    read = decides if narrows is None else decides | narrows
    return Loaded(policy=policy, reads=read, rests_on=rests_on, narrowed_by=narrowed_by)


def _check_required(policy: Policy, shape: Shape) -> None:
    """Refuse a path in METADATA that no resource has: nothing would ever be unknown there."""
    for required in policy.requires:
        misfit = shape.misfit(("resources", ANY, *segments(required)))
        if misfit:
            raise MetadataError(f"requires {required}: {misfit}", place=policy.place)


def patterns(reads: Reads, requires: Sequence[str]) -> Optional[tuple[Pattern, ...]]:
    """Return what a policy rests on; None if it reads resources as a whole and does not say what of them counts."""
    whole = any(_is_whole(path, deep=True) for path in reads.deep) or any(
        _is_whole(path, deep=False) for path in reads.shallow
    )
    if whole and not requires:
        return None
    found = {Pattern(tuple(segments(required))) for required in requires}
    for paths, deep in ((reads.deep, True), (reads.shallow, False)):
        for path in paths:
            if len(path) > 2 and path[0] == "resources" and path[2] not in (ANY, *BESIDE):  # noqa: PLR2004 - below one
                found.add(Pattern(path[2:], deep, path[1] == JOINED))
    return tuple(sorted(one for one in found if not any(_implies(other, one) for other in found)))


def _implies(strong: Pattern, weak: Pattern) -> bool:
    """Whether everything that concerns the weak pattern concerns the strong one: it lies above, or goes further."""
    if strong == weak or strong.joined != weak.joined:
        return False
    above, below = (strong.path, weak.path) if strong.deep else (weak.path, strong.path)
    if strong.deep and below[: len(above)] == above:
        return True
    if weak.deep or len(strong.path) <= len(weak.path) or strong.path[: len(weak.path)] != weak.path:
        return False
    return not any(segment[:1] == "{" for segment in strong.path[len(weak.path) :])


def _is_whole(path: Path, *, deep: bool) -> bool:
    """Whether a path is a resource itself, or may be any field of it."""
    if path[:1] not in ((), ("resources",)):
        return path[:1] == (ANY,)
    return len(path) <= 2 if deep else len(path) > 2 and path[2] == ANY  # noqa: PLR2004 - section and address
