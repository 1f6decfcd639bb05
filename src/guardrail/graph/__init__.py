"""The graph: edges between resources, bounds folded in, and what a change does to it."""
