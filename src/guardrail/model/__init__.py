"""The nouns that travel between the stages. Nothing here imports another part of guardrail."""
