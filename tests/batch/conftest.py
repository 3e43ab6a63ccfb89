import pytest
from PIL import Image


@pytest.fixture
def picture(tmp_path):
    """Makes a small picture file, of several pages if wanted, and gives its name."""

    def make(name, pages=1, size=(6, 4)):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        first, *rest = [Image.new("L", size, 50 * n) for n in range(pages)]
        options = {"save_all": True, "append_images": rest} if rest else {}
        first.save(path, **options)
        return str(path)

    return make
