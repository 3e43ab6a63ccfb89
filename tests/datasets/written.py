"""A small file of words in pen strokes, as UNIPEN's are kept."""

import numpy as np

BOX = [(0, 0), (0, 1), (0.6, 1), (0.6, 0), (0, 0)]
"""What stands for any letter but those with tails, in its own height; y runs downwards."""


def letters(text, height):
    """Strokes of a text: a box for each letter, as high as small letters or capitals are."""
    strokes, x = [], 0.0
    for one in text:
        if one != " ":
            tall = height * (0.58 if one in "aceno" else 1.0)
            strokes.append([(x + a * height, height - tall + b * tall) for a, b in BOX])
        x += 0.8 * height
    return strokes


def save_words(path, words, **marks):
    """Write words (text, person, session, height) to a file; ``marks`` replace its columns."""
    strokes = [letters(text, height) for text, _, _, height in words]
    flat = [stroke for some in strokes for stroke in some]
    columns = {
        "points": np.array([point for stroke in flat for point in stroke], np.int16),
        "stroke_off": np.cumsum([0, *map(len, flat)]),
        "word_off": np.cumsum([0, *map(len, strokes)]),
        "labels": np.array([text for text, *_ in words]),
        "person": np.array([person for _, person, _, _ in words]),
        "session": np.array([session for _, _, session, _ in words], np.uint16),
        "writer": np.arange(len(words)),
        "writer_names": np.array([f"{person}-{k}" for k, (_, person, _, _) in enumerate(words)]),
        "suspect": np.zeros(len(words), bool),
        "case_ok": np.ones(len(words), bool),
        "rows": np.ones(len(words), np.uint8),
        "scale": np.ones(len(words), np.float32),
        "style": np.full(len(words), "PRINTED"),
    }
    np.savez(path, **(columns | marks))
    return path


def save_characters(path, texts, person):
    """Write one character of each text to a file of single characters."""
    strokes = [letters(text, 100)[0] for text in texts]
    np.savez(
        path,
        points=np.array([point for stroke in strokes for point in stroke], np.float32),
        stroke_off=np.cumsum([0, *map(len, strokes)]),
        char_off=np.arange(len(strokes) + 1),
        labels=np.array([ord(text) for text in texts], np.uint8),
        writer=np.zeros(len(texts), np.uint16),
        writer_names=np.array([person]),
    )
    return path
