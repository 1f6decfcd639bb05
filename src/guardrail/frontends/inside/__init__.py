"""
Objects of Kubernetes that are written inside of Terraform resources.

`blocks` makes the manifest of a typed resource, as its provider would; `bodies` finds what a resource holds, as blocks,
as an object or as text; `read` has the objects judged as what they are, by the rows of manifests. `native` answers for
them: places and traces are those of the Terraform resource that they stand in.
"""
