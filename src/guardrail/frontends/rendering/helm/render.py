"""A chart, rendered as it would be installed, again to tell its lines, and in other surroundings where they matter."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from typing import Final, Optional

from guardrail.frontends.rendering.helm.command import FAILED, LEFT_OUT, NAMESPACE, Command, Surroundings, release
from guardrail.frontends.rendering.helm.conditions import Conditions, conditions, with_lookups
from guardrail.frontends.rendering.helm.doubles import single
from guardrail.frontends.rendering.helm.marks import Marks
from guardrail.frontends.rendering.helm.printed import Piece, numbered, pieces, same, tell, unmarked
from guardrail.frontends.rendering.helm.staged import FOLDER, Staged
from guardrail.frontends.rendering.tool import Tool
from guardrail.model.dataclass import dataclass
from guardrail.model.finding import Diagnostic
from guardrail.model.place import Place
from guardrail.model.value import Reason, Unknown

_OTHER_KIND: Final = re.compile(r"^[\"']?kind[\"']?:(?! *CustomResourceDefinition\s*$)|\"kind\"", re.MULTILINE)
"""What stands in the folder of definitions and is none: Helm installs it all the same."""

_TOP_KIND: Final = re.compile(r"^kind: *(\S*)", re.MULTILINE)
_DEFINITION: Final = "CustomResourceDefinition"

_OF_RELEASE: Final = re.compile(r"IsUpgrade|IsInstall|Revision|[\"`]Release|\.Release(?![.\w])")
_OF_APIS: Final = re.compile(r"APIVersions|[\"`]Capabilities|\.Capabilities(?![.\w])")
_OF_VERSIONS: Final = re.compile(r"KubeVersion|[\"`]Capabilities|\.Capabilities(?![.\w])")

_OLD: Final = "v1.16.0"
_NEW: Final = "v1.99.0"
_MOST_RELEASES: Final = 6
_MOST_VERSIONS: Final = 8
_SHORT: Final = 40
_MARKED_AGAIN: Final = 3

DEPENDS: Final = "depends-on-cluster"
HARMLESS: Final = frozenset(
    {
        "Secret", "ConfigMap", "ServiceAccount", "Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding",
        "Certificate", "Issuer", "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration", "APIService",
    }
)  # fmt: skip
"""Kinds that run nothing."""


@dataclass(slots=True)
class Made:
    """
    What a chart comes to as `usual`, and what of it is not told.

    `hidden` are values, by their keys, that are not known; `undecided` is one that a condition depends on. The copies
    keep the `marks` that tell lines.
    """

    pieces: list[Piece] = field(default_factory=list)
    conditions: Conditions = field(default_factory=Conditions)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    hidden: dict[tuple[str, ...], Unknown] = field(default_factory=dict)
    usual: Optional[Surroundings] = None
    undecided: Optional[Unknown] = None
    marks: Marks = field(default_factory=Marks)


def render(tool: Tool, staged: Staged, name: str = "", namespace: str = NAMESPACE) -> Made:
    """Render a chart, as a release that is called like its folder if it has no other name."""
    command = Command(tool, staged)
    name = name or release(staged.directory, staged.name)
    written = staged.templates()
    texts = single(written)
    doubles = {at for at, text in texts.items() if text != written[at]}
    for at in doubles:
        staged.write(at, texts[at])
    found = conditions(texts, staged.texts_of_values())
    crds = ("--include-crds",) if any(map(_OTHER_KIND.search, staged.kinds_beside())) else ()
    apis = tuple(part for one in found.apis for part in ("--api-versions", one))
    usual = Surroundings(name, namespace, (*crds, *apis))
    printed = command.render(usual)
    made = Made(conditions=found, diagnostics=command.told, usual=usual)
    if printed is None:
        return made
    made.pieces = list(pieces(printed))
    _without_definitions(staged, texts, made)
    kept = {at: text for at, text in texts.items() if staged.text(at)}  # less those that fail
    marks = made.marks
    if not _tell_lines(command, usual, kept, doubles, made):
        _tell_chance(command, usual, kept, made)
    for around in _surroundings(usual, found, texts.values(), crds):
        _compare(command, around, marks, made, name)
    if doubles:
        _with_doubles(command, usual, single(written, last=True), made)
        for at in kept:
            staged.write(at, texts[at] if at in doubles else marks.mark(at, texts[at]))
    if "cluster" in found.depends:
        _with_lookups(command, usual, kept, marks, made)
    _tell_doubts(staged, texts, made)
    _tell_ignored(command, usual, made)
    return made


def _without_definitions(staged: Staged, texts: Mapping[str, str], made: Made) -> None:
    """Leave definitions out of what is rendered again: they are the largest part of many charts, and run nothing."""
    for at, text in texts.items():
        if set(_TOP_KIND.findall(text)) == {_DEFINITION}:
            staged.write(at, "")
    for one in made.pieces:
        copy = staged.copy_of(one.source) if one.kind == _DEFINITION else None
        one.settled = copy is not None and not staged.text(copy)


def _tell_lines(
    command: Command, around: Surroundings, texts: Mapping[str, str], doubles: Collection[str], made: Made
) -> bool:
    """Render with marks; return whether what is printed is the same as without."""
    marks, plain = made.marks, made.pieces
    for at, text in texts.items():
        command.staged.write(at, text if at in doubles else marks.mark(at, text))
    for _ in range(_MARKED_AGAIN):
        output = command.output(around)
        if not output.code and not output.ended:
            marked = list(pieces(output.stdout.decode("utf-8", "replace")))
            unmarked(marked, marks)
            return tell(plain, marked)
        failing = command.failing(output)
        if failing is None or failing not in texts:
            break
        command.staged.write(failing, texts[failing])
    for at, text in texts.items():
        command.staged.write(at, text)
    return False


def _tell_chance(command: Command, around: Surroundings, texts: Mapping[str, str], made: Made) -> None:
    """Render again as it is: what differs is made by chance, or by the clock."""
    marked = {at: command.staged.text(at) for at in texts}
    for at, text in texts.items():
        command.staged.write(at, text)
    output = command.output(around)
    again = numbered(list(pieces(output.stdout.decode("utf-8", "replace")))) if not output.code else {}
    ours = numbered(made.pieces)
    if ours.keys() != again.keys():
        message = "Helm renders something else each time: what is judged is one of many"
        place = Place(command.staged.main)
        made.diagnostics.append(Diagnostic("error", FAILED, message, place, unread=True))
    for key, one in ours.items():
        other = again.get(key)
        if other is not None and not same(one.text, other.text):
            one.again.append(other.text)
    for at, text in marked.items():
        command.staged.write(at, text)


def _surroundings(
    usual: Surroundings, found: Conditions, texts: Iterable[str], crds: tuple[str, ...]
) -> Iterator[Surroundings]:
    """Yield the other surroundings in which a chart may be something else."""
    if "surroundings" in found.depends:
        text = "\n".join(texts)
        if _OF_RELEASE.search(text):
            yield replace(usual, arguments=(*usual.arguments, "--is-upgrade"), told="an upgrade")
        if _OF_APIS.search(text):
            yield replace(usual, arguments=crds, told="a cluster without the APIs that it asks for")
        if _OF_VERSIONS.search(text):
            for told, version in (("an older cluster", _OLD), ("a newer cluster", _NEW)):
                yield replace(usual, arguments=(*usual.arguments, "--kube-version", version), told=told)
    for version in found.versions[:_MOST_VERSIONS]:
        asked = f"v{version}" if version.count(".") > 1 else f"v{version}.0"
        yield replace(usual, arguments=(*usual.arguments, "--kube-version", asked), told=f"Kubernetes {version}")
    for word, whose in found.releases[:_MOST_RELEASES]:
        name = word or f"{usual.name[:_SHORT]}-another"
        around = replace(usual, told=f"a release or a namespace that is called {word}" if word else "another release")
        around = replace(around, name=name) if "Name" in whose else around
        yield replace(around, namespace=name) if "Namespace" in whose else around


def _compare(command: Command, around: Surroundings, marks: Marks, made: Made, name: str) -> None:
    """Render in other surroundings, and note what differs."""
    output = command.output(around)
    if output.ended:
        message = f"Helm cannot render it for {around.told}: it is stopped: {output.ended}"
        made.diagnostics.append(Diagnostic("error", FAILED, message, Place(command.staged.main), unread=True))
    if output.code or output.ended:
        return  # it cannot be installed there
    printed = output.stdout.decode("utf-8", "replace")
    if around.name != name:
        printed = printed.replace(around.name, name)
    others = list(pieces(printed))
    unmarked(others, marks)
    _note(made, others, around.told)


def _note(made: Made, others: Sequence[Piece], told: str) -> None:
    ours, theirs = numbered(made.pieces), numbered(others)
    for key, one in ours.items():
        other = theirs.get(key)
        if other is None:
            one.perhaps = one.perhaps or f"not in {told}"
        elif not same(one.text.replace(NAMESPACE, "?"), other.text.replace(NAMESPACE, "?")):
            one.elsewhere.append(other.text)
    for key, other in theirs.items():
        if key not in ours:
            other.perhaps = f"only in {told}"
            made.pieces.append(other)


def _with_doubles(command: Command, around: Surroundings, texts: Mapping[str, str], made: Made) -> None:
    """Render with the other ones of templates that are defined twice: Helm takes any."""
    why = Unknown(Reason.TEMPLATE, note="several templates have one name, of which Helm takes any")
    for at, text in texts.items():
        if command.staged.text(at):
            command.staged.write(at, text)
    output = command.output(around)
    others = list(pieces(output.stdout.decode("utf-8", "replace"))) if not output.code else []
    unmarked(others, made.marks)
    ours, theirs = numbered(made.pieces), numbered(others)
    for key, one in ours.items():
        other = theirs.get(key)
        if other is not None and not same(one.text, other.text):
            one.unlike.append((other.text, (why,)))
    for key, other in theirs.items():
        if key not in ours:
            other.perhaps, other.why = "there or not", why
            made.pieces.append(other)


def _with_lookups(command: Command, around: Surroundings, texts: Mapping[str, str], marks: Marks, made: Made) -> None:
    """Render as if all that templates look up in a cluster were there. Those that cannot be rendered so are told."""
    changed = {at: text for at, text in texts.items() if "lookup" in text}
    for at, text in changed.items():
        command.staged.write(at, marks.mark(at, with_lookups(text)))
    told = "a cluster where what it looks up is there already"
    for _ in range(len(changed) + 1):
        output = command.output(around)
        if not output.code and not output.ended:
            others = list(pieces(output.stdout.decode("utf-8", "replace")))
            unmarked(others, marks)
            _note(made, others, told)
            break
        failing = command.failing(output)
        if failing is None or failing not in texts or command.staged.text(failing) == texts[failing]:
            _not_told(command.staged, made, FOLDER)
            break
        if not _is_harmless(command.staged, made.pieces, failing, texts[failing]):
            _not_told(command.staged, made, failing)
        command.staged.write(failing, texts[failing])


_KINDS: Final = re.compile(r"^[ \t]*(?:- )?[\"']?kind[\"']?:[ \t]*(.*?)[ \t]*$", re.MULTILINE)


def _is_harmless(staged: Staged, several: Sequence[Piece], at: str, text: str) -> bool:
    """Whether nothing that a template makes runs anything, whichever way it is rendered."""
    if set(_TOP_KIND.findall(text)) == {_DEFINITION}:
        return True
    written = {one.strip("\"'") for one in _KINDS.findall(text)}
    printed = {one.kind for one in several if staged.copy_of(one.source) == at}
    return bool(written) and written <= HARMLESS and printed <= HARMLESS


def _not_told(staged: Staged, made: Made, at: str) -> None:
    message = "what is rendered depends on what it looks up in the cluster, and the other way cannot be rendered"
    place = Place(staged.written.get(at, staged.main))
    made.diagnostics.append(Diagnostic("error", DEPENDS, message, place, unread=True))


def _tell_doubts(staged: Staged, texts: Mapping[str, str], made: Made) -> None:
    """Say which conditions are not told, of what runs nothing as a warning."""
    told: set[tuple[str, int, str]] = set()
    for one in made.conditions.doubts:
        file = staged.written[one.at]
        line = one.line if file not in staged.archives else 0
        if (file, line, one.why) in told:
            continue
        told.add((file, line, one.why))
        runs = not _is_harmless(staged, made.pieces, one.at, texts[one.at])
        made.diagnostics.append(
            Diagnostic("error" if runs else "warning", DEPENDS, one.why, Place(file, line), unread=runs)
        )


def _tell_ignored(command: Command, around: Surroundings, made: Made) -> None:
    """Say which templates are not deployed only because the chart has Helm ignore them."""
    staged = command.staged
    own = {line.strip() for line in staged.text(_IGNORING).splitlines()} - _IGNORED_BY_ALL
    if not any(line and not line.startswith("#") for line in own):
        return
    staged.write(_IGNORING, "")
    output = command.output(around)
    known = {one.source for one in made.pieces}
    found = {} if output.code else {one.source: one for one in pieces(output.stdout.decode("utf-8", "replace"))}
    for source in sorted(found.keys() - known):
        message = "this template would be deployed, but for the file .helmignore of its chart"
        made.diagnostics.append(Diagnostic("error", LEFT_OUT, message, Place(staged.file_of(source)), unread=True))


_IGNORING: Final = f"{FOLDER}/.helmignore"
_IGNORED_BY_ALL: Final = frozenset(
    {
        ".DS_Store", ".git/", ".gitignore", ".bzr/", ".bzrignore", ".hg/", ".hgignore", ".svn/", "*.swp", "*.bak",
        "*.tmp", "*.orig", "*~", ".project", ".idea/", "*.tmproj", ".vscode/", "README.md", "*.md", "ci/", "tests/",
    }
)  # fmt: skip
"""What `helm create` writes there, and what is no template."""
