"""``ocr serve``: a page on which pictures are read, corrected and learned from; a door for programs."""
