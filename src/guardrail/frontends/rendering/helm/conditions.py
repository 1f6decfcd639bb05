"""
What a chart makes depend on more than its values: on the cluster, on the release, on the clock, on chance.

Helm renders without a cluster, and in one way of many. What depends on such a thing is rendered in other surroundings
too; what differs there is not known, and what cannot be told is said.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from itertools import pairwise
from typing import Final, Literal, Optional

from guardrail.frontends.rendering.helm.actions import Action, actions
from guardrail.frontends.rendering.helm.marks import Line
from guardrail.model.dataclass import dataclass
from guardrail.model.value import Reason, Unknown

Dependence = Literal["chance", "cluster", "surroundings", "release"]
"""Chance and clock; objects of a cluster; its version, its APIs and what is installed; the name of the release."""

_WORDS: Final[Mapping[Dependence, re.Pattern[str]]] = {
    "chance": re.compile(
        r"(?<![.\w$])(?:rand(?:Alpha|Numeric|Ascii|Bytes|Int)\w*|shuffle|uuidv4|now|ago|date(?:InZone|_in_zone)?"
        r"|htmlDate(?:InZone)?|gen(?:CA|PrivateKey|SelfSigned|Signed)\w*|bcrypt|htpasswd|encryptAES)\b"
    ),
    "cluster": re.compile(r"(?<![.\w$])(?:lookup|getHostByName)\b"),
    "surroundings": re.compile(
        r"(?<![\w.])(?:\$\w*)?(?:\.[A-Za-z]\w*)*?"
        r"(?:\.Capabilities|\.Release\.(?:IsUpgrade|IsInstall|Revision)|(?<!\w)\.(?:IsUpgrade|IsInstall|APIVersions))\b"
    ),
    "release": re.compile(
        r"\.Release(?:\.(?:Name|Namespace))?(?![\w.])"  # a part of it, or as a whole
        r"|\b(?:range|to(?:Pretty|Raw)?Json|toYaml|toString|print\w*|quote|values|pick|omit|pluck)\s[^|]*(?<![\w.)])\$(?![\w.])"
    ),
}
_NAMED: Final = re.compile(r'"(?:Release|Capabilities|IsUpgrade|IsInstall|Revision|APIVersions|KubeVersion)"')
_INCLUDED: Final = re.compile(r'\b(?:include|template)\s+"([^"]+)"')
_RENDERS: Final = re.compile(r"(?<![.\w$])tpl\b")
_INCLUDES_ANY: Final = re.compile(r"\b(?:include|template)\s+(?:\(|\$|\.)")
"""A template whose name is put together. It is a file mostly, of which somebody takes the checksum."""

_COMPUTED: Final = re.compile(r"\btpl\s+(?:\(\s*)+(?:print\w*|cat|join|replace|b64dec|trim\w*|regexReplace\w*)\b")
_VARIABLE: Final = re.compile(r"\$\w+")
_COMPARES: Final = re.compile(
    r"(?<![.\w$])(?:eq|ne|has|contains|hasPrefix|hasSuffix|(?:must)?[rR]egexMatch|regexFind|ternary)\b"
)
_SELECTS: Final = re.compile(r"(?<![.\w$])(?:hasKey|get|index|dig|pluck|pick|omit)\b")
_SELECTS_BY_TEXTS: Final = re.compile(r'(?<![.\w$])(?:hasKey|get|index)\s+[$.\w]+(?:\s+"")+')
"""What takes an element of a map or a list: by what the release is called, or by a text, which says nothing of it."""

_SHOWS_ALL: Final = re.compile(r"\b(?:to(?:Pretty|Raw)?Json|toYaml|toString|print\w*|quote)\s+[$.](?![\w.])")
"""What makes a text of an object with all that is in it."""

_OF_RELEASE: Final = r"\(?\s*\$?\.Release\.(?:Name|Namespace)\s*\)?"
_TOLD: Final = re.compile(
    rf"""(?<![.\w$])(?:(?:eq|ne|contains|hasPrefix|hasSuffix)\s+(?:{_OF_RELEASE}|"")(?:\s+(?:{_OF_RELEASE}|""))+"""
    rf"""|has\s+{_OF_RELEASE}\s+\(\s*list(?:\s+"")+\s*\))"""
)
"""A comparison with texts: each is tried."""

_LITERAL: Final = re.compile(r'"([a-z0-9](?:[-a-z0-9]{0,51}[a-z0-9])?)"')
_WHOSE: Final = re.compile(r"\.Release\.(Name|Namespace)\b")
_BOTH: Final = frozenset({"Name", "Namespace"})

_CONTROLS: Final = frozenset({"if", "else", "with", "range"})
_APIS: Final = re.compile(r"APIVersions\.Has\s+\(?\s*[\"`]([\w./-]+)[\"`]")
_SOME_API: Final = re.compile(r"[\"`]((?:[\w-]+\.)*[\w-]+/v\d\w*(?:/\w+)?)[\"`]")
_ASKS_APIS: Final = re.compile(r"\bAPIVersions\b")
_ASKS_ONE_API: Final = re.compile(r'\bAPIVersions\.Has\s+\(?\s*""')
_PUT_TOGETHER: Final = re.compile(
    r"\b(?:print\w*|cat|join|replace|b64dec|trim\w*|regexReplace\w*|lower)\b|\$\w|\.Values\b"
)
_REVISION: Final = re.compile(r"\bRevision\b")
_VERSION: Final = re.compile(r"\b1\.(?:1[6-9]|[2-9]\d)(?:\.\d+)?\b")
_ONE_VERSION: Final = re.compile(r"\.(?:KubeVersion|HelmVersion)\b")
_EMPTY: Final = re.compile(r'""')
_NAME_OF_RELEASE: Final = re.compile(r"\bcontains\s+(?:\$\w+|\.Chart\.Name)\s+[\w.$]*\.Release\.Name\b")
"""How names are made so that they hold the name of the release once: `helm create` writes it into every chart."""

_MOST_APIS: Final = 200
_MOST_RELEASES: Final = 6
_MOST_VERSIONS: Final = 8
"""How many names and versions are tried. Whoever asks for more hides one behind others."""

_LOOKUP: Final = re.compile(r"(?<![.\w$])lookup\b")
_THERE: Final = (
    'coalesce (dict "apiVersion" "v1" "kind" "Any" "metadata" (dict "name" "any" "labels" (dict "any" "any")'
    ' "annotations" (dict "any" "any")) "data" (dict "any" "any") "spec" (dict "any" "any")'
    ' "status" (dict "any" "any") "items" (list (dict "metadata" (dict "name" "any"))))'
)
"""What stands in for `lookup` to see what a chart makes of an object that is there: the first of its arguments."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something in a template that is not told: where it is (a copy and its line), and why."""

    at: str
    line: int
    why: str


