"""Hex digits as people read them aloud and compare them on paper."""


def grouped(digits: str, size: int = 8) -> str:
    """Hex digits in groups, for reading aloud and comparing on paper."""
    return " ".join(digits[start : start + size] for start in range(0, len(digits), size))
