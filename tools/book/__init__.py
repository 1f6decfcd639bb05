"""How the price book is made: rows are read, what people decided is applied, and what does not resolve is told."""
