"""The words of ``./run``."""
