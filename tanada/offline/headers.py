"""Which method a gRPC call asks for: `:path` in a block of HTTP/2 headers (HPACK, RFC 7541).

Clients are told to keep no table of headers, so a block refers to none but the static one, and of that to `:path` by
one of two numbers.
"""

from __future__ import annotations

from functools import lru_cache

_PATH = (4, 5)
"""`:path` in the static table."""
_SYMBOLS = {
    5: "012aceiost",
    6: " %-./3456789=A_bdfghlmnpru",
    7: ":BCDEFGHIJKLMNOPQRSTUVWYjkqvwxyz",
    8: "&*,;XZ",
    10: '!"()?',
    11: "'+|",
    12: "#>",
    13: "\0$@[]~",
    14: "^}",
    15: "<`{",
}
"""Huffman's code (appendix B) of what a path may hold, by bits; it is canonical, so codes count up in this order."""


def _codes() -> dict[tuple[int, int], str]:
    codes: dict[tuple[int, int], str] = {}
    code, before = 0, 0
    for bits, symbols in _SYMBOLS.items():
        code, before = code << (bits - before), bits
        for symbol in symbols:
            codes[bits, code] = symbol
            code += 1
    return codes


_CODES = _codes()


@lru_cache(512)
def path(block: bytes) -> str:
    """The path of a whole block; ValueError where it holds none that can be read."""
    at = 0
    while at < len(block):
        first = block[at]
        if first & 0x80:  # name and value from the table: a method, a scheme, a path that nobody here serves
            index, at = _number(block, at, 7)
        elif first & 0xE0 == 0x20:  # the table's size
            _, at = _number(block, at, 5)
        else:
            index, at = _number(block, at, 6 if first & 0x40 else 4)
            name, at = (b"", at) if index else _text(block, at)
            value, at = _text(block, at)
            if index in _PATH or name == b":path":
                return value.decode("ascii")
    raise ValueError("no :path")


def _number(block: bytes, at: int, bits: int) -> tuple[int, int]:
    """A number that begins in the last bits of a byte (section 5.1); where the next thing begins."""
    full = (1 << bits) - 1
    value, at = block[at] & full, at + 1
    if value < full:
        return value, at
    shift = 0
    while True:
        byte, at = block[at], at + 1
        value += (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            return value, at


def _text(block: bytes, at: int) -> tuple[bytes, int]:
    packed = bool(block[at] & 0x80)
    length, at = _number(block, at, 7)
    text, at = block[at : at + length], at + length
    return (_unpacked(text) if packed else text), at


def _unpacked(text: bytes) -> bytes:
    """Of a text with other symbols what comes before them: no path has any."""
    found: list[str] = []
    code, bits = 0, 0
    for byte in text:
        for place in range(7, -1, -1):
            code, bits = code << 1 | byte >> place & 1, bits + 1
            symbol = _CODES.get((bits, code))
            if symbol is not None:
                found.append(symbol)
                code, bits = 0, 0
    return "".join(found).encode("ascii")
