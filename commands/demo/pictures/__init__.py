"""The demo shop's pictures, drawn when it is set up: the same every time, and nobody's but ours."""
