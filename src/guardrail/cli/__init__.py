"""The command line: options and one call each."""
