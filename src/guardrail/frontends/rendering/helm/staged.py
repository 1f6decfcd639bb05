"""The copies of a chart that Helm sees, and which file of the tree each is."""

from __future__ import annotations

import io
import tarfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final, Optional

from guardrail.frontends import documents
from guardrail.frontends.rendering.definitions import cut
from guardrail.frontends.rendering.helm.layout import REQUIREMENTS, Files, layout
from guardrail.frontends.rendering.package import CHART
from guardrail.frontends.rendering.scratch import scratch
from guardrail.model.finding import Diagnostic
from guardrail.model.place import Place
from guardrail.sources.overlay import own
from guardrail.sources.tree import Tree, clean

FOLDER: Final = "chart"
VALUES: Final = "values"
_ARCHIVE: Final = ".tgz"
_PART: Final = "-unpacked"
"""How the folders end that archives are unpacked to."""

_UNPACKED: Final = 32 << 20
"""Bytes of the files of an archive; Helm itself takes no more than some of those."""

_MEMBERS: Final = 5_000
_CONTROL: Final = 20_000
"""How many values of a control file are read."""

_NOTES: Final = "/NOTES.txt"
"""What is printed for people. Templates may be defined there all the same."""

_TEMPLATES: Final = "/templates/"


class Staged:
    """
    The folder of one rendering.

    The chart is at `chart`, with charts that are archives unpacked, and its values are at `values`, by their number.
    """

    def __init__(self, tree: Tree, directory: str, values: Sequence[str] = ()) -> None:
        self.directory = directory
        self.values = tuple(clean(f"{directory}/{name}") for name in values)
        self.given = len(self.values)  # files of values
        self.set: tuple[str, ...] = ()  # arguments that set values besides
        self.written: dict[str, str] = {}  # the file of the tree by where its copy is
        self.archives: set[str] = set()
        self._at: dict[str, list[str]] = {}
        start = len(self.directory) + 1 if self.directory else 0
        for there, path in layout(Files(own(tree)), self.directory).items():
            self._at.setdefault(path, []).append(f"{FOLDER}/{there[start:]}")
        for number, path in enumerate(self.values):
            self._at.setdefault(path, []).append(self.values_at(number))
        self._stack = ExitStack()
        opened = self._stack.enter_context(scratch(tree, self._at, self._seen))
        self.folder: Path = opened.folder
        self._chart_of: dict[str, Optional[str]] = {}
        self.diagnostics: tuple[Diagnostic, ...] = (*opened.diagnostics, *self._without_doubles())

    def close(self) -> None:
        """Remove the copies."""
        self._stack.close()

    def _without_doubles(self) -> Iterator[Diagnostic]:
        """Leave one of the charts of one name that lie beside each other, of which Helm takes any; say which not."""
        charts = sorted(at[: -len(CHART) - 1] for at in self.written if at.endswith(f"/{CHART}"))
        seen: dict[tuple[str, str], str] = {}
        for one in sorted(charts, key=lambda at: (at.endswith(_PART), at)):
            above, _, name = one.rpartition("/")
            if not above.endswith("/charts"):
                continue
            key = (above, str(self.control(f"{one}/{CHART}").get("name", name)))
            if key not in seen:
                seen[key] = one
                continue
            file = self.written[f"{one}/{CHART}"]
            for at in [at for at in self.written if at.startswith(f"{one}/")]:
                (self.folder / at).unlink(missing_ok=True)
                del self.written[at]
            message = f"the chart {key[1]} is there twice, and Helm takes any: rendered without this one"
            yield Diagnostic("error", "not-rendered", message, Place(file), unread=True)

    def values_at(self, number: int) -> str:
        """Return where the copy of a file of values is."""
        return f"{VALUES}/{number}.yaml"

    def _seen(self, path: str, data: bytes) -> Iterator[tuple[str, bytes]]:
        for there in self._at[path]:
            if there.endswith(_ARCHIVE) and there.rpartition("/")[0].endswith("charts"):
                members = _members(data)
                if members is not None:
                    self.archives.add(path)
                    for name, member in members:
                        inside = f"{there[: -len(_ARCHIVE)]}{_PART}/{name}"
                        self.written[inside] = path
                        yield inside, member
                    continue
            self.written[there] = path
            plain = _TEMPLATES in there and b"{{" not in data  # what is no template is deployed as it is
            yield there, cut(data, whole=True) if plain else data

    def text(self, at: str) -> str:
        """Return the text of a copy, "" if there is none."""
        try:
            return (self.folder / at).read_bytes().decode("utf-8", "surrogateescape")
        except OSError:
            return ""

    def write(self, at: str, text: str) -> None:
        """Change a copy."""
        (self.folder / at).write_bytes(text.encode("utf-8", "surrogateescape"))

    def give(self, texts: Sequence[str], arguments: tuple[str, ...]) -> None:
        """Have values besides those of the chart: the texts of files, and arguments that set some."""
        for number, text in enumerate(texts):
            (self.folder / VALUES).mkdir(exist_ok=True)
            self.write(self.values_at(number), text)
        self.given, self.set = len(texts), arguments

    def templates(self) -> Mapping[str, str]:
        """Return the texts of all templates, by where they are."""
        found = {at: self.text(at) for at in sorted(self.written) if _TEMPLATES in at}
        return {at: text for at, text in found.items() if text and not (at.endswith(_NOTES) and "define" not in text)}

    def texts_of_values(self) -> Iterator[str]:
        """Yield the texts of the files of values that there are."""
        yield from map(self.text, map(self.values_at, range(self.given)))
        yield from (self.text(at) for at in sorted(self.written) if at.endswith(f"/{VALUES}.yaml"))

    def kinds_beside(self) -> Iterator[str]:
        """Yield the texts of the files that are installed as they are."""
        return (self.text(at) for at in sorted(self.written) if "/crds/" in at)

    def control(self, at: str) -> Mapping[str, Any]:
        """Return what a control file says, nothing if it cannot be read."""
        read = documents.read(self.text(at).encode("utf-8", "surrogateescape"), at, most=_CONTROL)
        return next((one.value for one in read.documents if isinstance(one.value, Mapping)), {})

    @property
    def name(self) -> str:
        """What the chart calls itself."""
        return str(self.control(f"{FOLDER}/{CHART}").get("name", ""))

    def copy_of(self, source: str) -> Optional[str]:
        """Return where the template is that Helm calls so, None if that is not told."""
        parts = source.split("/")
        folder = FOLDER
        index = 1
        while parts[index : index + 1] == ["charts"] and index + 1 < len(parts) - 1:
            inner = self._chart(folder, parts[index + 1])
            if inner is None:
                return None
            folder, index = inner, index + 2
        found = f"{folder}/{'/'.join(parts[index:])}"
        return found if found in self.written else None

    def file_of(self, source: str) -> str:
        """Return the file of the tree that stands behind what Helm calls so; that of the chart, if it is not told."""
        at = self.copy_of(source)
        return self.written[at] if at is not None else self.main

    @property
    def main(self) -> str:
        """The file that the whole chart stands for."""
        return f"{self.directory}/{CHART}" if self.directory else CHART

    def _chart(self, folder: str, name: str) -> Optional[str]:
        """Return the folder of the chart that another one has under a name."""
        key = f"{folder}\0{name}"
        if key not in self._chart_of:
            start = f"{folder}/charts/"
            several = {at[len(start) :].partition("/")[0] for at in self.written if at.startswith(start)}
            named = {
                str(self.control(f"{start}{one}/{CHART}").get("name", "")): f"{start}{one}" for one in sorted(several)
            }
            real = {str(alias): str(of) for alias, of in self._aliases(folder)}
            self._chart_of[key] = named.get(name) or named.get(real.get(name, ""))
        return self._chart_of[key]

    def _aliases(self, folder: str) -> Iterator[tuple[object, object]]:
        for control in (CHART, REQUIREMENTS):
            if f"{folder}/{control}" in self.written:
                stated = self.control(f"{folder}/{control}").get("dependencies")
                for one in stated if isinstance(stated, (list, tuple)) else ():
                    if isinstance(one, Mapping) and one.get("alias"):
                        yield one["alias"], one.get("name")


def _members(data: bytes) -> Optional[Sequence[tuple[str, bytes]]]:
    """Return the files of a chart that is an archive, None where Helm has to say what is wrong with it."""
    engine = zlib.decompressobj(wbits=31)
    try:
        text = engine.decompress(data, _UNPACKED)
        if engine.unconsumed_tail:
            return None
        with tarfile.open(fileobj=io.BytesIO(text)) as archive:
            return tuple(_files(archive))
    except (tarfile.TarError, zlib.error, OSError, ValueError):
        return None


def _files(archive: tarfile.TarFile) -> Iterable[tuple[str, bytes]]:
    for number, member in enumerate(archive):
        path = clean(member.name).partition("/")[2]
        opened = archive.extractfile(member) if member.isfile() and number < _MEMBERS else None
        if opened is not None and path and ".." not in member.name.split("/"):
            yield path, opened.read()
