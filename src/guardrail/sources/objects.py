"""
git objects through `cat-file --batch`: no process for each file, no round trip for one of many.

One process lives as long as the reader and answers what is asked for singly. Many objects that are known beforehand
come from another one, which goes ahead while we look at what it gave, or from files where they are not packed yet.
"""

from __future__ import annotations

import subprocess
import threading
import weakref
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from typing import IO, Final, Optional, Union, cast

from guardrail.errors import SourceError
from guardrail.model.dataclass import dataclass
from guardrail.sources.command import Git
from guardrail.sources.loose import Loose

WINDOW: Final = 64
"""How many objects are asked for at once: their ids fit into the smallest pipe, so neither side waits for the other."""

MANY: Final = 2 * WINDOW
"""From so many objects on a process of their own is worth its start."""

_AHEAD: Final = 20_000
"""How many such a process is asked for."""

CACHED: Final = 64 * 1024 * 1024
"""How many bytes of objects are kept at hand. Base and head share most of theirs."""

_DRAINED: Final = 16 * 1024 * 1024
"""An unwanted object of up to so many bytes is read past; for a larger one git is started anew."""


@dataclass(frozen=True, slots=True)
class Oversized:
    """An object that is larger than what was asked for, and its size in bytes."""

    size: int


Content = Union[bytes, Oversized, None]
"""The bytes of an object; its size if that is too large; None if it is not there, or broken."""


