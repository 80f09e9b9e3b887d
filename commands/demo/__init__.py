"""A shop to look at: what it sells, where, to whom, and what has been bought there."""
