"""The kinds of scoring rules: each one class with its parameters and all that the scheme must know of it."""
