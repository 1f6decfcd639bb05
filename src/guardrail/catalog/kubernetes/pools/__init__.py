"""Pools of nodes that are declared in manifests, and what launches their machines."""
