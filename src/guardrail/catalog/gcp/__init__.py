"""Types of Google Cloud. `kinds` has them all; a module alone is read without the others."""
