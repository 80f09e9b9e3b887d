"""Matvis by plan, by the reference executor, and handlers written by hand: the same answers, compared."""
