"""Where a value comes from, found by walking the syntax once more when somebody asks."""
