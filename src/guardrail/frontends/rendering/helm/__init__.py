"""Helm charts: which there are, and what Helm makes of them."""
