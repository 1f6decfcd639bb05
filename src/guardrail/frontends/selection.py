"""
Which files a run looks at: the paths that were asked for, less what is left out.

Folders of a few names are left out by default, and what the configuration excludes. A path that was asked for by name
brings itself back (`guardrail check examples/gpu`), and only below it the rules go on: a folder `test` in it is left
out as anywhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, Optional

from guardrail.config.globs import Glob, glob
from guardrail.config.settings import Settings
from guardrail.config.trust import FOLDER
from guardrail.errors import SourceError, UsageError
from guardrail.model.dataclass import dataclass
from guardrail.model.report import Skipped
from guardrail.sources.tree import Tree, shown

BY_DEFAULT: Final = frozenset({".terraform", ".git", "vendor", "node_modules", "examples", "test", "tests", "testdata"})
"""Names of folders that are left out unless somebody asks for them."""

_DEFAULT: Final = "left out by default; name it in PATHS or in `include`"
_INPUT: Final = (".tf", ".tofu", ".yaml", ".yml", ".json", ".tfvars", ".hcl", ".YAML", ".YML", ".JSON")


@dataclass(frozen=True, slots=True)
class Selection:
    """The files of a run, and the folders (ending in `/`) and files that were left out though they could be input."""

    files: tuple[str, ...]
    excluded: tuple[Skipped, ...]


def asked_for(tree: Tree, paths: Sequence[str], *, demand: bool) -> tuple[str, ...]:
    """
    Return the real paths of what was asked for, the root ("") if nothing was.

    One that is not in the tree is a `UsageError`, or passed over where nothing is demanded.
    """
    real = (_resolved(tree, path, demand=demand) for path in paths or ("",))
    return tuple(dict.fromkeys(path for path in real if path is not None))


def _resolved(tree: Tree, path: str, *, demand: bool) -> Optional[str]:
    try:
        return tree.resolve(path)
    except SourceError as error:
        if not demand:
            return None
        hint = error.hint or f"name files or folders that are in the {tree.label}"
        told = error.message if error.message.startswith(shown(path)) else f"{shown(path)}: {error.message}"
        raise UsageError(told, hint=hint) from error


def select(tree: Tree, settings: Settings, asked: Iterable[str]) -> Selection:
    """Return the files at and below the real paths that were asked for."""
    choice = _Choice(settings, tuple(asked))
    plain = choice.plain
    files = [path for path in tree.entries() if path.rpartition("/")[0] in plain or choice.takes(path)]
    excluded = [
        Skipped(path, f"{choice.reasons[path]} ({number} {'file' if number == 1 else 'files'} that could be input)")
        for path, number in choice.left_out.items()
    ]
    excluded += [
        Skipped(path, reason)
        for path, reason in tree.left_out().items()
        if choice.concerns(path) and path.endswith(("/", *_INPUT))
    ]
    return Selection(tuple(files), tuple(sorted(excluded, key=lambda skipped: skipped.file)))


class _Choice:
    """Decides folder by folder, so that most files cost one look into a dict."""

    def __init__(self, settings: Settings, asked: Sequence[str]) -> None:
        self._asked = asked
        self._include = tuple(glob(text) for text in settings.include)
        self._exclude = tuple(glob(text) for text in settings.exclude)
        self._own = frozenset((FOLDER, *settings.policy_sources))
        self._folders: dict[str, tuple[Optional[str], Optional[str]]] = {}
        self.plain: set[str] = set()
        """Folders of which every file is looked at, as far as they are known: nothing in them could be excluded."""
        self.reasons: dict[str, str] = {}
        self.left_out: dict[str, int] = {}

    def takes(self, path: str) -> bool:
        """Whether a file is looked at. One that is not is counted for the folder that it is left out with."""
        root, left_out = self._state(path.rpartition("/")[0])
        if root is None:
            root = path if path in self._asked else None
            if root is None:
                return False
        if left_out is None:
            left_out = self._excluded_file(path, root)
        elif path in self._asked or any(one.matches(path) for one in self._include):
            return True
        if left_out is None:
            return True
        if path.endswith(_INPUT):
            self.left_out[left_out] = self.left_out.get(left_out, 0) + 1
        return False

    def concerns(self, path: str) -> bool:
        """Whether a path is at or below what was asked for."""
        return any(one == "" or path.rstrip("/") == one or path.startswith(f"{one}/") for one in self._asked)

    def _state(self, folder: str) -> tuple[Optional[str], Optional[str]]:
        """
        Return (path that was asked for, folder it is left out with).

        The first is None for a folder that nobody asked for, the second for one whose files are looked at.
        """
        known = self._folders.get(folder)
        if known is not None:
            return known
        way = [folder]
        while way[-1] not in self._asked and way[-1] and (above := way[-1].rpartition("/")[0]) not in self._folders:
            way.append(above)
        for one in reversed(way):  # from above, since folders may nest deeper than calls
            self._folders[one] = self._decided(one)
        return self._folders[folder]

    def _decided(self, folder: str) -> tuple[Optional[str], Optional[str]]:
        if folder in self._asked:
            return folder, None
        if folder == "":
            return None, None
        above, _, name = folder.rpartition("/")
        root, left_out = self._folders[above]
        if root is None or left_out is not None:
            if left_out is not None and any(one.matches(folder, folder=True) for one in self._include):
                return root, None
            return root, left_out
        reason = self._reason(folder, name, root)
        if reason is None:
            return root, None
        self.reasons[f"{folder}/"] = reason
        return root, f"{folder}/"

    def _reason(self, folder: str, name: str, root: str) -> Optional[str]:
        by = self._excluding(folder, root, folder=True)
        if by is not None:
            return f"exclude: {by.text}"
        if folder in self._own:
            return "guardrail's own files"
        if name not in BY_DEFAULT or any(one.matches(folder, folder=True) for one in self._include):
            return None
        return _DEFAULT

    def _excluded_file(self, path: str, root: str) -> Optional[str]:
        by = self._excluding(path, root, folder=False) if path not in self._asked else None
        if by is None:
            return None
        self.reasons[path] = f"exclude: {by.text}"
        return path

    def _excluding(self, path: str, root: str, *, folder: bool) -> Optional[Glob]:
        """Return the glob that leaves a path out. One that means what was asked for has no say below it."""
        for one in self._exclude:
            if _means(one, path, folder=folder) and not (root and _means(one, root, folder=True)):
                return one
        return None


def _means(one: Glob, path: str, *, folder: bool) -> bool:
    """Whether a glob means a file or folder, or whatever may be in the folder (`third_party/**`)."""
    return one.matches(path, folder=folder) or (folder and one.matches(f"{path}/\0"))
