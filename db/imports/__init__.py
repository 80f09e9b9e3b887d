"""Many rows at once.

Copied to a table of the transaction's own, and from there set by set to where they belong.
"""