@dataclass(slots=True)
class Conditions:
    """
    What the templates of a chart depend on.

    `depends` is all of it. `apis` are the APIs and `versions` those of Kubernetes that they ask for, `releases` the
    names of releases and namespaces that they look for (`Name`, `Namespace` or both; "" for any other name). `doubts`
    are the conditions whose other side cannot be rendered, `rendered` what texts among the values depend on.
    """

    depends: set[Dependence] = field(default_factory=set)
    apis: tuple[str, ...] = ()
    versions: tuple[str, ...] = ()
    releases: tuple[tuple[str, frozenset[str]], ...] = ()
    doubts: list[Doubt] = field(default_factory=list)
    rendered: set[Dependence] = field(default_factory=set)
    _templates: dict[str, set[Dependence]] = field(default_factory=dict)
    _variables: dict[str, dict[str, set[Dependence]]] = field(default_factory=dict)

    def of(self, at: str, action: Action) -> set[Dependence]:
        """Return what an action depends on."""
        found = {kind for kind, words in _WORDS.items() if words.search(action.code)}
        if _NAMED.search(action.body):
            found.add("surroundings")
        for name in _INCLUDED.findall(action.body):
            found |= self._templates.get(name, set())
        if _INCLUDES_ANY.search(action.body) and "BasePath" not in action.body:
            found.update(*self._templates.values())
        if _RENDERS.search(action.code):
            found |= self.rendered
        variables = self._variables.get(at, {})
        for name in _VARIABLE.findall(action.code) if variables else ():
            found |= variables.get(name, set())
        return (
            found - {"release"} if "cluster" in found else found
        )  # of what is looked up: rendered as if it were there

    def unknown(self, line: Line) -> Optional[Unknown]:
        """Return what stands for the value on a line of a template that depends on more than values."""
        found: set[Dependence] = set()
        for action in line.printing:
            found |= self.of(line.file, action)
        if "chance" in found:
            return Unknown(Reason.TEMPLATE, note="its template makes it by chance or by the clock")
        if found & {"cluster", "surroundings"}:
            return Unknown(Reason.ENVIRONMENT, note="its template makes it of what is known in a cluster only")
        return None


def conditions(texts: Mapping[str, str], values: Iterable[str] = ()) -> Conditions:
    """Return what templates depend on, by where they are."""
    parsed = {at: list(actions(text)) for at, text in texts.items()}
    found = Conditions(apis=_apis(texts.values())[:_MOST_APIS])
    documents = {name for at, text in texts.items() for name in _documents(text, parsed[at])}
    for text in values:
        if "{{" in text:
            inside = actions(text.replace('\\"', '"'))  # in quotes of YAML
            found.rendered.update(kind for one in inside for kind in found.of("", one))
    _spread(found, parsed, documents)
    releases: dict[tuple[str, frozenset[str]], None] = {("", _BOTH): None}
    versions: dict[str, None] = {}
    for at, several in parsed.items():
        for action in several:
            kinds = found.of(at, action)
            found.depends |= kinds
            if "surroundings" in kinds and (action.defined is None or action.defined in documents):
                versions.update(dict.fromkeys(_VERSION.findall(action.body)))
            doubt = _doubt(action, kinds) or _selects(found, at, action, kinds)
            if "release" in kinds and _COMPARES.search(action.code) and not _is_usual(action):
                whose = frozenset(_WHOSE.findall(action.code)) or _BOTH
                releases.update(dict.fromkeys((one, whose) for one in _LITERAL.findall(action.body)))
            if len(releases) > _MOST_RELEASES or len(versions) > _MOST_VERSIONS:
                doubt = doubt or "what is rendered depends on more names or versions than are tried"
            if doubt:
                found.doubts.append(Doubt(at, texts[at].count("\n", 0, action.start) + 1, doubt))
    found.releases = tuple(releases)[:_MOST_RELEASES]
    found.versions = tuple(versions)[:_MOST_VERSIONS]
    return found


