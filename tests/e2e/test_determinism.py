"""The same content gives the same bytes, wherever it is read from and whoever runs it."""

from __future__ import annotations

import hashlib
import json
import os
import random
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from .repositories import Repository
from .test_promises import GPU_POOL

SHUFFLED = '''\
"""Give the entries of every folder in another order each time."""

import os
import random

_scandir = os.scandir


class _Shuffled:
    def __init__(self, entries):
        self._entries = entries

    def __enter__(self):
        with self._entries as found:
            mixed = list(found)
        random.SystemRandom().shuffle(mixed)
        return iter(mixed)

    def __exit__(self, *_):
        pass


def scandir(path="."):
    return _Shuffled(_scandir(path)) if isinstance(path, bytes) else _scandir(path)


os.scandir = scandir
print("shuffled", file=__import__("sys").stderr)
'''
SERVE = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: NAME, namespace: ml}
spec:
  replicas: 2
  template: {spec: {containers: [{name: a, image: b, resources: {limits: {nvidia.com/gpu: 1}}}]}}
"""
SCALER = """\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: NAME, namespace: ml}
spec: {maxReplicas: 9, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: TARGET}}
"""
NAMESPACE = "apiVersion: v1\nkind: Namespace\nmetadata: {name: ml, labels: {team: TEAM}}\n"
POOL = """\
variable "size" {}

resource "aws_eks_cluster" "ml" {
  name = "ml"
}

resource "aws_eks_node_group" "gpu" {
  for_each       = toset(["b", "a"])
  cluster_name   = aws_eks_cluster.ml.name
  instance_types = [var.size]

  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = 4
  }
}
"""
DOUBTFUL = {
    "guardrail.yaml": "version: 1\npolicies: {required-tags: {params: {keys: [team, owner]}}}\n",
    "infra/main.tf": 'provider "aws" {\n  region = "us-east-1"\n}\n\n' + POOL,
    "infra/again/x.tf": 'module "up" {\n  source = "git::https://example.com/x.git"\n}\n',
    "k8s/app/i.yaml": SERVE.replace("NAME", "IGDIR"),
    "k8s/one/web.yaml": SERVE.replace("NAME", "web"),
    "k8s/two/web.yaml": SERVE.replace("NAME", "web"),
    "k8s/one/ns.yaml": NAMESPACE.replace("TEAM", "one"),
    "k8s/two/ns.yaml": NAMESPACE.replace("TEAM", "two"),
    "k8s/three/many.yaml": "---\n".join(
        SCALER.replace("NAME", name).replace("TARGET", target)
        for name, target in (("b", "web"), ("a", "web"), ("none", "nowhere"), ("i", "IGDIR"))
    ),
    "k8s/three/twice.yaml": SERVE.replace("NAME", "t") + "---\n" + SERVE.replace("NAME", "t"),
    "k8s/odd.yaml": "a: [\n",
    "notes/values.yaml": "a: 1\n",
}
PRICED = {
    "guardrail.yaml": "version: 1\npolicies: {required-tags: {params: {keys: [team, owner]}}}\n",
    "infra/main.tf": GPU_POOL.replace("NODES", "2"),
    "infra/modules/net/main.tf": 'variable "a" {}\n\nresource "aws_eip" "ip" {\n  tags = { team = var.a }\n}\n',
    "infra/net.tf": 'module "net" {\n  source = "./modules/net"\n  a      = "x"\n}\n',
    "k8s/serve.yaml": SERVE.replace("NAME", "serve"),
    "k8s/ærø.yaml": NAMESPACE.replace("TEAM", "TITLE"),
}
STORIES = {"what is doubtful": DOUBTFUL, "what is priced": PRICED}


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_every_source_gives_the_same_document(
    repository: Repository, another: Callable[[str], Repository], story: Mapping[str, str]
) -> None:
    repository.commit(story)
    bare = another("bare.git")
    bare.git("clone", "--quiet", "--bare", str(repository.path), ".")
    now = ("--now", "2026-11-24T10:00:00Z")
    places = (
        (repository, ()),
        (repository, ("--head", "main")),
        (repository, ("--staged",)),
        (bare, ("--head", "main")),
    )
    found = [where.run("graph", *arguments, *now).out for where, arguments in places]
    assert len(set(found)) == 1, "byte for byte"
    document = json.loads(found[0])
    assert document["change"] is None
    assert document["resources"]


@pytest.mark.parametrize(
    ("command", "story"),
    [
        pytest.param(command, STORIES[name], id=f"{command} of {name}")
        for command, name in (
            ("graph", "what is doubtful"),
            ("check", "what is doubtful"),
            ("check", "what is priced"),
        )
    ],
)
def test_one_answer_whatever_the_surroundings(
    another: Callable[[str], Repository], tmp_path: Path, command: str, story: Mapping[str, str]
) -> None:
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / "sitecustomize.py").write_text(SHUFFLED)
    names = list(story)
    dice = random.Random(7)
    digests = set()
    for run in range(20):  # each language with each time zone, most of them under two seeds
        repository = another(f"r{run}")
        dice.shuffle(names)
        for name in names:
            repository.write({name: story[name]})
        told = repository.run(
            command,
            "--format",
            "json",
            "--now",
            "2026-11-24T10:00:00Z",
            environment={
                "PYTHONPATH": os.pathsep.join((str(tmp_path / "odd"), os.environ.get("PYTHONPATH", ""))),
                "PYTHONHASHSEED": str(dice.randrange(1, 4_000_000_000)),
                "LC_ALL": ("C", "tr_TR.UTF-8", "de_DE.UTF-8", "POSIX")[run % 4],
                "TZ": ("UTC", "Asia/Kathmandu", "America/St_Johns")[run % 3],
            },
        )
        assert "shuffled" in told.err
        digests.add(hashlib.sha256(told.out.encode()).hexdigest())
    assert len(digests) == 1
