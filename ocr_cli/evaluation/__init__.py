"""How well pages are read: transcripts, alignment, error rates."""
