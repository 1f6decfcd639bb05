"""Policies in Rego: loading, confined evaluation, three-valued decisions."""
