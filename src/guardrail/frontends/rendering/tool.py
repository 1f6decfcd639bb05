"""
The programs that render: where they are, and how they run so that what they render cannot harm anybody.

A chart is a program of the author of a change. It has the files that are copied for it, no network, no environment,
no home, no other program that could be called, and so much memory and time. What is found first on the search path
counts, but never a program that lies in what is judged.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, Optional

from guardrail.frontends.rendering import confined
from guardrail.model.dataclass import dataclass

if TYPE_CHECKING:
    import subprocess

SECONDS: Final = 30
"""How long one rendering may take; large charts take less than one."""

MEMORY: Final = 2 << 30
"""Bytes of addresses; a large chart takes a tenth, most of it the program itself."""

LARGEST: Final = 32 << 20
"""Bytes that are taken of what a tool prints."""

STOPPED: Final = 8
"""After so many renderings that had to be stopped no other one is begun: half a minute each is enough."""

_KILLED: Final = "it takes more time or memory than it may"

_COMPLAINT: Final = 64 << 10

_NOWHERE: Final = "http://127.0.0.1:9"
"""Port 9 discards: where no network can be taken away, what asks for one gets an error at once."""

HELM: Final = "helm"
KUSTOMIZE: Final = "kustomize"


@dataclass(frozen=True, slots=True)
class Output:
    """What a tool printed. `ended` says why it did not come to its end by itself, `code` is 0 if it worked."""

    code: int
    stdout: bytes
    stderr: str
    ended: str = ""


@dataclass(frozen=True, slots=True)
class Tool:
    """A program and the arguments that always come first. `stopped` is why renderings were stopped, of all tools."""

    name: str
    program: str
    first: tuple[str, ...] = ()
    stopped: list[str] = field(default_factory=list, repr=False, compare=False)

    def run(self, arguments: Sequence[str], folder: Path, *, seconds: float = SECONDS) -> Output:
        """
        Return what the tool prints when it runs in a folder. It never raises for the tool.

        Its home is another folder, an empty one: in its own it would look for plugins, and what the folder holds is
        somebody's input.
        """
        from tempfile import TemporaryDirectory

        if len(self.stopped) >= STOPPED:
            return Output(-1, b"", "", f"{STOPPED} renderings before had to be stopped")
        command = [sys.executable, "-I", "-S", confined.__file__, str(MEMORY), str(SECONDS)]
        command += [self.program, *self.first, *arguments]
        with TemporaryDirectory(prefix="guardrail-", ignore_cleanup_errors=True) as home:
            output = _run(command, folder, home, seconds)
        if output.ended:
            self.stopped.append(output.ended)
        return output


@dataclass(slots=True)
class Tools:
    """
    The rendering tools of this machine.

    `search` is a search path. A program below `judged`, the folder of what is judged, is somebody's input.
    """

    search: str = ""
    judged: Optional[Path] = None
    _found: dict[str, Optional[Tool]] = field(default_factory=dict)
    _stopped: list[str] = field(default_factory=list)

    def helm(self) -> Optional[Tool]:
        """Return Helm, None where there is none."""
        return self._tool(HELM, ((HELM, ()),))

    def kustomize(self) -> Optional[Tool]:
        """Return Kustomize, by itself or as part of kubectl; None where there is none."""
        return self._tool(KUSTOMIZE, ((KUSTOMIZE, ("build",)), ("kubectl", ("kustomize",))))

    def _tool(self, name: str, ways: Sequence[tuple[str, tuple[str, ...]]]) -> Optional[Tool]:
        if name not in self._found:
            programs = ((self._program(program), first) for program, first in ways)
            self._found[name] = next(
                (Tool(name, program, first, self._stopped) for program, first in programs if program), None
            )
        return self._found[name]

    def _program(self, name: str) -> Optional[str]:
        """Return the whole path of the first program of a name that may be run."""
        from shutil import which

        judged = None if self.judged is None else Path(os.path.realpath(self.judged))
        for folder in self.search.split(os.pathsep):
            found = which(name, path=folder) if Path(folder).is_absolute() else None
            if found is not None and (judged is None or judged not in Path(os.path.realpath(found)).parents):
                return found
        return None


def _run(command: Sequence[str], folder: Path, home: str, seconds: float) -> Output:
    import subprocess

    try:
        process = subprocess.Popen(  # noqa: S603 - no shell; the program is one of two, by its whole path
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=_environment(home),
            cwd=folder,
            start_new_session=True,
        )
    except OSError as error:
        return Output(-1, b"", "", f"it cannot be started: {error.strerror}")
    return _finished(process, seconds)


def _environment(home: str) -> Mapping[str, str]:
    """Return all that a tool is told of where it runs."""
    return {
        "HOME": home,
        "TMPDIR": home,
        "XDG_CACHE_HOME": home,
        "XDG_CONFIG_HOME": home,
        "XDG_DATA_HOME": home,
        "KUBECONFIG": os.devnull,
        "PATH": "",
        "LC_ALL": "C",
        "TZ": "UTC",
        "HTTP_PROXY": _NOWHERE,
        "HTTPS_PROXY": _NOWHERE,
        "GOMEMLIMIT": "768MiB",
        "GOGC": "400",  # a third less time, for memory that there is
        "GOTRACEBACK": "none",
    }


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a program with all that it started: what holds the other end of a pipe would be waited for."""
    import signal

    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (AttributeError, OSError):  # no groups of processes here, or it has ended by itself
        process.kill()


def _finished(process: subprocess.Popen[bytes], seconds: float) -> Output:
    """Read both pipes to their ends, within what is taken of each, under a clock that kills."""
    import threading

    texts = [b"", b""]
    why = [""]

    def take(index: int, pipe: IO[bytes], most: int) -> None:
        texts[index] = pipe.read(most)
        if index == 0 and pipe.read(1):
            why[0] = why[0] or f"it prints more than {most >> 20} MiB"
            _kill(process)
        while pipe.read(1 << 16):
            pass

    def late() -> None:
        why[0] = why[0] or f"it takes more than {seconds:.0f} seconds"
        _kill(process)

    clock = threading.Timer(seconds, late)
    with process:
        if process.stdout is None or process.stderr is None:
            raise AssertionError("both are pipes")
        reader = threading.Thread(target=take, args=(1, process.stderr, _COMPLAINT), daemon=True)
        clock.start()
        reader.start()
        take(0, process.stdout, LARGEST)
        reader.join()
        process.wait()
    clock.cancel()
    if process.returncode < 0 and not why[0]:
        why[0] = _KILLED  # by the system, at the end of its share of the processor, say
    return Output(process.returncode, texts[0], texts[1].decode("utf-8", "replace"), why[0])
