"""Bringing other shops' files in: each in one transaction, so that it is in the shop whole or not at all."""
