"""Ink in what is ruled and framed: what is printed there taken out, what is written kept."""
