"""What a random change touches: of a tree in memory, and of commits, index and working tree of real repositories."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Optional, Union

import comparison
import pytest
from alone import git
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guardrail.config.settings import Environment, Settings, Stack, UnitSettings
from guardrail.sources.git import Repository
from guardrail.sources.listed import MemoryTree
from guardrail.sources.locate import root_of
from guardrail.sources.tree import Tree
from guardrail.sources.worktree import worktree

SETTINGS = Settings(
    modules={"acme/m": "m", "acme/m//x": "v"},
    environments=(Environment("prod", ("prod/**",)),),
    units=(UnitSettings(path="b", stacks=(Stack(name="s", var_files=("../v/s.tfvars", "s.tfvars")),)),),
)

AWS = 'provider "aws" {\n  region = "us-east-1"\n}\n'
MANY = 'resource "aws_instance" "x" {\n  count = %s\n  ami = "a"\n  instance_type = "m5.large"\n}\n'
CALL = 'module "m" {\n  source = %s\n}\n'
POD = "template: {spec: {containers: [{name: a, resources: {limits: {nvidia.com/gpu: 1}}}]}}"

SCALED = "  scaling_config {\n    min_size = 1\n    max_size = 4\n    desired_size = 2\n  }\n"
GROUP = (
    'resource "aws_autoscaling_group" "g" {\n  name = "g"\n  availability_zones = ["us-east-1a"]\n  min_size = 1\n'
    '  max_size = 3\n  launch_template {\n    name = "t"\n  }\n}\n'
)
SCHEDULE = (
    'resource "aws_autoscaling_schedule" "s" {\n  scheduled_action_name = "s"\n  autoscaling_group_name = "g"\n'
    "  min_size = 2\n  max_size = 9\n  desired_capacity = 2\n}\n"
)
POOL = 'resource "aws_eks_node_group" "p" {\n  cluster_name = "c"\n  instance_types = ["g5.xlarge"]\n' + SCALED + "}\n"

NUMBERS = (
    "1", "3", "var.n", 'tonumber(trimspace(file("${path.module}/n.txt")))', 'tonumber(trimspace(file("../v/n.txt")))',
    '10 -tonumber(trimspace(file("../v/n.txt")))', 'tonumber(templatefile("${path.module}/t.tpl", {}))',
    'length(fileset("${path.module}", "*"))', 'fileexists("${path.module}/n.txt") ? 5 : 1',
    'tonumber(trimspace(templatestring([join("", ["$${fi", "le(\\"../v/n.txt\\")}"])][0], {})))',
)  # fmt: skip
MODULES = (
    '"../m"', '"./m"', '"../v"', '"./link"', '"../sub/x"', '"acme/m"', '"acme/m//x?ref=2"', '"hashicorp/eks/aws"',
    '"../\u00e9"', '("../m")', '"../${"m"}"', '"" == "./m" ? "./m" : "../m"', "local.source",
)  # fmt: skip
REACHING = (*(AWS + MANY % number for number in NUMBERS), *(AWS + CALL % source for source in MODULES))
MODULE = 'variable "n" {\n  default = 1\n}\n' + MANY % "var.n"
TEMPLATE = AWS + 'resource "aws_launch_template" "t" {\n  name = "t"\n  instance_type = "g5.xlarge"\n}\n'
CLUSTER = AWS + 'resource "aws_eks_cluster" "c" {\n  name = "c"\n}\n'
LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 1\n"
BROKEN = ('resource "aws_instance" "y" {\n', b"\xff\xfe", LFS)
TERRAFORM = (
    *REACHING, *(AWS + one for one in (GROUP, SCHEDULE, POOL)), TEMPLATE, TEMPLATE.replace("g5.xlarge", "t3.micro"),
    MODULE, CLUSTER, *BROKEN, 'module "m" { source = "../m" }\n', 'locals {\n  source = "../m"\n}\n',
    'terraform {\n  backend "s3" {}\n}\n', "",
)  # fmt: skip
MANIFESTS = (
    f"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: d, namespace: n}}\nspec: {{replicas: 2, {POD}}}\n",
    f"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: d, namespace: n}}\nspec: {{replicas: 3, {POD}}}\n",
    (
        "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: h, namespace: n}\n"
        "spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: d}, maxReplicas: 9}\n"
    ),
    "apiVersion: v1\nkind: Namespace\nmetadata: {name: n, labels: {team: x}}\n",
    "kind: Kustomization\nresources: [a.yaml]\n",
    "kind: [\n",
)
VALUES = ("n = 4\n", "n = 7\n")

Content = Union[str, bytes, Path, None]
"""What a file holds, where a link leads, or that nothing is there."""


def _at(*names: str) -> st.SearchStrategy[str]:
    folders = ("a", "b", "m", "v", "a/m", "prod/t", "prod/g", "prod/k", "a@kubernetes", "\u00e9")
    return st.tuples(st.sampled_from(folders), st.sampled_from(names)).map("/".join)


_REACHED = st.one_of(
    st.tuples(st.sampled_from(("m/main.tf", "a/m/main.tf", "v/main.tf", "\u00e9/main.tf")), st.sampled_from(TERRAFORM)),
    st.tuples(st.sampled_from(("v/n.txt", "a/n.txt", "b/n.txt")), st.sampled_from(("2\n", "7", None))),
    st.tuples(st.sampled_from(("prod/t/main.tf", "prod/g/main.tf")), st.sampled_from((TEMPLATE, AWS + GROUP, None))),
    st.tuples(_at("main.tofu/x", "x.tf/y", "n.txt/x"), st.just("")),
)
_EDITS: st.SearchStrategy[tuple[str, Content]] = st.one_of(
    _REACHED,
    st.tuples(_at("main.tf", "b.tf", "x_override.tf", "main.tofu"), st.sampled_from((*TERRAFORM, None))),
    st.tuples(_at("a.yaml", "b.yaml", "kustomization.yaml"), st.sampled_from((*MANIFESTS, None))),
    st.tuples(_at("t.tpl"), st.sampled_from(("3", '${trimspace(file("../v/n.txt"))}', '${9 -file("../v/n.txt")}'))),
    st.tuples(_at("terraform.tfvars", "s.tfvars", "x.auto.tfvars"), st.sampled_from((*VALUES, None))),
    st.tuples(_at("link"), st.sampled_from(tuple(map(Path, ("../m", "../v", "nowhere", "../../out"))))),
    st.tuples(_at("b.tf", "n.txt"), st.sampled_from(tuple(map(Path, ("../m/main.tf", "../v/n.txt", "nowhere"))))),
    st.tuples(_at("j.tf.json"), st.sampled_from(('{"module": {"m": {"source": "../m"}}}', "{}"))),
    st.tuples(st.just(".gitattributes"), st.just("*.tf text eol=crlf\n")),
    st.tuples(st.just(".gitignore"), st.sampled_from(("*.tfvars\n", "/m/\n", "n.txt\n"))),
)
_START: dict[str, Content] = {
    "m/main.tf": MODULE,
    "v/main.tf": MODULE,
    "a/m/main.tf": MODULE,
    "\u00e9/main.tf": MODULE,
    "v/n.txt": "1",
    "a/n.txt": "1",
    "a/t.tpl": '${9 -file("../v/n.txt")}',
    "prod/t/main.tf": TEMPLATE,
    "prod/g/main.tf": AWS + GROUP,
    "prod/s/main.tf": AWS + SCHEDULE,
    "prod/k/a.yaml": MANIFESTS[0],
    "b/b.tf": 'locals {\n  source = "../m"\n}\n',
}


def laid(edits: Iterable[tuple[str, Content]]) -> Mapping[str, Content]:
    """Return what is there after these edits: what is in the way gives way."""
    found: dict[str, Content] = {}
    for path, content in edits:
        for other in list(found):
            if other == path or other.startswith(f"{path}/") or path.startswith(f"{other}/"):
                del found[other]
        if content is not None:
            found[path] = content
    return found


def memory(files: Mapping[str, Content], submodule: Optional[str]) -> MemoryTree:
    links = {path: str(content) for path, content in files.items() if isinstance(content, Path)}
    texts = {path: content for path, content in files.items() if isinstance(content, (str, bytes))}
    data = {path: text.encode() if isinstance(text, str) else text for path, text in texts.items()}
    return MemoryTree(data, links=links, submodules=[submodule] if submodule else [])


Edits = list[tuple[str, Content]]

_CHANGES = {
    "roots": st.tuples(st.sampled_from(REACHING), st.sampled_from(REACHING)),
    "before": st.lists(_EDITS, max_size=6),
    "change": st.lists(st.one_of(_REACHED, _EDITS), min_size=1, max_size=3),
    "submodule": st.sampled_from((None, None, "sub")),
}


def start(roots: tuple[str, str], before: Edits) -> Edits:
    return [*_START.items(), ("a/main.tf", roots[0]), ("b/main.tf", roots[1]), *before]


@settings(max_examples=250)
@given(**_CHANGES)
def test_a_change_of_a_tree(roots: tuple[str, str], before: Edits, change: Edits, submodule: Optional[str]) -> None:
    files = start(roots, before)
    alike([lambda: (memory(laid(files), submodule), memory(laid([*files, *change]), submodule))] * 2)


def alike(opened: Sequence[Callable[[], tuple[Tree, Tree]]]) -> None:
    """Fail where two readings of the same trees, of everything and of what is touched, give two answers."""
    everything, (after, _) = comparison.answer(*opened[0](), SETTINGS, whole=True)
    touched, (read, _) = comparison.answer(*opened[1](), SETTINGS, whole=False)
    assert touched == everything
    assert {unit.name for unit in after.discovery.units} == {unit.name for unit in read.discovery.units} | {
        *read.untouched
    }


def write(folder: Path, files: Mapping[str, Content]) -> None:
    """Let these files, and no others, be in a working tree."""
    for old in folder.iterdir():
        if old.is_dir() and not old.is_symlink():
            if old.name != ".git":
                shutil.rmtree(old)
        else:
            old.unlink()
    for path, content in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, Path):
            place.symlink_to(content)
        elif content is not None:
            place.write_bytes(content.encode() if isinstance(content, str) else content)


def commit(folder: Path) -> str:
    git(folder, "commit", "--quiet", "--allow-empty", "--message=x")
    return git(folder, "rev-parse", "HEAD")


@pytest.mark.parametrize("kind", ["commit", "index", "working tree"])
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(**_CHANGES, ids=st.sampled_from(("sha1", "sha1", "sha256")))
def test_a_change_of_a_repository(
    tmp_path: Path,
    kind: str,
    roots: tuple[str, str],
    before: Edits,
    change: Edits,
    submodule: Optional[str],
    ids: str,
) -> None:
    folder = tmp_path / "repository"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main", f"--object-format={ids}")
    files = start(roots, before)
    write(folder, laid(files))
    git(folder, "add", "--all")
    if submodule:
        git(folder, "update-index", "--add", "--cacheinfo", f"160000,{git(folder, 'write-tree')},{submodule}")
    base = commit(folder)
    write(folder, laid([*files, *change]))
    if kind != "working tree":
        git(folder, "add", "--all")
    head = commit(folder) if kind == "commit" else ""
    with Repository(root_of([], folder)) as repository:
        alike([partial(trees, repository, base, head, kind)] * 2)


def trees(repository: Repository, base: str, head: str, kind: str) -> tuple[Tree, Tree]:
    """Return base and head, as they are opened for a run."""
    if kind == "commit":
        return repository.tree(base), repository.tree(head)
    root = root_of([], repository.git.directory)
    return repository.tree(base), repository.index() if kind == "index" else worktree(root)
