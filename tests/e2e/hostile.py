"""
Input made by somebody who wants the run to fail: too much of everything, nested, multiplied, or no file at all.

Each case writes a folder. What is in `good` beside it must be judged all the same, and what the case is about must be
said with the code that stands here, if any: some are only much, and fine. `benchmarks/hostile.py` measures all of
them; the tests run those that are `quick`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from alone import git

GOOD = """\
provider "aws" {
  region = "us-east-1"
}

resource "aws_ebs_volume" "good" {
  availability_zone = "us-east-1a"
  size              = 10
  type              = "gp3"
}
"""
MIB = 1024 * 1024


@dataclass(frozen=True)
class Case:
    """What is written, the code of what is said of it, whether it is quick, and the arguments of the check."""

    name: str
    write: Callable[[Path], None]
    code: str = ""
    quick: bool = False
    arguments: tuple[str, ...] = ()

    def make(self, folder: Path) -> None:
        """Write the case and what must survive it."""
        _put(folder, "good/main.tf", GOOD)
        self.write(folder)


def _put(folder: Path, name: str, text: str | bytes) -> None:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))


def _file(name: str, text: Callable[[], str | bytes]) -> Callable[[Path], None]:
    return lambda folder: _put(folder, name, text())


def _files(number: int, name: str, text: Callable[[int], str]) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        for index in range(number):
            _put(folder, name.format(index), text(index))

    return write


# Terraform


def _locals(*lines: str) -> str:
    return "locals {\n" + "".join(f"  {line}\n" for line in lines) + "}\n"


def _nested(opening: str, closing: str) -> Callable[[], str]:
    return lambda: _locals(f"a = {opening * 10_000}1{closing * 10_000}")


def _tf(name: str, text: Callable[[], str], code: str = "", *, quick: bool = False) -> Case:
    return Case(f"terraform: {name}", _file("bad/main.tf", text), code, quick)


_MANY = '[for i in range(1000) : join("", [for j in range(400) : "0123456789"])]'
_INSTANCES = 'resource "aws_instance" "a" {{\n  count = 9999\n  ami = "a"\n  instance_type = "m5.large"\n  {}\n}}\n'
_VOLUMES = "".join(f'resource "aws_ebs_volume" "{name}" {{\n  count = 9999\n  size = 1\n}}\n' for name in "ab")
_HUNGRY = _locals("a = [for i in range(1000) : [for j in range(1000) : [for k in range(1000) : i + j + k]]]")


def _circle(number: int) -> str:
    return _locals(*(f"a{index} = local.a{(index + 1) % number}" for index in range(number)))


def _modules_in_a_row(folder: Path) -> None:
    call = 'module "m" {{\n  source = "{}"\n}}\n'
    _put(folder, "bad/main.tf", call.format("./m0"))
    for index in range(1_000):
        _put(folder, f"bad/m{index}/main.tf", call.format(f"../m{index + 1}"))
    _put(folder, "bad/m1000/main.tf", GOOD)


def _modules_that_double(folder: Path) -> None:
    for index in range(25):
        calls = (f'module "{name}" {{\n  source = "../m{index + 1}"\n}}\n' for name in "ab")
        _put(folder, f"bad/m{index}/main.tf", "".join(calls))
    _put(folder, "bad/m25/main.tf", GOOD)
    _put(folder, "bad/main.tf", 'module "a" {\n  source = "./m0"\n  count = 100\n}\n')


def _many_modules(folder: Path) -> None:
    calls = (f'module "m{index}" {{\n  source = "./m{index}"\n  x = 1\n}}\n' for index in range(10_000))
    _put(folder, "bad/main.tf", "".join(calls))
    for index in range(10_000):
        _put(folder, f"bad/m{index}/main.tf", 'variable "x" {}\n')


def _functions_of_files(folder: Path) -> None:
    _put(
        folder,
        "bad/main.tf",
        _locals(
            'a = templatefile("a.tftpl", {})',
            'b = file("/dev/zero")',
            'c = file("../../../etc/passwd")',
            'd = file("link")',
            'e = file("huge")',
            'f = [for x in range(1000) : fileset(path.module, "**/*")]',
        ),
    )
    _put(folder, "bad/a.tftpl", '${templatefile("a.tftpl", {})}')
    _put(folder, "bad/huge", b"a" * (40 * MIB))
    (folder / "bad/link").symlink_to("/dev/zero")
    _files(2_000, "bad/d/f{}", str)(folder)


def _terraform() -> Iterable[Case]:
    yield _tf("operators", lambda: _locals("a = 1" + "+1" * 2_000_000), "hcl-syntax", quick=True)
    yield _tf("a list", lambda: _locals("a = [" + "1," * 2_000_000 + "]"), "hcl-syntax")
    yield _tf("objects", lambda: _locals("a = [" + "{a=1}," * 600_000 + "]"), "hcl-syntax")
    yield _tf("interpolations", lambda: _locals('a = "' + "${a}" * 1_000_000 + '"'), "hcl-syntax")
    yield _tf("a heredoc of empty lines", lambda: _locals("a = <<E" + "\n" * 4_000_000 + "E"), "hcl-syntax")
    yield _tf("blocks", lambda: "a{}\n" * 1_000_000, "hcl-syntax", quick=True)
    yield _tf("unknown names", lambda: _locals(*(f"a{i}=x.y" for i in range(40_000))), "limit-diagnostics")
    for opening, closing in (("(", ")"), ("[", "]"), ("{a=", "}"), ("f(", ")"), ('"${', '}"'), ("-", ""), ("a?b:", "")):
        yield _tf(f"nested {opening}", _nested(opening, closing), "hcl-syntax", quick=opening == "(")
    yield _tf("nested blocks", lambda: "a {\n" * 10_000 + "}\n" * 10_000, "hcl-syntax")
    yield _tf("nested directives", lambda: _locals('a = "' + "%{if true}" * 9_999 + '"'), "hcl-syntax")
    yield _tf("loops in loops", lambda: _HUNGRY, "limit-steps", quick=True)
    yield _tf("huge numbers", lambda: _locals("a = 1e999999999", "b = " + "9" * MIB, "c = pow(10, 1e9)"))
    yield _tf("patterns", lambda: _locals(f's = join("", {_MANY})', 'a = regexall("(a|aa)*b", local.s)'))
    yield _tf("wide formats", lambda: _locals('a = format("%999999999d", 1)', 'b = format("%.999999999f", 1)'))
    yield _tf("products", lambda: _locals("r = range(1000)", "a = setproduct(local.r, local.r, local.r)"), "refused")
    yield _tf("texts that double", _doubling, "refused", quick=True)
    yield _tf("many long texts", lambda: _long_texts('"${local.s}{}"'), "limit-steps")
    yield _tf(
        "many encoded texts", lambda: _long_texts("base64encode(upper(substr(local.s, {}, 3000000)))"), "limit-steps"
    )
    yield _tf(
        "replacements", lambda: _locals(f's = join("", {_MANY})', 'a = replace(local.s, "0", local.s)'), "refused"
    )
    yield _tf("decoded brackets", lambda: _locals(f'a = jsondecode("{"[" * 100_000}")'), "refused")
    yield _tf("decoded lists", _decoded, "limit-steps")
    yield _tf("a million copies", lambda: 'resource "aws_eip" "a" {\n  count = 1e6\n}\n', "limit-instances", quick=True)
    yield _tf("dynamic in dynamic", _dynamic, "limit-steps")
    yield _tf("copies with many tags", lambda: _INSTANCES.format("tags = {" + _members(1_000) + "}"), "limit-steps")
    yield _tf("copies with many blocks", lambda: _INSTANCES.format("b {\n}\n" * 3_000), "limit-steps")
    yield _tf("a large circle", lambda: _circle(40_000), "hcl-cycle", quick=True)
    yield _tf("a module that calls itself", lambda: 'module "m" {\n  source = "./"\n}\n', "hcl-module", quick=True)
    yield Case("terraform: hungry roots", _files(500, "bad{:03}/main.tf", lambda i: _HUNGRY + f"# {i}"), "limit-run")
    yield Case(
        "terraform: large files", _files(100, "bad{}/main.tf", lambda i: f"#{i}\n" + "a{}\n" * MIB), "hcl-syntax"
    )
    yield Case("terraform: roots of many copies", _files(60, "bad{}/main.tf", lambda _: _VOLUMES), "limit-instances")
    yield Case("terraform: many resources", _files(4, "bad/{}.tf", _resources), "limit-resources")
    yield Case("terraform: a thousand modules in a row", _modules_in_a_row, "hcl-module")
    yield Case("terraform: modules that double", _modules_that_double, "limit-modules")
    yield Case("terraform: ten thousand modules", _many_modules)
    yield Case("terraform: functions of files", _functions_of_files, "limit-steps")
    yield Case(
        "terraform: JSON", _file("bad/a.tf.json", lambda: '{"locals": {"a": [' + "1," * MIB + "1]}}"), "hcl-syntax"
    )


def _members(number: int) -> str:
    return ", ".join(f"k{index} = {index}" for index in range(number))


def _doubling() -> str:
    return _locals('a0 = "x"', *(f'a{index + 1} = "${{local.a{index}}}${{local.a{index}}}"' for index in range(60)))


def _long_texts(expression: str) -> str:
    made = (f"a{index} = {expression.replace('{}', str(index))}" for index in range(3_000))
    return _locals(f's = join("", {_MANY})', *made)


def _decoded() -> str:
    decoded = (f'a{index} = jsondecode(replace(local.s, "1", "{index}"))' for index in range(100))
    return _locals("s = jsonencode([for i in range(1000) : [for j in range(500) : { a = j }]])", *decoded)


def _dynamic() -> str:
    inner = 'dynamic "y" {\nfor_each = range(1000)\ncontent {\na = y.value\n}\n}\n'
    return f'resource "aws_instance" "a" {{\ndynamic "x" {{\nfor_each = range(1000)\ncontent {{\n{inner}}}\n}}\n}}\n'


def _resources(part: int) -> str:
    return "".join(f'resource "a" "b{part}_{index}" {{}}\n' for index in range(37_000))


# YAML and JSON

NAMESPACE = "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: a\n"
_DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: a{0}, namespace: ml, labels: {{team: ml}}}}
spec:
  replicas: 2
  selector: {{matchLabels: {{app: serve}}}}
  template:
    metadata: {{labels: {{app: serve}}}}
    spec:
      containers:
        - {{name: serve, image: "example.com/serve:1", resources: {{limits: {{cpu: "1", memory: 2Gi}}}}}}
"""
BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)
_CONFIG = '{{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {{"name": "a"}}, "x": {}}}'


