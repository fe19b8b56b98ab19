"""The gallery stands in for the application: its pages need no database."""

import pytest

from tests.look.gallery import make_gallery
from tests.pages import Pages


@pytest.fixture
def app():
    """The gallery of the own programme."""
    return make_gallery()


@pytest.fixture
def pages(app) -> Pages:
    """Reads and sends pages of the gallery."""
    return Pages(app.test_client())
