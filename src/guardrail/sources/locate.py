"""
Where the root is: what paths are relative to, and which repository base and head come from.

The rule is fixed, because a repository found in the wrong place supplies the wrong base. A commit cannot hold
anything named `.git`, but it can hold a folder that looks like a bare repository, and it can make a submodule of
any folder. So:

1. The root is the nearest folder with a `.git`, at or above the common parent of the paths.
2. A `.git` that belongs to a submodule counts only when the working folder lies in it: whoever stands in the outer
   repository means the outer one.
3. A bare repository is the root only where it is the one path given, or the working folder itself, and nothing
   above it has a `.git`.
4. Else there is no repository, and the root is the common parent of the paths.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, Optional

from guardrail.errors import SourceError, UsageError
from guardrail.model.dataclass import dataclass
from guardrail.sources.tree import clean

_GITFILE: Final = b"gitdir: "
_GITFILE_LIMIT: Final = 8192


@dataclass(frozen=True, slots=True)
class Root:
    """
    The folder that everything is relative to.

    `git_dir` is where its repository keeps objects and refs, None outside git. `paths` are those that were asked
    for, relative to it with `/`; the root itself is "".
    """

    directory: Path
    git_dir: Optional[Path]
    bare: bool
    paths: tuple[str, ...]

    def place_of(self, path: Path) -> Optional[str]:
        """Return what an absolute path is called among the paths of this root, None for one that is elsewhere."""
        return _place(Path(os.path.normpath(path)), self.directory)


def root_of(paths: Sequence[str], working: Path) -> Root:
    """
    Return the root of these paths (of the working folder, if there are none).

    They need not exist: a revision may have them. They must lie below one parent, and inside the root.
    """
    given = tuple(_absolute(path, working) for path in paths) or (_absolute("", working),)
    common = _common(given)
    directory = _repository_above(common, working)
    if directory is not None:
        return Root(directory, git_dir(directory), bare=False, paths=_relative(given, directory))
    bare = next((place for place in (common, _absolute("", working)) if looks_bare(place)), None)
    if bare is not None:
        inside = _relative(given, bare) if common != bare else ("",)
        return Root(bare, bare, bare=True, paths=inside)
    parent = common if _is_folder(common) or len(given) > 1 else common.parent
    return Root(parent, None, bare=False, paths=_relative(given, parent))


def root_at(directory: Path, paths: Sequence[str] = ()) -> Root:
    """Return a root that is known (a runner's checkout); paths are relative to it."""
    found = git_dir(directory)
    bare = found is None and looks_bare(directory)
    inside = tuple(_absolute(path, directory) for path in paths) or (directory,)
    return Root(directory, directory if bare else found, bare=bare, paths=_relative(inside, directory))


def git_dir(directory: Path) -> Optional[Path]:
    """Return where the repository of a working tree is: its `.git`, or what that file points to."""
    entry = directory / ".git"
    if _is_folder(entry):
        return entry
    try:
        with entry.open("rb") as file:
            text = file.read(_GITFILE_LIMIT)
    except OSError:
        return None
    if not text.startswith(_GITFILE):
        return None
    pointed = os.fsdecode(text[len(_GITFILE) :].rstrip(b"\r\n"))
    return Path(os.path.normpath(directory / pointed))


def shared_dir(git_dir: Path) -> Path:
    """Return where a repository keeps objects and attributes: that of a linked working tree has them elsewhere."""
    try:
        return git_dir / (git_dir / "commondir").read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return git_dir


def looks_bare(directory: Path) -> bool:
    """Whether a folder has what makes git take it for a repository."""
    return _is_file(directory / "HEAD") and _is_folder(directory / "objects") and _is_folder(directory / "refs")


def _repository_above(start: Path, working: Path) -> Optional[Path]:
    for directory in (start, *start.parents):
        found = git_dir(directory)
        if found is None or (_is_submodule(found) and not _inside(working, directory)):
            continue
        if not _is_folder(found):
            raise SourceError(
                f"{directory / '.git'} points to {found}, which is not there",
                code="git-failed",
                hint="repair it with `git worktree repair`, or check a fresh clone",
            )
        return directory
    return None


def _is_folder(path: Path) -> bool:
    """Whether there is a folder. What we may not look at is none."""
    try:
        return path.is_dir()
    except OSError:
        return False


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False


def _is_submodule(found: Path) -> bool:
    """Whether this lies among the repositories of submodules; a linked working tree lies below `worktrees`."""
    parts = found.parts
    return any(parts[at : at + 2] == (".git", "modules") for at in range(len(parts)))


def _absolute(path: str, working: Path) -> Path:
    return Path(os.path.normpath(working / path))


def _common(given: Iterable[Path]) -> Path:
    try:
        return Path(os.path.commonpath(given))
    except ValueError as error:  # different drives
        raise UsageError("the paths have no common parent", hint="check them one by one") from error


def _inside(path: Path, directory: Path) -> bool:
    return path == directory or directory in path.parents


def _place(path: Path, directory: Path) -> Optional[str]:
    """Return a path from a folder on, None for one that is elsewhere."""
    return clean(path.relative_to(directory).as_posix()) if _inside(path, directory) else None


def _relative(given: Iterable[Path], directory: Path) -> tuple[str, ...]:
    relative: list[str] = []
    for path in given:
        place = _place(path, directory)
        if place is None:
            raise UsageError(f"{path} is not inside {directory}", hint="check repositories one by one")
        relative.append(place)
    return tuple(dict.fromkeys(relative))
