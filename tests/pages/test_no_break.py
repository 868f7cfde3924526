"""A percent sign stays with its number, and a count with its n, in text and nowhere else."""

import pytest

from shared import load_extension


@pytest.fixture(scope="module")
def extension():
    return load_extension("no_break")


def test_text_is_joined_and_code_is_not(extension):
    from docutils import nodes
    from docutils.utils import new_document

    document = new_document("a page")
    document += nodes.paragraph(
        "", "97 % (94 to 99 %) within 1 px, 3 pxs, n = 5, at t = 303, spin = 2, a modulo b: "
    )
    document[0] += nodes.literal("", "7 % 3")
    document += nodes.literal_block("", "print(7 % 3)")
    extension.NoBreak(document).apply()
    assert (
        document[0].astext()
        == "97\xa0% (94 to 99\xa0%) within 1\xa0px, 3 pxs, n\xa0=\xa05, at t\xa0=\xa0303, spin = 2, a modulo b: 7 % 3"
    )
    assert document[1].astext() == "print(7 % 3)"
