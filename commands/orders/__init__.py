"""What becomes of orders: what is sent, what comes back, what is called off."""
