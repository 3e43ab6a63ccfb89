"""How the models, languages and learned numbers that come with ``ocr`` are made; ``models/`` has scripts."""
