"""Accounts: making one, logging in, changing it, and ending it."""
