"""
From bytes to resources: one folder a format.

`discover` finds the units of a tree (`unit`): `selection` is what was asked for, `sorting` goes by paths, `recognise`
looks into documents (`formats`), `packages` and `aside` say what is not judged. `known` is what two trees have in
common, `touched` which units a change leaves alone, `given` what a run was given for its roots. Each folder makes
`parsed` units, all within one `budget`; `documents/` are YAML and JSON as text with places (`lines`).
"""
