"""From ink to rows of 32x32 character candidates."""
