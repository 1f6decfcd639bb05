"""
Makes edits of real Terraform files, and looks at what became of the files.

    python tools/fuzz_edits.py DIRECTORY                    every directory below it, as a root
    python tools/fuzz_edits.py DIRECTORY --each 5 --seed 2   five edits of a kind for a resource, others than before

Attributes are given another value, arguments and tags are added, arguments are removed. That the value is the one
that was asked for, `guardrail.frontends.terraform.edits` tries by itself. Here the file is read again: only one
argument may say something else, no byte outside of the edit may be another one, and a file that was formatted as
`terraform fmt` does it must still be (where that is on PATH). Ends with 1 where one of it is not so.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Optional

from guardrail.frontends.terraform.configuration import configuration_files
from guardrail.frontends.terraform.edits import Edit, Refusal, Root, add, applied, assign, remove
from guardrail.frontends.terraform.syntax import File, nodes, parse, parse_json, parse_json_values
from guardrail.frontends.unit import Unit
from guardrail.model.path import pointer
from guardrail.model.resource import Resource
from guardrail.model.value import Unknown
from guardrail.sources.locate import Root as Place
from guardrail.sources.tree import Tree
from guardrail.sources.worktree import worktree

KINDS = ("assign", "add", "add a tag", "remove")
BATCH = 400


@dataclass
class Tally:
    """What came of it so far."""

    made: Counter[str] = field(default_factory=Counter)
    refused: Counter[tuple[str, str]] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    texts: list[tuple[str, bytes, bytes]] = field(default_factory=list)
    """Where, before and after, of files in native syntax whose layout was not looked at yet."""
    formatted: int = 0
    slowest: float = 0.0

    def take(self, kind: str, where: str, edit: Edit, before: bytes) -> None:
        """Look at an edit."""
        after = applied(before, [edit])
        self.made[kind] += 1
        if after[: edit.start] != before[: edit.start] or not after.endswith(before[edit.end :]):
            self.wrong.append(f"{where}: another byte changed")
        problem = told(before, after, edit.file)
        if problem:
            self.wrong.append(f"{where}: {problem}: {edit.says}")
        if not edit.file.endswith(".json"):
            self.texts.append((where, before, after))
        if len(self.texts) >= BATCH:
            self.look_at_layout()

    def look_at_layout(self) -> None:
        """Ask `terraform fmt` about the files that were changed."""
        texts, self.texts = self.texts, []
        if shutil.which("terraform") is None or not texts:
            return
        stands = unformatted([before for _, before, _ in texts])
        stood = unformatted([after for _, _, after in texts])
        self.formatted += len(texts) - len(stands)
        self.wrong += [f"{texts[at][0]}: no longer formatted" for at in sorted(stood - stands)]

    def __str__(self) -> str:
        """Return the figures."""
        made = ", ".join(f"{number:,} × {kind}" for kind, number in sorted(self.made.items()))
        refused = ", ".join(f"{kind} {code} {number:,}" for (kind, code), number in sorted(self.refused.items()))
        return (
            f"{sum(self.made.values()):,} edits ({made}), {len(self.wrong)} of them wrong; {self.formatted:,} of files "
            f"that were formatted; slowest {self.slowest:.1f} s\nrefused: {refused}"
        )


def unformatted(texts: list[bytes]) -> set[int]:
    """Return which of these texts `terraform fmt` would change."""
    with tempfile.TemporaryDirectory() as folder:
        for number, text in enumerate(texts):
            Path(folder, f"m{number}.tf").write_bytes(text)
        environment = {"PATH": os.environ["PATH"], "HOME": folder, "TF_CLI_CONFIG_FILE": os.devnull}
        command = ["terraform", "fmt", "-no-color", "-write=false", "-list=true", folder]
        ran = subprocess.run(command, env=environment, capture_output=True, check=False)  # noqa: S603 - ours
        return {int(Path(line).stem[1:]) for line in ran.stdout.decode().split("\n") if line.endswith(".tf")}


def told(before: bytes, after: bytes, path: str) -> str:
    """Return what is wrong with the tree of an edited file: more than one argument, or entry, is another one."""
    one, other = (read(data, path) for data in (before, after))
    if other.errors:
        return f"{other.errors[0].message}"
    left, right = Counter(arguments(one)), Counter(arguments(other))
    gone, come = sum((left - right).values()), sum((right - left).values())
    return "" if gone <= 1 and come <= 1 and gone + come else f"{gone} arguments are gone and {come} have come"


def read(data: bytes, path: str) -> File:
    """Return a file."""
    reader: Callable[[str, str], File] = parse
    if path.endswith(".json"):
        reader = parse_json_values if path.endswith(".tfvars.json") else parse_json
    return reader(data.decode(), path)


def arguments(file: File) -> Iterator[str]:
    """Yield what each argument of a file says, with the blocks that it stands in, without its layout."""
    pending: list[tuple[str, nodes.Body]] = [("", file.body)]
    while pending:
        where, body = pending.pop()
        for name, argument in body.arguments.items():
            yield f"{where} {name} = {words(argument.value)}"
        for number, block in enumerate(body.blocks):
            header = f"{where} {block.type}{block.labels}#{number}"
            yield header
            pending.append((header, block.body))


def words(node: Any) -> str:
    """Return what an expression says."""
    if isinstance(node, nodes.Node):
        slots = (slot for slot in type(node).__slots__ if slot not in ("start", "end"))
        return f"{type(node).__name__}({', '.join(words(getattr(node, slot)) for slot in slots)})"
    return f"[{', '.join(map(words, node))}]" if isinstance(node, tuple) else repr(node)


def other(value: object, dice: random.Random) -> Any:
    """Return another value of the same type."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, Decimal)):
        return value + dice.choice((1, 10, 1000000))
    if isinstance(value, str):
        return value + dice.choice(("x", " and so on", "-${é}\n", '"'))
    return dice.choice(("x", 1, True, {"a": 1, "longer": [1, "2"]}, ["a", "b"]))


def leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield the known primitive values with their paths."""
    if isinstance(value, Mapping):
        for name, each in value.items():
            yield from leaves(each, (*path, str(name)))
    elif isinstance(value, (list, tuple)):
        for at, each in enumerate(value):
            yield from leaves(each, (*path, str(at)))
    elif path and not isinstance(value, Unknown):
        yield path, value


def edits(resource: Resource, each: int, dice: random.Random) -> Iterator[tuple[str, str, Any]]:
    """Yield some edits of each kind: the kind, the path, and a value."""
    found = list(leaves(resource.attributes))
    for path, value in dice.sample(found, min(each, len(found))):
        yield "assign", pointer(path), other(value, dice)
    yield "add", f"/zz_{'x' * dice.randrange(30)}", dice.choice(("x", 1, ["a"], {"a": 1}))
    yield "add a tag", "/tags/owned-by", "x"
    for path, _ in dice.sample(found, min(each, len(found))):
        yield "remove", pointer(path), None


def tried(root: Root, resource: Resource, kind: str, path: str, value: Any) -> Any:
    """Return what comes of one."""
    if kind == "remove":
        return remove(root, resource.address, path)
    return (assign if kind == "assign" else add)(root, resource.address, path, value)


def units(tree: Tree) -> Iterator[Unit]:
    """Yield every directory with configuration files as a root."""
    folders: dict[str, list[str]] = {}
    for path in tree.entries():
        folder, _, name = path.rpartition("/")
        folders.setdefault(folder, []).append(name)
    for folder, names in sorted(folders.items()):
        if configuration_files(tuple(sorted(names))):
            yield Unit(name=folder or ".", format="terraform", directory=folder or ".", files=())


def main(arguments_: Optional[list[str]] = None) -> int:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--each", type=int, default=2, help="edits of a kind for a resource")
    parser.add_argument("--most", type=int, default=20, help="resources of a root")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments_)
    dice, tally = random.Random(given.seed), Tally()  # noqa: S311 - nothing is secret
    tree = worktree(Place(given.directory.resolve(), None, bare=False, paths=("",)))
    for unit in units(tree):
        root = Root(tree, unit)
        resources = list(root.parsed().resources)
        for resource in dice.sample(resources, min(given.most, len(resources))):
            for kind, path, value in edits(resource, given.each, dice):
                begun = time.process_time()
                found = tried(root, resource, kind, path, value)
                tally.slowest = max(tally.slowest, time.process_time() - begun)
                if isinstance(found, Refusal):
                    tally.refused[kind, found.code] += 1
                else:
                    tally.take(kind, f"{resource.address} {path}", found, tree.read(found.file).data)
    tally.look_at_layout()
    print(tally, *tally.wrong, sep="\n")
    return 1 if tally.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
