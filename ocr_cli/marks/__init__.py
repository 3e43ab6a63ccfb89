"""Marks on letters, accents above and tails below: found as parts of arcs, known by their own network."""
