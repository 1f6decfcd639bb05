"""
Plans: what `terraform show -json` and `tofu show -json` print, read into the shape that files are read into.

`text` is the JSON, `parts` are its objects, `changes` what is to happen, `document` all of it together. `configuration`
is what the plan tells of the files that it was made from, `join` the files themselves. `read` makes resources: of
`values`, and of regions and labels (`providers`); `native` answers for them.
"""