def _apis(texts: Collection[str]) -> tuple[str, ...]:
    """Return the APIs that templates ask for, and all that are written in those that ask in another way."""
    asked = {name for text in texts for name in _APIS.findall(text)}
    others = {name for text in texts if _ASKS_APIS.search(text) for name in _SOME_API.findall(text)}
    return (*sorted(asked), *sorted(others - asked))


def with_lookups(text: str) -> str:
    """Return a template as if what it looks up in a cluster were there."""
    made: list[str] = []
    done = 0
    for action in actions(text):
        if "lookup" in action.code:
            made += [text[done : action.start], _LOOKUP.sub(_THERE, text[action.start : action.end])]
            done = action.end
    return "".join((*made, text[done:]))


def _documents(text: str, several: Sequence[Action]) -> Iterator[str]:
    """Yield the templates in a text that print more than a name."""
    for before, action in pairwise(several):
        if action.defined is not None and ":" in text[before.end : action.start]:
            yield action.defined


def _spread(found: Conditions, parsed: Mapping[str, Sequence[Action]], documents: Collection[str]) -> None:
    """
    Have the templates that are included, and variables, depend on what their actions depend on.

    That `documents` show the name of a release somewhere says nothing.
    """
    for _ in range(8):
        before = sum(map(len, found._templates.values()))  # noqa: SLF001 - this makes them
        for at, several in parsed.items():
            variables = found._variables.setdefault(at, {})  # noqa: SLF001
            for action in several:
                kinds = found.of(at, action)
                for name in action.assigns if kinds else ():
                    variables[name] = variables.get(name, set()) | kinds
                if kinds and action.defined is not None:
                    more = kinds - {"release"} if action.defined in documents else kinds
                    found._templates.setdefault(action.defined, set()).update(more)  # noqa: SLF001
        if sum(map(len, found._templates.values())) == before:  # noqa: SLF001
            return


def _doubt(action: Action, kinds: set[Dependence]) -> str:
    """Return why the other side of a condition cannot be rendered, "" if it can or there is none."""
    if _COMPUTED.search(action.body):
        return "it renders a template whose text or name it puts together"
    controls = action.keyword in _CONTROLS and bool(action.code[len(action.keyword) :].strip())
    if "chance" in kinds and controls:
        return "what is rendered depends on chance or on the clock"
    if _ONE_VERSION.search(action.code) and (
        _COMPARES.search(action.code) or (controls and "HelmVersion" in action.code)
    ):
        return "what is rendered depends on one version of Kubernetes or of Helm"
    if controls and _REVISION.search(action.body):
        return "what is rendered depends on how often it was installed"
    if _ASKS_APIS.search(_ASKS_ONE_API.sub("", action.code)) and _PUT_TOGETHER.search(action.code):
        return "what is rendered depends on an API whose name it puts together"
    told = _is_usual(action) or _LITERAL.search(action.body) is not None or _EMPTY.search(action.body) is not None
    if "release" in kinds and _COMPARES.search(action.code) is not None and not told:
        return "what is rendered depends on the name or the namespace of the release"
    return ""


def _selects(found: Conditions, at: str, action: Action, kinds: set[Dependence]) -> str:
    """Return why not all that a release may be called is tried: other than by comparison with a text."""
    if "cluster" in kinds and action.keyword in _CONTROLS and _COMPARES.search(action.code):
        return "what is rendered depends on what an object of the cluster says"
    if action.keyword in _CONTROLS and _SHOWS_ALL.search(action.code):
        return "what is rendered depends on all that it is rendered with"
    if "release" not in kinds or _is_usual(action):
        return ""
    rest = _SELECTS_BY_TEXTS.sub("", _TOLD.sub("", action.code))
    asks = _SELECTS.search(rest) or (_COMPARES.search(rest) and not _INCLUDED.search(action.body))
    if asks and "release" in found.of(at, replace(action, code=rest, body="")):
        return "what is rendered depends on the name or the namespace of the release"
    return ""


def _is_usual(action: Action) -> bool:
    """Whether it only makes a name that holds the name of the release once."""
    return action.defined is not None and _NAME_OF_RELEASE.search(action.code) is not None
