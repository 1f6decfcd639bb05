"""
Where bytes come from: a working tree, the git index, a git revision. Nothing else opens input files.

`tree` is what they all are to those who read them, `listed` what they have in common, `layout` their folders and links.

- `worktree` lists a folder, `git` a revision or the index: `locate` finds the repository, `revision` what a name means;
  `command` runs git, `listing` and `objects` read what it says, `loose` what it did not pack yet. `single` is a file
  that a run was given.
- Around a tree, `overlay` adds a folder of modules, `replaced` gives other bytes, `watched` remembers what was asked.
"""
