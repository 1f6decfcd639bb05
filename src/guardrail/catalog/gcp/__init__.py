"""Types of Google Cloud."""
