"""From a directory to what it declares. All that Terraform would read is read; a file that cannot be costs itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import field
from functools import lru_cache
from typing import Final, Optional, TypeVar

from guardrail.errors import SourceError
from guardrail.frontends.terraform.advice import advice
from guardrail.frontends.terraform.cache import SyntaxCache
from guardrail.frontends.terraform.declarations import (
    Declaration,
    Declarations,
    Local,
    overlaid,
    provider_key,
)
from guardrail.frontends.terraform.glance import may_mark
from guardrail.frontends.terraform.syntax import File
from guardrail.frontends.terraform.syntax.nodes import Block, Literal, Node, Object, ObjectItem
from guardrail.frontends.terraform.syntax.spelling import is_name
from guardrail.model.dataclass import dataclass
from guardrail.model.finding import Diagnostic
from guardrail.model.place import Place
from guardrail.sources.tree import Tree, unread

_Key = TypeVar("_Key")

ENDINGS: Final = (".tf", ".tf.json", ".tofu", ".tofu.json")

_LABELS: Final = {
    "resource": 2, "data": 2, "ephemeral": 2, "module": 1, "variable": 1, "output": 1, "provider": 1, "locals": 0,
    "terraform": 0, "moved": 0, "removed": 0, "import": 0, "check": 1, "action": 2, "list": 2,
}  # fmt: skip
"""How many labels the blocks have that may stand in a file."""


@lru_cache(maxsize=4096)  # a tenth of a check against a base: it has the folders of head, each asked for again
@lru_cache(maxsize=1024)
def configuration_files(names: tuple[str, ...]) -> tuple[str, ...]:
    """
    Return those names of a directory that make up a module, override files last.

    Backups of editors are not among them, and of `a.tf` and `a.tofu` only the latter, which is what OpenTofu reads.
    """
    present = set(names)
    chosen = [
        name
        for name in names
        if name.endswith(ENDINGS)
        and not name.startswith(".")
        and not name.endswith("~")
        and not (name.startswith("#") and name.endswith("#"))
        and _preferred(name) not in present
    ]
    return tuple(sorted(chosen, key=lambda name: (_is_override(name), name)))


def _preferred(name: str) -> str:
    """Return the file that would be read instead of this one; none ends in a slash."""
    for ending, other in ((".tf", ".tofu"), (".tf.json", ".tofu.json")):
        if name.endswith(ending):
            return name.removesuffix(ending) + other
    return "/"


def _is_override(name: str) -> bool:
    stem = name.partition(".")[0]
    return stem == "override" or stem.endswith("_override")


@dataclass(slots=True)
class Reader:
    """Reads the directories of one tree. `tell` takes what goes wrong."""

    tree: Tree
    cache: SyntaxCache
    tell: Callable[[Diagnostic], None]
    contents: dict[str, str] = field(default_factory=dict)
    """The id of the content of each file that was read, by path."""

    def declarations(self, directory: str) -> Declarations:
        """Return what a directory declares. One that is not there raises a `SourceError`."""
        found = Declarations(directory)
        listed = self.tree.listdir(directory)
        names = configuration_files(listed)
        paths = {name: f"{directory}/{name}" if directory else name for name in names}
        self.tree.prefetch(paths.values())
        for name in names:
            file = self.file(paths[name])
            if file is None:
                found.complete = False
                continue
            found.complete = found.complete and file.complete
            found.marks = found.marks or may_mark(file.text, json=name.endswith(".json"))
            _Collector(found, file, self, override=_is_override(name)).collect()
        for name in listed:
            if name.endswith(ENDINGS) and _preferred(name) in listed:
                self._shadowed(f"{directory}/{name}" if directory else name, _preferred(name))
        return found

    def _shadowed(self, path: str, by: str) -> None:
        """
        Say of a file that OpenTofu passes over that Terraform would not: which of them is used, nobody says.

        One that states versions and nothing else creates nothing, and is only mentioned.
        """
        try:
            blob = self.cache.read(self.tree, path)
            if blob.id == self.contents.get(f"{path.rpartition('/')[0]}/{by}".lstrip("/")):
                return
            content = blob.id
            if _states_versions_only(self.cache.file(blob, path)):
                message = f"OpenTofu reads {by} in its place; it states versions only, so that nothing is missed"
                self.tell(Diagnostic("info", "shadowed", message, Place(path)))
                return
        except UnicodeDecodeError:
            content = blob.id
        except SourceError as error:
            content = error.content
        message = f"OpenTofu reads {by} in its place, Terraform reads this one; it is not judged"
        hint = "Keep one of the two, or let scan-incomplete only warn where it is meant so."
        self.tell(Diagnostic("error", "shadowed", message, Place(path), hint, unread=True, content=content))

    def file(self, path: str) -> Optional[File]:
        """Return a file as far as it can be read, None where it cannot. Says what is wrong with it."""
        try:
            blob = self.cache.read(self.tree, path)
            self.contents[path] = blob.id
            file = self.cache.file(blob, path)
        except SourceError as error:
            self.tell(unread(error, path))
            return None
        except UnicodeDecodeError as error:
            message = f"not UTF-8: byte {error.start} cannot be decoded"
            self.tell(Diagnostic("error", "encoding", message, Place(path), "Save it as UTF-8.", True, blob.id))
            return None
        for problem in file.errors:
            place = file.place(problem.start, problem.end)
            self.tell(Diagnostic("error", "hcl-syntax", problem.message, place, problem.hint, True, blob.id))
        return file


def _states_versions_only(file: File) -> bool:
    """Whether a file says which versions of Terraform and of providers are wanted, and nothing else."""
    return (
        file.complete
        and not file.body.arguments
        and all(
            block.type == "terraform" and all(inner.type in _OF_VERSIONS for inner in block.body.blocks)
            for block in file.body.blocks
        )
    )


_OF_VERSIONS: Final = frozenset({"required_providers", "provider_meta"})


@dataclass(slots=True)
class _Collector:
    """Takes the blocks of one file into the declarations of its directory."""

    into: Declarations
    file: File
    reader: Reader
    override: bool

    def collect(self) -> None:
        lost = not self.file.complete  # then it may be what is left of a block
        for argument in () if lost else self.file.body.arguments.values():
            self._warn("hcl-unsupported", f'an argument "{argument.name}" means nothing outside of blocks', argument)
        for block in self.file.body.blocks:
            wanted = _LABELS.get(block.type)
            if wanted is None:
                self._warn("hcl-unsupported", f'blocks of type "{block.type}" are not understood', block)
            elif wanted != len(block.labels):
                self._unusable(f'a "{block.type}" block has {wanted} labels, this one {len(block.labels)}', block)
            elif block.type in _WITH_NAMES and not all(map(is_name, block.labels)):
                self._no_name(next(label for label in block.labels if not is_name(label)), block)
            else:
                self._take(block)

    def _take(self, block: Block) -> None:
        into, labels = self.into, block.labels
        if block.type == "locals":
            self._locals(block)
        elif block.type in ("resource", "data", "ephemeral"):
            among = {"resource": into.resources, "data": into.data, "ephemeral": into.ephemeral}[block.type]
            self._declare(among, (labels[0], labels[1]), block)
        elif block.type in ("variable", "output", "module"):
            by_name = {"variable": into.variables, "output": into.outputs, "module": into.modules}[block.type]
            self._declare(by_name, labels[0], block)
        elif block.type == "provider":
            key = provider_key(block)
            if key is not None:
                self._declare(into.providers, key, block, new_in_override="." not in key)
        elif block.type == "terraform":
            for inner in block.body.blocks:
                if inner.type == "required_providers":
                    into.provider_sources.update(_provider_sources(inner))
        elif block.type == "moved":
            into.moved.append(Declaration(block, self.file))

    def _declare(
        self, among: dict[_Key, Declaration], key: _Key, block: Block, *, new_in_override: bool = False
    ) -> None:
        declaration = Declaration(block, self.file)
        known = among.get(key)
        if self.override and known is not None:
            among[key] = overlaid(known, declaration)
        elif self.override and not new_in_override and self.into.complete:
            self._unusable(f"there is no {_named(block)} that this could override", block)
        elif known is not None:
            first = known.file.place(known.block.start)
            self._unusable(f"{_named(block)} is declared a second time, first at {first}", block)
        else:
            among[key] = declaration

    def _locals(self, block: Block) -> None:
        for name, argument in block.body.arguments.items():
            known = self.into.locals.get(name)
            if not is_name(name):  # in JSON syntax
                self._no_name(name, argument)
            elif self.override and known is None and self.into.complete:
                self._unusable(f"there is no local.{name} that this could override", argument)
            elif known is not None and not self.override:
                first = known.file.place(known.argument.start)
                self._unusable(f"local.{name} is defined a second time, first at {first}", argument)
            else:
                self.into.locals[name] = Local(argument, self.file)

    def _no_name(self, name: str, node: Node) -> None:
        said = "a letter or underscore, then letters, digits, underscores and dashes"
        self._unusable(f"{json.dumps(name, ensure_ascii=False)} is no name: {said}", node)

    def _warn(self, code: str, message: str, node: Node) -> None:
        place = self.file.place(node.start, _header_end(node))
        self.reader.tell(Diagnostic("warning", code, message, place, advice(code)))

    def _unusable(self, message: str, node: Node) -> None:
        """Tell of a block that Terraform would refuse the whole module for: it could not be taken into account."""
        place = self.file.place(node.start, _header_end(node))
        content = self.reader.contents[self.file.path]
        hint = advice("hcl-declaration")
        self.reader.tell(Diagnostic("error", "hcl-declaration", message, place, hint, unread=True, content=content))


_WITH_NAMES: Final = frozenset({"resource", "data", "ephemeral", "variable", "output", "module"})
"""Blocks whose labels are names that expressions refer to."""


def _header_end(node: Node) -> int:
    return node.header_end if isinstance(node, Block) else node.end


def _named(block: Block) -> str:
    return (
        ".".join((block.type, *block.labels))
        if block.type in ("variable", "output", "module")
        else " ".join((block.type, ".".join(block.labels)))
    )


def _provider_sources(block: Block) -> Mapping[str, str]:
    """Return the source (`hashicorp/aws`) of each provider by its local name, as far as it is stated."""
    sources: dict[str, str] = {}
    for name, argument in block.body.arguments.items():
        if isinstance(argument.value, Object):
            stated = next((item for item in argument.value.items if _key_is(item, "source")), None)
            if stated is not None and isinstance(stated.value, Literal) and isinstance(stated.value.value, str):
                sources[name] = stated.value.value
    return sources


def _key_is(item: ObjectItem, name: str) -> bool:
    return isinstance(item.key, Literal) and item.key.value == name