def _yaml(name: str, text: Callable[[], str | bytes], code: str = "", *, quick: bool = False) -> Case:
    return Case(f"YAML: {name}", _file("k8s/bad.yaml", text), code, quick)


def _json(name: str, text: Callable[[], str], code: str = "", *, quick: bool = False) -> Case:
    return Case(f"JSON: {name}", _file("k8s/bad.json", text), code, quick)


def _documents() -> Iterable[Case]:
    yield _yaml("nested", lambda: f"{NAMESPACE}x: {'[' * MIB}", "limit-depth", quick=True)
    yield _yaml("a million keys", lambda: NAMESPACE + "".join(f"k{i}: v\n" for i in range(MIB)), "limit-values")
    yield _yaml("numbers on a line", lambda: f"{NAMESPACE}x: [{'1,' * 16_000_000}]\n", "limit-values", quick=True)
    yield _yaml("mappings on a line", lambda: f"{NAMESPACE}x: [{'{},' * 10_000_000}]\n", "limit-values")
    yield _yaml("anchors", lambda: NAMESPACE + f"x: [{'&a 1,' * MIB}]\n", "limit-values")
    yield _yaml("aliases that explode", lambda: NAMESPACE + BOMB, "yaml-bomb", quick=True)
    yield _yaml("a huge text", lambda: f"{NAMESPACE}x: '{'a' * 31 * MIB}'\n", "limit-values")
    yield _yaml("a long comment", lambda: f"#{'x' * 20 * MIB}\n{NAMESPACE}")
    yield _yaml("NUL", lambda: NAMESPACE + 'x: "a\0b"\n', "yaml-syntax", quick=True)
    yield _yaml("surrogates", lambda: NAMESPACE + 'x: "\ud800"\n', "encoding", quick=True)
    yield _yaml("a tab", lambda: NAMESPACE + "\tx: 1\n", "yaml-syntax")
    yield _yaml("tags of Python", lambda: NAMESPACE + 'x: !!python/object/apply:os.system ["exit 1"]\n')
    yield _yaml("documents", lambda: f"{NAMESPACE}---\n" * 100_000, "limit-values")
    yield _yaml("markers", lambda: NAMESPACE + "---\n" * 5_000_000, "limit-values")
    yield _yaml("broken documents", lambda: NAMESPACE + "---\na: [\n" * 500_000, "limit-problems", quick=True)
    yield _yaml("doubled keys", lambda: NAMESPACE + "x: 1\n" * MIB, "limit-values")
    yield _yaml("directives", lambda: "%YAML 1.1\n" * 100_000 + f"---\n{NAMESPACE}", "yaml-syntax")
    yield _yaml("gaps", lambda: f"{NAMESPACE}x: [{'{{a}},' * MIB}]\n", "template")
    yield _yaml("deployments", lambda: "---\n".join(map(_DEPLOYMENT.format, range(50_000))), "limit-values")
    yield _yaml("UTF-16", lambda: f"{NAMESPACE}x: [{'1,' * 3_000_000}]\n".encode("utf-16"), "limit-values")
    dense = f"{NAMESPACE}x: [{'1,' * 4_000_000}]\n"
    yield Case("YAML: large files", _files(60, "k8s{}/a.yaml", lambda i: f"{dense}#{i}"), "limit-run")
    yield Case("YAML: many files", _files(50_000, "k8s/{0}/a.yaml", _DEPLOYMENT.format), "limit-run")
    yield _json("nested", lambda: _CONFIG.format("[" * 500_000), "limit-values")
    yield _json("a huge number", lambda: _CONFIG.format("9" * 5_000_000))
    yield _json("not a number", lambda: _CONFIG.format("[NaN, Infinity]"))
    yield _json("doubled keys", lambda: _CONFIG.format("{" + ",".join(['"a": 1'] * MIB) + "}"), "limit-values")
    yield _json("lists", lambda: _CONFIG.format("[" + ",".join(["[]"] * 8_000_000) + "]"), "limit-values", quick=True)
    yield _json("objects after each other", lambda: _CONFIG.format(1) * 100_000, "limit-values")


