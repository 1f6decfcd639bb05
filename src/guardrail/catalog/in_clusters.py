"""Terraform types that live in a cluster of Kubernetes, by what their names begin with."""

from __future__ import annotations

from typing import Final

WORDS: Final = ("kubernetes_", "kubectl_", "helm_")
