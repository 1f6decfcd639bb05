"""Types of Amazon Web Services. `kinds` has them all; a module alone is read without the others."""
