"""From bytes to resources: one folder a format."""
