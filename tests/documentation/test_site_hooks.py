"""What this project adds to MkDocs; the reference of commands is tested with the commands."""

import pytest
import site_hooks

from ocr_cli import errors


@pytest.mark.parametrize(
    ("written", "led"),
    [
        ("[card](../../models/block.md#licence)", "[card](../models/block.md#licence)"),
        ("[more](../CONTRIBUTING.md)", "[more](CONTRIBUTING.md)"),
        ("[out](docs/reference/read.md)", "[out](reference/read.md)"),
        ("[here](../tutorials/page.md)", "[here](../tutorials/page.md)"),
    ],
)
def test_links_lead_where_the_site_has_their_pages(written, led):
    assert site_hooks.on_page_markdown(written) == led


def test_pages_from_outside_are_there():
    assert all((site_hooks.ROOT / name).is_file() for name in site_hooks.OUTSIDE)
    cards = {path.name for path in (site_hooks.ROOT / "models").glob("*.md")}
    assert {
        name.removeprefix("models/") for name in site_hooks.OUTSIDE if name.startswith("models/")
    } == cards


def test_each_error_stands_in_the_reference_with_its_status():
    page = site_hooks.on_page_markdown("::: errors")
    kinds = [
        kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.OcrError)
    ]
    assert len(kinds) > 10
    assert all(f"| `{kind.__name__}` | {kind.exit_code.value} | " in page for kind in kinds)


def test_formulas_are_set_without_a_script():
    pytest.importorskip("latex2mathml")
    page = site_hooks.on_page_content('<p><span class="arithmatex">\\(a &lt; b^2\\)</span></p>')
    assert page.startswith("<p><math")
    assert 'display="inline"' in page
    assert "<msup><mi>b</mi><mn>2</mn></msup>" in page
    assert "&amp;" not in page