# Trees


Entry = tuple[str, str, bytes]
"""Mode, id and name of what stands in a tree."""


class Objects:
    """A repository whose trees are made by hand."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        git(folder, "init", "--quiet")
        self.manifest = self.blob(NAMESPACE.encode())

    def blob(self, data: bytes) -> str:
        """Return the id of a file."""
        return git(self._folder, "hash-object", "-w", "--stdin", data=data)

    def tree(self, *entries: Entry) -> str:
        """Return the id of a tree, however wrong it is."""
        kinds = {"04": "tree", "16": "commit"}
        lines = (f"{mode} {kinds.get(mode[:2], 'blob')} {content}\t".encode() + name for mode, content, name in entries)
        return git(self._folder, "mktree", "--missing", "-z", data=b"\0".join(lines) + b"\0")

    def commit(self, *entries: Entry) -> None:
        """Let `main` be a commit of this tree, with what must survive it."""
        good = self.tree(("100644", self.blob(GOOD.encode()), b"main.tf"))
        root = self.tree(*entries, ("040000", good, b"good"))
        git(self._folder, "update-ref", "refs/heads/main", git(self._folder, "commit-tree", "-m", "bad", root))


def _commit(name: str, entries: Callable[[Objects], Iterable[Entry]], code: str = "", *, quick: bool = True) -> Case:
    def write(folder: Path) -> None:
        objects = Objects(folder)
        objects.commit(*entries(objects))

    return Case(f"commit: {name}", write, code, quick, ("--head", "main"))


def _names(objects: Objects) -> Iterable[Entry]:
    for name in (
        b"a\n::error::b.yaml",
        b"\x1b[31m.yaml",
        b"\xff\xfe.yaml",
        "\u202elmay.yaml".encode(),
        b"a" * 250 + b".yaml",
    ):
        yield "100644", objects.manifest, name
    yield "100644", objects.blob(b"apiVersion: v1\nkind: [\n"), b"\x1b[32m\xff\n.yaml"


def _no_names(objects: Objects) -> Iterable[Entry]:
    inside = objects.tree(("100644", objects.manifest, b"a.yaml"))
    return [("040000", inside, name) for name in (b".git", b".GIT", b"..", b".")]


def _deep(objects: Objects) -> Iterable[Entry]:
    entry = ("100644", objects.manifest, b"a.yaml")
    for _ in range(1_000):
        entry = ("040000", objects.tree(entry), b"d")
    return [entry]


def _bomb(objects: Objects) -> Iterable[Entry]:
    entry = ("100644", objects.manifest, b"a.yaml")
    for _ in range(10):
        mode, content, _ = entry
        entry = ("040000", objects.tree(*((mode, content, f"{index}.yaml".encode()) for index in range(10))), b"d")
    return [entry]


def _wide(ending: str, files: int, folders: int) -> Callable[[Objects], Iterable[Entry]]:
    def entries(objects: Objects) -> Iterable[Entry]:
        content = objects.blob(b'resource "a" "b" {}\n') if ending == "tf" else objects.manifest
        inside = objects.tree(*(("100644", content, f"{index}.{ending}".encode()) for index in range(files)))
        return [("040000", inside, f"d{index}".encode()) for index in range(folders)]

    return entries


def _links(objects: Objects) -> Iterable[Entry]:
    targets = {"loop.yaml": "loop.yaml", "out.yaml": "../../etc/passwd", "zero.tf": "/dev/zero", "self": "."}
    return [("120000", objects.blob(target.encode()), name.encode()) for name, target in targets.items()]


def _special(folder: Path) -> None:
    (folder / "k8s").mkdir()
    for name in ("k8s/a.yaml", "k8s/main.tf", "guardrail.yaml"):
        os.mkfifo(folder / name)
    for name, target in {"k8s/zero.yaml": "/dev/zero", "k8s/self": ".", "k8s/b.yaml": "a.yaml"}.items():
        (folder / name).symlink_to(target)


def _trees() -> Iterable[Case]:
    yield _commit("names", _names, "yaml-syntax")
    yield _commit("names that git would not write", _no_names)
    yield _commit("a thousand folders deep", _deep)
    yield _commit("10^10 files", _bomb, "too-many-files")
    yield _commit("300,000 other files", _wide("md", 1_000, 300), quick=False)
    yield _commit("100,000 manifests", _wide("yaml", 1_000, 100), "limit-run", quick=False)
    yield _commit("100,000 Terraform files", _wide("tf", 10, 10_000), "hcl-declaration", quick=False)
    yield _commit("links", _links, "link-loop")
    yield _commit("objects that are not there", lambda _: [("100644", "1" * 40, b"a.yaml")], "object-missing")
    yield _commit(
        "a file of 200 MB", lambda objects: [("100644", objects.blob(b"\0" * 200 * MIB), b"a.yaml")], "too-large"
    )
    yield Case("files: pipes and devices", _special, "link-outside", quick=True)


CASES: tuple[Case, ...] = (*_terraform(), *_documents(), *_trees())
