"""From resources to bills and sums."""
