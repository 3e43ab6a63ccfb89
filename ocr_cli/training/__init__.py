"""Training the network, measuring what it reads, and drawing both."""
