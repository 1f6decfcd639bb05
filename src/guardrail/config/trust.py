"""
Who may say what the rules are.

In a pull request the author controls every byte of the head. So configuration and policies come from a trusted tree,
a revision or a directory that the author cannot write to, wherever one is given. The head supplies what is judged,
and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, Literal, Optional

from guardrail.config.load import FILE, load
from guardrail.config.settings import Settings
from guardrail.errors import ConfigError, SourceError, UsageError
from guardrail.model.dataclass import dataclass
from guardrail.model.finding import Diagnostic
from guardrail.model.place import Place
from guardrail.sources.tree import Tree

FOLDER: Final = ".guardrail"
"""Where files of guardrail's own are."""

WAIVERS: Final = f"{FOLDER}/waivers"
"""Where waiver files are; the head may bring them."""

_NEARLY: Final = frozenset({FILE, "guardrail.yml", f".{FILE}", ".guardrail.yml"})
"""What people call the configuration, in any mixture of capitals; only `FILE`, spelt so, is read."""

_SHORT: Final = 12
"""How many digits of a commit id people are shown."""


_DEFAULTS: Final = Diagnostic(
    "info",
    "default-rules",
    f"the trusted side has files of guardrail but no {FILE}: the defaults hold, whatever the head says",
    Place(FILE),
    hint=f"a {FILE} holds from when it is merged",
)


@dataclass(frozen=True, slots=True)
class Rules:
    """
    The configuration of a run, and the tree that it and the policy sources come from.

    `advisory`: the run is local, from the tree being judged, and binds nobody. `bootstrap`: a trusted revision was
    named, but guardrail is not in it yet, so the head's own files are used this once and the report says so. `notes`
    are what else a reader has to be told of where the rules come from.
    """

    tree: Tree
    settings: Settings
    advisory: bool = False
    bootstrap: bool = False
    notes: tuple[Diagnostic, ...] = ()


def rules(head: Tree, trusted: Optional[Tree] = None, *, kind: Literal["revision", "directory"] = "revision") -> Rules:
    """
    Return the rules of a run. `trusted` is a tree that the author of the head does not control, if one was named.

    Whether a run is a bootstrap depends on the trusted tree alone, so that no head can bring it about. A trusted
    *directory* without any file of guardrail is a mistake of whoever runs it, and no reason to believe the head.
    Wrong configuration is a `ConfigError`.
    """
    if trusted is None:
        return Rules(head, settings_of(head), advisory=True)
    if holds_guardrail(trusted):
        settings = _trusted_settings(trusted, kind)
        return Rules(trusted, settings, notes=() if settings.file else (_DEFAULTS,))
    if kind == "directory":
        raise UsageError(
            f"the trusted directory holds no {FILE} and no {FOLDER} folder",
            hint=f"name the directory that {FILE} is in",
        )
    return Rules(head, settings_of(head), bootstrap=True)


def holds_guardrail(tree: Tree) -> bool:
    """
    Whether a tree has any file of guardrail's own: `guardrail.yaml`, something named nearly so, or `.guardrail`.

    Policies do not count by themselves: which folder holds them is for `guardrail.yaml` to say.
    """
    return any(_is_own(path) for path in tree.entries())


def settings_of(tree: Tree) -> Settings:
    """Return what a tree's configuration file states; the defaults where there is none."""
    paths = tree.entries()
    if FILE in paths:
        return load(tree.read(FILE).data, FILE, paths)
    near = next((path for path in paths if _first(path) in _NEARLY), None)
    if near is None:
        return Settings()
    if "/" in near:
        raise ConfigError("is a folder; the configuration is a file of that name", place=Place(near.partition("/")[0]))
    raise ConfigError(f"is not read; the configuration is named {FILE}", place=Place(near), hint=f"rename it to {FILE}")


def _trusted_settings(tree: Tree, kind: Literal["revision", "directory"]) -> Settings:
    """Return the settings of a trusted tree. What is wrong there is wrong whatever the files on disk say."""
    try:
        return settings_of(tree)
    except (ConfigError, SourceError) as error:
        where = f"revision {tree.label[:_SHORT]}" if kind == "revision" else "directory"
        repair = f"it stands so in the trusted {where}, whatever the files that are judged say; it is repaired there"
        error.hint = f"{error.hint}; {repair}" if error.hint else repair
        raise


def changed_configuration(base: Tree, head: Tree, *known: Settings) -> tuple[str, ...]:
    """
    Return the files of guardrail's configuration that differ between two trees, sorted.

    `known` are the settings of both sides: a change that moves the policies to another place changes those in either.
    What a link leads to counts as the link does. So do names that are guardrail's on a disk that knows no capitals.
    """
    sources = {FOLDER, *(source for settings in known for source in settings.policy_sources)}
    before, after = _contents(base, sources), _contents(head, sources)
    return tuple(sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path)))


def _first(path: str) -> str:
    """Return the first name of a path as a disk sees it that knows no capitals."""
    return path.partition("/")[0].casefold()


def _is_own(path: str) -> bool:
    return _first(path) in _NEARLY or _first(path) == FOLDER


def _is_rule(path: str, folders: Iterable[str]) -> bool:
    """Whether a file says how changes are judged. Waivers do not: they carry their own signatures."""
    return not path.startswith(f"{WAIVERS}/") and (_is_own(path) or _is_below(path, folders))


def _is_below(path: str, folders: Iterable[str]) -> bool:
    return any(path == folder or path.startswith(f"{folder}/") for folder in folders)


def _contents(tree: Tree, sources: Iterable[str]) -> dict[str, str]:
    """Return what each file of the configuration holds, by its blob id."""
    folders = {place for source in sources for place in (source, _resolved(tree, source))}
    paths = [path for path in _below(tree, folders) if _is_rule(path, folders)]
    tree.prefetch(paths)
    return {path: _content(tree, path) for path in paths}


def _below(tree: Tree, folders: Iterable[str]) -> Iterator[str]:
    """Yield the paths of a tree that begin as one of its rules might. Most of a large tree does not."""
    begins = {folder.partition("/")[0] for folder in folders}
    first = {name for name in tree.listdir("") if name in begins or _is_own(name)}
    if first:
        yield from (path for path in tree.entries() if path.partition("/")[0] in first)


def _resolved(tree: Tree, source: str) -> str:
    try:
        return tree.resolve(source)
    except SourceError:
        return source


def _content(tree: Tree, path: str) -> str:
    entry = tree.entries()[path]
    try:
        return f"{entry.kind} {tree.read(path).id}"
    except SourceError as error:
        return f"{entry.kind} {error.code} {error.content or entry.id}"
