"""Plans: what `terraform show -json` and `tofu show -json` print, read into the shape that files are read into."""
