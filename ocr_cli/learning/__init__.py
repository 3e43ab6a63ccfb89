"""Learning a hand from pages whose text is known: harvesting characters, adapting a model to them."""
