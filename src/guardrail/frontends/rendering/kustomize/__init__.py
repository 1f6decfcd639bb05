"""Kustomize overlays: which there are, what they consist of, and what Kustomize makes of them."""
