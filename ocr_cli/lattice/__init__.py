"""All that a row of ink may be: arcs between places, and the walks along them."""