class Objects:
    """Reads objects by their full ids. The process starts with the first read and ends with `close`."""

    def __init__(self, git: Git) -> None:
        self._git = git
        self._process: Optional[subprocess.Popen[bytes]] = None
        self._cache: dict[str, bytes] = {}
        self._cached = 0
        self._sizes: dict[str, Optional[int]] = {}  # as far as known, None if missing or broken
        self._loose = Loose(git.git_dir)
        self._wary = False  # there are objects that are too large, so sizes are asked for first

    def read(self, identity: str, limit: int) -> Content:
        """Return one object."""
        known = self._cache.get(identity)
        if known is None:
            return self._ask([identity], limit)[0]
        return known if len(known) <= limit else Oversized(len(known))

    def prefetch(self, identities: Iterable[str], limit: int) -> None:
        """Read objects into the cache, as many as it holds."""
        wanted = iter(dict.fromkeys(identity for identity in identities if identity not in self._cache))
        while self._cached < CACHED and (batch := list(islice(wanted, WINDOW))):
            self._ask(batch, limit)

    def each(self, identities: Iterable[str], limit: int) -> Iterator[tuple[str, Optional[bytes]]]:
        """
        Yield each id with its object, in no order; the ids are different ones.

        None: missing, broken or larger than `limit`. Whoever reads it singly learns why.
        """
        left = list(identities)
        if len(left) >= MANY and (loose := self._loose.ids()):
            singly, left = left, []
            for identity in singly:
                data = self._loose.blob(identity, limit) if identity in loose else None
                if data is None:
                    left.append(identity)
                    continue
                self._hold(identity, data)
                yield identity, data
        while len(left) >= MANY:
            part = left[:_AHEAD]
            refused = self._refused(part, limit)
            yield from dict.fromkeys(refused).items()
            part = [identity for identity in part if identity not in refused]
            given = 0
            for data in self._streamed(part, limit) if part else ():
                given += 1
                yield part[given - 1], data
            left = [*part[given:], *left[_AHEAD:]]
        self.prefetch(left, limit)
        for identity in left:
            found = self.read(identity, limit)
            yield identity, found if isinstance(found, bytes) else None

    def _streamed(self, identities: Sequence[str], limit: int) -> Iterator[Optional[bytes]]:
        """Yield these objects, at least the first, up to one that is too large or broken."""
        with self._going_ahead("--batch", identities) as stdout:
            for identity in identities:
                header = stdout.readline().split()
                if len(header) != 3:  # noqa: PLR2004  (id, type and size; else `<id> missing`, or git gave up)
                    self._sizes[identity] = None
                    yield None
                    if not header:
                        return
                    continue
                size = int(header[2])
                if size > limit:
                    self._note(identity, Oversized(size))
                    yield None
                    return
                data = stdout.read(size + 1)[:size]  # with the line's end
                if len(data) < size:
                    self._sizes[identity] = None
                    yield None
                    return
                self._hold(identity, data)
                yield data

    def _hold(self, identity: str, data: bytes) -> None:
        """Keep one of many at hand as long as there is room: it takes the place of none."""
        size = self._sizes[identity] = len(data)
        if self._cached + size <= CACHED:
            self._cache[identity] = data
            self._cached += size

    def resolve(self, expression: str) -> Optional[tuple[str, str]]:
        """Return (id, type) of what an expression over a full id names (`<id>~2^{commit}`), None if nothing."""
        stdin, stdout = self._pipes()
        header = self._header(stdin, stdout, expression)
        if header is None:
            return None
        identity, kind, size = header
        if self._skip(stdout, size):
            stdout.read(1)
        return identity, kind

    def close(self) -> None:
        """End the process. Reading again would start another, which sees what was fetched in the meantime."""
        self._sizes = {identity: size for identity, size in self._sizes.items() if size is not None}
        self._stop()

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            _end(process)

    def _ask(self, batch: Sequence[str], limit: int) -> list[Content]:
        """Return the objects in order. An oversized one costs a new process, and the rest is asked for again."""
        answers: dict[str, Content] = {}
        while rest := [identity for identity in batch if identity not in answers]:
            answers |= self._refused(rest, limit) or self._asked(rest, limit)
        return [answers[identity] for identity in batch]

    def _asked(self, rest: Sequence[str], limit: int) -> dict[str, Content]:
        """Return some of these objects, at least the first."""
        answers: dict[str, Content] = {}
        stdin, stdout = self._pipes()
        try:
            stdin.write("\n".join((*rest, "")).encode("ascii"))
            stdin.flush()
        except BrokenPipeError:  # git gave up on an object; the next one may be there
            self._stop()
            return {rest[0]: None}
        for identity in rest:
            answers[identity], alive = self._answer(stdout, identity, limit)
            self._note(identity, answers[identity])
            if not alive:
                break
        return answers

    def _note(self, identity: str, answer: Content) -> None:
        """Remember sizes: asking again for what cannot be had, for each path that it is at, would take as long."""
        if isinstance(answer, Oversized):
            self._wary = True
            self._sizes[identity] = answer.size
        else:
            self._sizes[identity] = None if answer is None else len(answer)

    def _refused(self, identities: Sequence[str], limit: int) -> dict[str, Content]:
        """Return what is known of those that cannot be had: missing, broken, or larger than that."""
        if self._wary:
            self._measure(identities)
        sizes = [(identity, self._sizes[identity]) for identity in identities if identity in self._sizes]
        return {one: None if size is None else Oversized(size) for one, size in sizes if size is None or size > limit}

    def _measure(self, identities: Iterable[str]) -> None:
        """Ask for sizes, for which git need not put together an object of any size from a few bytes."""
        unknown = [identity for identity in identities if identity not in self._sizes]
        if not unknown:
            return
        with self._going_ahead("--batch-check", unknown) as stdout:
            for identity, line in zip(unknown, stdout, strict=False):
                header = line.split()
                self._sizes[identity] = int(header[2]) if len(header) == 3 else None  # noqa: PLR2004

    @contextmanager
    def _going_ahead(self, what: str, identities: Sequence[str]) -> Iterator[IO[bytes]]:
        """Give what a process of its own says of these objects, which does not wait to be asked."""
        process = self._git.open("cat-file", what, "--buffer")
        asking = threading.Thread(target=_ask_for, args=(process, identities), daemon=True)
        asking.start()  # both pipes may be full: whoever writes all of it first would wait for ever
        try:
            yield cast("IO[bytes]", process.stdout)
        finally:
            process.kill()
            asking.join()
            _end(process)

    def _answer(self, stdout: IO[bytes], identity: str, limit: int) -> tuple[Content, bool]:
        """Return the next answer, and whether the process can be asked on."""
        header = stdout.readline()
        if not header:
            self._stop()
            return None, False
        parts = header.split()
        if len(parts) != 3:  # noqa: PLR2004  (`<id> missing`; else id, type and size)
            return None, True
        size = int(parts[2])
        if size > limit:
            return Oversized(size), self._skip(stdout, size + 1)
        data = stdout.read(size + 1)  # with the line's end
        if len(data) <= size:  # git gave up in the middle of a broken object
            self._stop()
            return None, False
        data = data[:size]
        self._keep(identity, data)
        return data, True

    def _header(self, stdin: IO[bytes], stdout: IO[bytes], expression: str) -> Optional[tuple[str, str, int]]:
        try:
            stdin.write(f"{expression}\n".encode("ascii"))
            stdin.flush()
        except BrokenPipeError:
            self._stop()
            return None
        parts = stdout.readline().decode("ascii", "replace").rsplit(" ", 2)
        if len(parts) != 3 or not parts[2].strip().isdigit():  # noqa: PLR2004
            return None
        return parts[0], parts[1], int(parts[2])

    def _skip(self, stdout: IO[bytes], size: int) -> bool:
        """Read past so many bytes, or end the process where that would take long: then nothing more comes."""
        if size > _DRAINED:
            self._stop()
            return False
        stdout.read(size)
        return True

    def _keep(self, identity: str, data: bytes) -> None:
        if self._cached + len(data) > CACHED:
            self._cache.clear()
            self._cached = 0
        self._cache[identity] = data
        self._cached += len(data)

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        if self._process is None:
            self._process = self._git.open("cat-file", "--batch")
            weakref.finalize(self, _end, self._process)
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:  # `open` asks for both
            raise SourceError("git cannot be spoken to", code="git-failed")
        return stdin, stdout


def _ask_for(process: subprocess.Popen[bytes], identities: Iterable[str]) -> None:
    """Ask for all of these objects, and say that it is all."""
    with suppress(OSError, ValueError):  # the process was ended
        stdin = cast("IO[bytes]", process.stdin)
        stdin.write("".join(f"{identity}\n" for identity in identities).encode("ascii"))
        stdin.close()


def _end(process: subprocess.Popen[bytes]) -> None:
    """Close the pipes and wait; a process in the middle of an object ends by its broken pipe."""
    for pipe in (process.stdout, process.stdin):
        if pipe is not None:
            try:
                pipe.close()
            except BrokenPipeError:
                continue
    process.wait()
