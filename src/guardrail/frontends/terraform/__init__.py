"""
Terraform and OpenTofu configuration, evaluated without running either.

The way from files to resources:

- `roots` tells which directories are applied by themselves, and with which modules, by what is `called` in their files.
  `read` makes resources of one, `plan/` of the JSON of a plan.
- `configuration` reads a directory: its files, parsed by `syntax/` once for each content (`cache`), become
  `declarations`, with override files merged in.
- `program` is one root under evaluation, `module` one instance of a module in it. `evaluated` is as much of a module as
  what stands in it knows: its `variables` (from `inputs`, for a root), `resources`, `providers`, and `calls` of other
  modules. `sources` says which directory a call means: one of the tree, or one that was `fetched` (`addresses`,
  `versions`, `lock`).
- Each of these is a cell (`cells`), evaluated when it is asked for. `expansion` says how many instances a block has,
  `instances` what expressions see of them (`lazy`), `blocks` what nested and `dynamic` blocks come to.

How an expression is evaluated:

- `scope` knows the names, `meter` counts depth and steps. `expressions/` has a handler for each kind of node,
  `operators` and `functions/` what they do, `access` the steps into a value.
- `values` are what comes out, `types` what they are of: `convert`, `unify`, `constraints` (of variables), `kinds` (of
  values), `precision` (of numbers). `candidates` carries along what an unknown value can still be.

What is asked afterwards:

- `walk` goes over all that a root creates, `moved` over what it was called before; `labels` are the tags in effect.
- `azapi` reads what is written as the requests of an API.
- `native` answers for a resource: `provenance/` finds where a value is written (`locate`), the lines that it came by
  (`steps`), the one place that has it (`origin`), what it refers to (`referents`), and whether two that are not known
  rest on the same (`basis`).
- `edits/` says which stretch of which file has to change for a value to be another one, and tries it.
- `glance` tells by a look at the text what a file calls, declares and reads, `advice` what to do about what went wrong.

A file imports only what is below it: `[tool.importlinter]` in pyproject.toml has the order.
"""
