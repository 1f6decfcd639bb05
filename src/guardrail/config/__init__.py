"""The configuration, and where it may be trusted to come from."""
