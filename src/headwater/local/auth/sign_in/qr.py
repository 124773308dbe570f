"""QR codes (ISO/IEC 18004), byte mode at error correction level L, drawn as SVG."""

from __future__ import annotations

from collections.abc import Callable

# By version, from 1: codewords of error correction in a block, and blocks (ISO/IEC 18004, table 9, level L).
_CORRECTION = [7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28]
_CORRECTION += [28, 28, 30, 30, 26, 28, *[30] * 14]
_BLOCKS = [1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8, 8, 9, 9, 10, 12, 12, 12, 13, 14, 15, 16, 17]
_BLOCKS += [18, 19, 19, 20, 21, 22, 24, 25]
_MASK: Callable[[int, int], bool] = lambda row, column: (row + column) % 2 == 0  # noqa: E731 - the standard's mask 0
_FORMAT_BITS = 0b111011111000100  # Level L with mask 0, protected and masked (table C.1).
_QUIET = 4

Grid = list[list[bool]]


def draw_svg(text: str, *, scale: int = 3) -> str:
    """Draw `text` (at most 2,953 bytes in UTF-8) as an SVG image. Raises ValueError for a longer one."""
    grid = encode(text.encode())
    side = (len(grid) + 2 * _QUIET) * scale
    squares = "".join(
        f"M{(column + _QUIET) * scale},{(row + _QUIET) * scale}h{scale}v{scale}h-{scale}z"
        for row, line in enumerate(grid)
        for column, dark in enumerate(line)
        if dark
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{side}" height="{side}" viewBox="0 0 {side} {side}">'
        f'<rect width="{side}" height="{side}" fill="white"/><path d="{squares}" fill="black"/></svg>'
    )


def encode(data: bytes) -> Grid:
    """Return the modules of the smallest code that holds `data`; True is dark."""
    version = next((number for number in range(1, 41) if len(data) <= _room(number)), None)
    if version is None:
        raise ValueError("too long for a QR code")
    side = version * 4 + 17
    grid: Grid = [[False] * side for _ in range(side)]
    fixed: Grid = [[False] * side for _ in range(side)]
    _draw_patterns(grid, fixed, version)
    _draw_data(grid, fixed, _protect(_pack(data, version), version))
    return grid


def _room(version: int) -> int:
    length_bits = 8 if version < 10 else 16
    return (_data_codewords(version) * 8 - 4 - length_bits) // 8


def _data_codewords(version: int) -> int:
    return _raw_modules(version) // 8 - _CORRECTION[version - 1] * _BLOCKS[version - 1]


def _raw_modules(version: int) -> int:
    modules = (16 * version + 128) * version + 64
    if version >= 2:
        aligned = version // 7 + 2
        modules -= (25 * aligned - 10) * aligned - 55
    return modules - 36 if version >= 7 else modules


def _pack(data: bytes, version: int) -> list[int]:
    """Return the data codewords: mode, length, data, terminator, padding."""
    bits = f"0100{len(data):0{8 if version < 10 else 16}b}" + "".join(f"{byte:08b}" for byte in data)
    capacity = _data_codewords(version) * 8
    bits += "0" * min(4, capacity - len(bits))
    bits += "0" * (-len(bits) % 8)
    words = [int(bits[start : start + 8], 2) for start in range(0, len(bits), 8)]
    padding = (capacity // 8 - len(words) + 1) // 2 * [0xEC, 0x11]
    return (words + padding)[: capacity // 8]


def _protect(words: list[int], version: int) -> list[int]:
    """Add the error correction (Reed-Solomon over GF(256)) and interleave the blocks."""
    count, correction = _BLOCKS[version - 1], _CORRECTION[version - 1]
    divisor = _generator(correction)
    short, longer = divmod(len(words), count)
    blocks, start = [], 0
    for number in range(count):
        length = short + (1 if number >= count - longer else 0)
        blocks.append(words[start : start + length])
        start += length
    protection = [_remainder(block, divisor) for block in blocks]
    data = [block[place] for place in range(short + 1) for block in blocks if place < len(block)]
    return data + [block[place] for place in range(correction) for block in protection]


def _multiply(left: int, right: int) -> int:
    product = 0
    for bit in range(7, -1, -1):
        product = (product << 1) ^ ((product >> 7) * 0x11D)
        product ^= ((right >> bit) & 1) * left
    return product


def _generator(degree: int) -> list[int]:
    coefficients, root = [0] * (degree - 1) + [1], 1
    for _ in range(degree):
        for place in range(degree):
            following = coefficients[place + 1] if place + 1 < degree else 0
            coefficients[place] = _multiply(coefficients[place], root) ^ following
        root = _multiply(root, 2)
    return coefficients


def _remainder(words: list[int], divisor: list[int]) -> list[int]:
    rest = [0] * len(divisor)
    for word in words:
        factor = word ^ rest[0]
        rest = [*rest[1:], 0]
        rest = [value ^ _multiply(coefficient, factor) for value, coefficient in zip(rest, divisor, strict=True)]
    return rest


def _alignment_places(version: int) -> list[int]:
    if version == 1:
        return []
    count, side = version // 7 + 2, version * 4 + 17
    step = (version * 8 + count * 3 + 5) // (count * 4 - 4) * 2
    return [6, *sorted(side - 7 - index * step for index in range(count - 1))]


def _draw_patterns(grid: Grid, fixed: Grid, version: int) -> None:
    side = len(grid)

    def put(row: int, column: int, dark: bool) -> None:
        if 0 <= row < side and 0 <= column < side:
            grid[row][column], fixed[row][column] = dark, True

    for place in range(side):
        put(6, place, place % 2 == 0)
        put(place, 6, place % 2 == 0)
    for row, column in ((3, 3), (3, side - 4), (side - 4, 3)):
        for down in range(-4, 5):
            for right in range(-4, 5):
                put(row + down, column + right, max(abs(down), abs(right)) not in {2, 4})
    places = _alignment_places(version)
    corners = {(6, 6), (6, side - 7), (side - 7, 6)}
    for row in places:
        for column in places:
            for down in range(-2, 3) if (row, column) not in corners else ():
                for right in range(-2, 3):
                    put(row + down, column + right, max(abs(down), abs(right)) != 1)
    for bit in range(15):
        dark = bool(_FORMAT_BITS >> bit & 1)
        put(bit if bit < 6 else bit + 1 if bit < 8 else side - 15 + bit, 8, dark)
        put(8, side - 1 - bit if bit < 8 else 7 if bit == 8 else 14 - bit, dark)
    put(side - 8, 8, True)
    if version >= 7:
        rest = version
        for _ in range(12):
            rest = (rest << 1) ^ ((rest >> 11) * 0x1F25)
        bits = version << 12 | rest
        for bit in range(18):
            put(bit // 3, side - 11 + bit % 3, bool(bits >> bit & 1))
            put(side - 11 + bit % 3, bit // 3, bool(bits >> bit & 1))


def _draw_data(grid: Grid, fixed: Grid, words: list[int]) -> None:
    side, bit, upward = len(grid), 0, True
    for right in range(side - 1, 0, -2):
        column = right if right > 6 else right - 1
        for step in range(side):
            row = side - 1 - step if upward else step
            for place in (column, column - 1):
                if fixed[row][place]:
                    continue
                dark = bit < len(words) * 8 and bool(words[bit >> 3] >> (7 - (bit & 7)) & 1)
                grid[row][place] = dark != _MASK(row, place)
                bit += 1
        upward = not upward
