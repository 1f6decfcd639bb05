"""
git, run so that a repository made by an attacker cannot make it do anything but read objects.

docs/adr/0005-git-as-a-process.md says why this is not left to a library.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Final, Optional
from weakref import WeakSet

from guardrail.errors import SourceError
from guardrail.model.dataclass import dataclass

SECONDS: Final = 120
"""How long one command may take."""

_SETTINGS: Final = (
    "safe.bareRepository=explicit",  # a folder that looks like a repository is not taken for one
    "core.fsmonitor=false",  # a program that the repository's configuration names
    f"core.hooksPath={os.devnull}",
    "protocol.allow=never",  # missing objects are not fetched
    f"core.excludesFile={os.devnull}",  # what one user ignores everywhere must not change the answer
    f"core.attributesFile={os.devnull}",
    "core.quotePath=false",
)

_ENVIRONMENT: Final = {
    "GIT_ALLOW_PROTOCOL": "",  # stronger than any protocol.*.allow that the repository sets
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",  # a fetched replace ref changes a file under its id
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LANGUAGE": "",
    "LC_ALL": "C",
}


@dataclass(frozen=True, slots=True)
class Output:
    """What a finished command left: its exit code and what it wrote."""

    code: int
    stdout: bytes
    stderr: str


class Git:
    """
    Commands on one repository, whose place is given and never searched for.

    `directory` is where git runs: the working tree, or the repository itself if it is bare. Of inherited `GIT_*`
    variables only `GIT_INDEX_FILE` is kept, and only where a caller asks for it.
    """

    def __init__(
        self, directory: Path, git_dir: Path, *, bare: bool, environ: Optional[Mapping[str, str]] = None
    ) -> None:
        inherited = os.environ if environ is None else environ
        self.directory = directory
        self.git_dir = git_dir
        self._index_file = inherited.get("GIT_INDEX_FILE")
        self._search = inherited.get("PATH", os.defpath)
        self._program: Optional[str] = None
        self._begun = WeakSet[Running]()  # one that has ended is forgotten with what it wrote
        self._environment = {**without_git(inherited), **_ENVIRONMENT, "GIT_DIR": str(git_dir)}
        if not bare:
            self._environment["GIT_WORK_TREE"] = str(directory)
        self._settings = _SETTINGS if _folds_case(directory) else (*_SETTINGS, "core.ignoreCase=false")

    def run(self, *arguments: str, index: bool = False, settings: Sequence[str] = ()) -> Output:
        """
        Return what a command left, whatever its exit code.

        `index`: it reads the index that a hook names. `settings` hold for this command beside those for all.
        """
        given = [*options(settings), *arguments]
        try:
            with self._start(given, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, index=index) as process:
                try:
                    stdout, stderr = process.communicate(timeout=SECONDS)
                except BaseException:
                    process.kill()
                    raise
        except subprocess.TimeoutExpired as error:
            raise _late(arguments) from error
        return Output(process.returncode, stdout, stderr.decode("utf-8", "replace").strip())

    def listing(self, *arguments: str, most: int, memory: Optional[int] = None, index: bool = False) -> Output:
        """
        Return what a command left that may have no end: a tree of some kilobytes can hold any number of files.

        One that writes more than so many bytes is ended, and leaves one byte more than that; one that takes more than
        so many bytes of `memory` fails, where `BOUNDED`. `index` is as in `run`.
        """
        return self.begin(*arguments, most=most, memory=memory, index=index).output()

    def begin(
        self,
        *arguments: str,
        most: int,
        memory: Optional[int] = None,
        index: bool = False,
        settings: Sequence[str] = (),
    ) -> Running:
        """Start the same, and return what it will have left. What nobody waits for is ended by `close`."""
        bound = (*_BOUND, str(memory >> 10)) if memory is not None else ()
        given = [*options(settings), *arguments]
        process = self._start(given, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, index=index, before=bound)
        running = Running(process, arguments, most)
        self._begun.add(running)
        return running

    def close(self) -> None:
        """End what was begun and nobody waited for."""
        for running in tuple(self._begun):
            running.end()

    def output(self, *arguments: str, index: bool = False) -> bytes:
        """Return what a command wrote; a failure is an error."""
        result = self.run(*arguments, index=index)
        if result.code:
            raise SourceError(
                f"git {arguments[0]} failed in {self.git_dir}: {result.stderr or f'exit code {result.code}'}",
                code="git-failed",
                hint="check the repository with `git fsck`",
            )
        return result.stdout

    def open(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a command that is spoken to through its stdin and stdout."""
        return self._start(arguments, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)

    def _start(
        self,
        arguments: Sequence[str],
        *,
        stdin: int,
        stderr: int,
        index: bool = False,
        before: Sequence[str] = (),
    ) -> subprocess.Popen[bytes]:
        environment = self._environment
        if index and self._index_file:
            environment = {**environment, "GIT_INDEX_FILE": self._index_file}
        try:
            return subprocess.Popen(  # noqa: S603  (an absolute program, a list of arguments, no shell)
                [*before, self._found(), *options(self._settings), *arguments],
                cwd=self.directory,
                env=environment,
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=stderr,
            )
        except OSError as error:
            raise SourceError(f"git cannot be started: {error}", code="git-failed") from error

    def _found(self) -> str:
        if self._program is None:
            self._program = program(self._search)
            if self._program is None:
                raise SourceError("git is not installed", code="git-missing", hint="install git, or check a folder")
        return self._program


