"""
Fetching modules: the only part that speaks to a network, and only `guardrail modules fetch` starts it.

Nothing that a check is made of may import it; docs/adr/0007-fetching-modules.md says how that is kept.
"""
