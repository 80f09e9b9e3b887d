"""The shelves, one module each."""
