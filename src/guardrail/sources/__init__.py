"""Where bytes come from: a working tree, the git index, a git revision. Nothing else opens input files."""
