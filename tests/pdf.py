"""What a PDF holds, read without a library: its objects, and how many pages it has."""

import re
import zlib

STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
PAGE = re.compile(rb"/Type\s*/Page\b")


def read_objects(data: bytes) -> bytes:
    """Return a PDF with everything that is packed in it unpacked behind it."""
    parts = [data]
    for found in STREAM.finditer(data):
        try:
            parts.append(zlib.decompress(found[1]))
        except zlib.error:
            parts.append(found[1])
    return b"\n".join(parts)


def count_pages(data: bytes) -> int:
    """Return how many pages a PDF has."""
    return len(PAGE.findall(read_objects(data)))
