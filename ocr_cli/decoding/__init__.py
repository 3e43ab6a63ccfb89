"""From a lattice of character candidates to characters, words and lines."""
