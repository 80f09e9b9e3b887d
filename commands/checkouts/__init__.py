"""Carts: everything that changes one before it becomes an order."""
