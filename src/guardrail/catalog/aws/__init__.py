"""Types of Amazon Web Services."""
