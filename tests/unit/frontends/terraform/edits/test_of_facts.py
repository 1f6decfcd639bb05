"""A fact leads to the attributes that it came from, and these to the text: the way that `guardrail fix` will take."""

from __future__ import annotations

from typing import Any

import pytest
from edited import root_of

from guardrail.config.settings import Settings
from guardrail.frontends.parsed import Parsed
from guardrail.frontends.terraform.edits import Edit, Plain, Root, applied, assign
from guardrail.graph.build import build
from guardrail.graph.facts import fact
from guardrail.graph.trace import natives
from guardrail.model.graph import Graph
from guardrail.sources.replaced import Replaced

FILES = {
    "main.tf": """\
variable "machine" { default = "p5.48xlarge" }
variable "most" { default = 40 }
provider "aws" {
  region = "us-east-1"
  default_tags {
    tags = { owner = "platform" }
  }
}
resource "aws_eks_node_group" "gpu" {
  cluster_name   = "c"
  instance_types = [var.machine]
  tags           = { team = "ml" }
  disk_size      = 100
  scaling_config {
    min_size     = 1
    desired_size = 2
    max_size     = var.most
  }
}
""",
}


def _graph(root: Root, parsed: Parsed) -> Graph:
    return build([parsed], (root.unit,), Settings())


@pytest.mark.parametrize(
    ("path", "value", "expected", "line"),
    [
        pytest.param("/groups/main/replicas/max", 4, 4, 2, id="an upper bound"),
        pytest.param("/groups/main/machine_types/0", "g5.xlarge", "g5.xlarge", 1, id="a machine"),
        pytest.param("/labels/team", "ops", "ops", 12, id="a label"),
        pytest.param("/labels/owner", "ops", "ops", 6, id="a label of the provider"),
        pytest.param("/groups/main/storage/0/size_gib", 50, 50, 13, id="a disk"),
        pytest.param("/region", "eu-west-1", "eu-west-1", 4, id="a region"),
    ],
)
def test_a_fact_becomes_what_was_asked_for(path: str, value: Plain, expected: Any, line: int) -> None:
    root = root_of(FILES)
    graph = _graph(root, root.parsed())
    address = ".//aws_eks_node_group.gpu"
    behind = {(owner.address, at) for owner, at in natives(graph, graph.resources[address], path)}
    found = [assign(root, owner, at, value) for owner, at in behind]
    (edit,) = (each for each in found if isinstance(each, Edit))  # what is not written of several is refused
    assert edit.place.line == line
    after = root.reread(Replaced(root.tree, {edit.file: applied(root.tree.read(edit.file).data, [edit])}))
    assert fact(_graph(root, after).resources[address], path) == expected
