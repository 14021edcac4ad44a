"""Text of data made fit for a page: signs that cannot be seen, or that turn the order of others, are replaced."""

import re

# Control characters but tab and line feed, halves of surrogate pairs, what is no character, and the signs that
# override the direction of writing, so that what is read is not what stands there.
_UNPRINTABLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


def printable(text: str) -> str:
    """Replace each character that no font shows, and each that reorders others, by the sign for an unknown one."""
    return _UNPRINTABLE.sub("\ufffd", text)
