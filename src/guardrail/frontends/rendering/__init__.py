"""
What is a template of manifests until a tool has rendered it: Helm charts and Kustomize overlays.

The real tools render, so that what is judged is what they would apply. `tool` finds and confines them, `scratch` gives
them the files that they may see, `rendered` reads what they print.
"""