class Running:
    """
    A command that runs while we do something else; what it writes is up to `most` bytes.

    It waits for us where it writes more than a pipe takes, so that until then nobody has to watch it.
    """

    def __init__(self, process: subprocess.Popen[bytes], arguments: Sequence[str], most: int) -> None:
        self._process = process
        self._arguments = arguments
        self._most = most

    def output(self) -> Output:
        """Wait for the command, and return what it left."""
        late = threading.Event()
        process = self._process

        def end() -> None:
            late.set()
            process.kill()

        with process:
            complaints: list[bytes] = []
            reader = threading.Thread(target=lambda: complaints.append(_read(process.stderr)), daemon=True)
            clock = threading.Timer(SECONDS, end)
            clock.daemon = True
            try:
                reader.start()
                clock.start()
                stdout = _read(process.stdout, self._most + 1)
                if len(stdout) > self._most:
                    process.kill()
            except BaseException:
                process.kill()
                raise
            finally:
                clock.cancel()
            reader.join()
        if late.is_set():
            raise _late(self._arguments)
        return Output(process.returncode, stdout, b"".join(complaints).decode("utf-8", "replace").strip())

    def end(self) -> None:
        """End the command, unless it has ended by itself."""
        self._process.kill()
        with self._process:  # closes its pipes
            pass


BOUNDED: Final = sys.platform == "linux"
"""Whether the memory of a command can be bounded."""

_BOUND: Final = ("/bin/sh", "-c", 'ulimit -d "$0" && exec "$@"')
"""Starts what follows with a bound, in KiB: what it allocates counts, what it maps of packs does not."""


def _folds_case(directory: Path) -> bool:
    """Whether names in a folder mean the same in capitals. What the repository says of it may be of another disk."""
    try:
        return (directory / ".git").samefile(directory / ".GIT")
    except OSError:
        return False


def program(search: str) -> Optional[str]:
    """Return the absolute path of git. Relative entries of PATH would lead into the tree that is judged."""
    import shutil

    absolute = os.pathsep.join(entry for entry in search.split(os.pathsep) if Path(entry).is_absolute())
    found = shutil.which("git", path=absolute)
    return found if found is not None and Path(found).is_absolute() else None


def without_git(environ: Mapping[str, str]) -> dict[str, str]:
    """Return an environment without the variables that tell git what to do."""
    return {key: value for key, value in environ.items() if not key.upper().startswith("GIT_")}


def options(settings: Sequence[str]) -> list[str]:
    """Return the arguments that set something for one command."""
    return [part for setting in settings for part in ("-c", setting)]


def _late(arguments: Sequence[str]) -> SourceError:
    """Return the error for a command that was ended by the clock."""
    return SourceError(f"git {arguments[0]} took over {SECONDS} seconds", code="git-failed")


def _read(pipe: Optional[IO[bytes]], most: int = -1) -> bytes:
    """Return what a pipe gives, up to so many bytes."""
    return b"" if pipe is None else pipe.read(most)
