"""A multilayer perceptron in NumPy: activations, layers, their gradients, optimisers, and the model file."""
