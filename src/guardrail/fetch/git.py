"""
git, run to fetch one commit of somebody else's repository.

Unlike `sources.command`, it may use the network and the user's own settings: they say how to log in. It makes no
working tree, runs no hook or filter, and takes no submodule along; what comes out is an archive, looked at like any
other.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, Optional
from urllib.parse import urlsplit

from guardrail.fetch.archive import BYTES, Files, unpack
from guardrail.fetch.errors import FetchError, told
from guardrail.frontends.terraform.addresses import shown_address
from guardrail.model.dataclass import dataclass
from guardrail.sources.command import options, program, without_git

SECONDS: Final = 300
"""How many seconds all commands for one module may take."""

ON_DISK: Final = 1024 * 1024 * 1024
"""How many bytes git may write while it fetches."""

_POLL: Final = 0.1
_SCHEMES: Final = {"https": "https", "ssh": "ssh", "http": "http", "git": "git"}
_COMMIT: Final = re.compile(r"[0-9a-f]{7,64}")
_REF: Final = re.compile(r"[0-9A-Za-z_][0-9A-Za-z_./+@-]{0,250}")
_ATTRIBUTES: Final = "* -export-ignore -export-subst -text -ident -filter -eol -working-tree-encoding\n"
"""The files as they are committed, whatever the repository says about archives."""

_SETTINGS: Final = (
    f"core.hooksPath={os.devnull}",
    "core.fsmonitor=false",
    "fetch.recurseSubmodules=false",
    "fetch.fsckObjects=true",
    "http.followRedirects=initial",
    "gc.auto=0",
    "advice.detachedHead=false",
)


@dataclass(frozen=True, slots=True)
class Git:
    """
    Fetches from repositories.

    `insecure` are hosts (with port) that may be asked by http or git, without encryption. `environ` is what git
    inherits: of `GIT_*` only what says how to log in.
    """

    environ: Mapping[str, str]
    insecure: frozenset[str] = frozenset()
    seconds: float = SECONDS

    def fetch(self, url: str, ref: Optional[str]) -> tuple[Files, str]:
        """Return the files of a commit, and its id. Without a ref it is what the repository shows first."""
        scheme = self._scheme(url)
        if ref is not None and (not _REF.fullmatch(ref) or ".." in ref):
            raise FetchError(f"{shown_address(url)}: this is no name of a commit: {told(ref)}")
        with tempfile.TemporaryDirectory(prefix="guardrail-") as made:
            run = _Run(self, Path(made), scheme, time.monotonic() + self.seconds)
            run.git("init", "--quiet", "--bare", ".")
            (Path(made) / "info").mkdir(exist_ok=True)
            (Path(made) / "info" / "attributes").write_text(_ATTRIBUTES, encoding="utf-8")
            commit = run.commit(url, ref)
            archive = run.git("archive", "--format=tar", commit, limit=BYTES + BYTES // 4)
        return unpack(archive, f"{shown_address(url)} at {commit[:12]}"), commit

    def _scheme(self, url: str) -> str:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2].lower()
        if not host or parts.scheme not in _SCHEMES or url.startswith("-") or parts.hostname is None:
            raise FetchError(f"{shown_address(url)} is not fetched: git may use https and ssh")
        if parts.hostname.startswith("-"):
            raise FetchError(f"{shown_address(url)} is not fetched: this is no host")
        if parts.scheme in ("http", "git") and host not in self.insecure:
            raise FetchError(
                f"{shown_address(url)} is not fetched: {parts.scheme} can be changed on its way; "
                f"--insecure-host {host} permits it"
            )
        return parts.scheme


class _Run:
    """The commands for one module, in a folder of their own."""

    def __init__(self, settings: Git, folder: Path, scheme: str, end: float) -> None:
        self._folder = folder
        self._end = end
        found = program(settings.environ.get("PATH", os.defpath))
        if found is None:
            raise FetchError("git is not installed", hint="install git; modules from repositories are fetched with it")
        self._program = found
        login = {key: settings.environ[key] for key in _LOGIN if key in settings.environ}
        self._environment = {
            **without_git(settings.environ),
            **login,
            "GIT_ALLOW_PROTOCOL": scheme,  # a redirect leads to no other one, and never to a program or a path
            "GIT_DIR": str(folder),
            "GIT_LFS_SKIP_SMUDGE": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "LC_ALL": "C",
        }
        self._environment.setdefault("GIT_SSH_COMMAND", "ssh -oBatchMode=yes -oConnectTimeout=30")

    def commit(self, url: str, ref: Optional[str]) -> str:
        """Fetch what a ref means, by itself if the server gives it so, else with everything; return its commit."""
        try:
            self.git("fetch", "--quiet", "--no-tags", "--depth=1", "--end-of-options", url, ref or "HEAD")
            return self._id("FETCH_HEAD")
        except FetchError:
            if ref is None or not _COMMIT.fullmatch(ref):
                raise
        refs = ("+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*")
        self.git("fetch", "--quiet", "--no-tags", "--end-of-options", url, *refs)
        return self._id(ref)

    def _id(self, name: str) -> str:
        return self.git("rev-parse", "--verify", "--end-of-options", f"{name}^{{commit}}").decode("ascii").split()[-1]

    def git(self, *arguments: str, limit: int = 1024 * 1024) -> bytes:
        """Return what a command writes."""
        at = self._folder  # so that what a command writes counts as what it fetches does
        with tempfile.NamedTemporaryFile(dir=at) as output, tempfile.NamedTemporaryFile(dir=at) as errors:
            process = subprocess.Popen(  # noqa: S603 - an absolute program, a list of arguments, no shell
                [self._program, *options(_SETTINGS), *arguments],
                cwd=self._folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
                start_new_session=True,  # so that what git starts ends with it
            )
            with _ended(process):
                self._watch(process, arguments[0])
            errors.seek(0)
            said = told(errors.read(4096).decode("utf-8", "replace"))
            if process.returncode:
                raise FetchError(f"git {arguments[0]} failed: {said or f'exit code {process.returncode}'}")
            if output.seek(0, os.SEEK_END) > limit:
                raise FetchError(f"git {arguments[0]} gives more than {limit:,} bytes")
            output.seek(0)
            return output.read()

    def _watch(self, process: subprocess.Popen[bytes], name: str) -> None:
        """Wait for a command, as long as it takes neither too much time nor too much space."""
        pause = 0.005
        while True:
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=pause)
                return
            pause = min(pause * 2, _POLL)
            if time.monotonic() > self._end:
                raise FetchError(f"git {name} takes too long")
            if _size(self._folder) > ON_DISK:
                raise FetchError(f"git {name} writes more than {ON_DISK:,} bytes")


_LOGIN: Final = ("GIT_SSH", "GIT_SSH_COMMAND", "GIT_ASKPASS", "GIT_CONFIG_GLOBAL", "GIT_SSL_CAINFO")
"""Variables that say how to log in, and by which certificates."""


@contextmanager
def _ended(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """See to it that a command, and what it started, is gone afterwards."""
    try:
        yield
    finally:
        if process.poll() is None:
            with suppress(OSError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _size(folder: Path) -> int:
    total = 0
    for above, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                total += os.lstat(os.path.join(above, name)).st_size  # noqa: PTH118 - a thousand times a second
    return total
