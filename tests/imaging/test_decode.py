"""What a stranger's bytes may and may not do."""

import contextlib
import io
import struct
import subprocess
import sys
import textwrap
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Pillow

from handfast.base.errors import ImageError, ImageTooLarge, UnreadableImage
from handfast.imaging.decode import MAX_JPEG_SCANS, Format, decode, sniff

SOURCE = Path(__file__).resolve().parents[2] / "src" / "handfast"


def picture(width: int = 40, height: int = 30) -> Pillow.Image:
    """Red top left corner on a blue ground."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[...] = (10, 20, 200)
    pixels[: height // 2, : width // 2] = (200, 20, 10)
    return Pillow.fromarray(pixels)


def saved(image: Pillow.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def png_header(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def bomb(side: int = 30_000) -> bytes:
    """A PNG of side x side pixels in about 110 KB."""
    row = bytes(1 + side // 8)
    deflate = zlib.compressobj(9)
    body = b"".join(deflate.compress(row) for _ in range(side)) + deflate.flush()
    return png_header(side, side) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "PPM", "WEBP"])
def test_every_format_is_read_with_its_colours(kind: str) -> None:
    image = decode(saved(picture(), kind))
    assert image.size == (40, 30)
    assert image.pixels[2, 2, 0] > 150 > 100 > image.pixels[2, 2, 2]


@pytest.mark.parametrize("options", [{"quality": 74}, {"quality": 95, "subsampling": 0}, {"progressive": True}])
def test_a_jpeg_has_the_pixels_that_pillow_gives_it(options: dict[str, object]) -> None:
    grain = np.random.default_rng(1).integers(0, 256, (97, 131, 3), np.uint8)
    body = saved(Pillow.fromarray(grain), "JPEG", **options)
    assert np.array_equal(decode(body).pixels, np.asarray(Pillow.open(io.BytesIO(body))))


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "CMYK", "1"])
def test_every_colour_mode_becomes_rgb(mode: str) -> None:
    assert decode(saved(picture().convert(mode), "TIFF")).pixels.shape == (30, 40, 3)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_photo_comes_out_upright(orientation: int) -> None:
    turns = Pillow.Transpose
    undo = {2: turns.FLIP_LEFT_RIGHT, 3: turns.ROTATE_180, 4: turns.FLIP_TOP_BOTTOM, 5: turns.TRANSPOSE}
    undo |= {6: turns.ROTATE_90, 7: turns.TRANSVERSE, 8: turns.ROTATE_270}
    stored = picture().transpose(undo[orientation]) if orientation in undo else picture()
    exif = Pillow.Exif()
    exif[0x0112] = orientation
    image = decode(saved(stored, "JPEG", exif=exif, quality=95))
    assert image.size == (40, 30)
    assert image.pixels[2, 2, 0] > 150


def test_a_picture_that_promises_too_many_pixels_is_refused() -> None:
    assert decode(saved(picture(100, 100), "PNG"), max_pixels=10_000).size == (100, 100)
    with pytest.raises(ImageTooLarge):
        decode(saved(picture(100, 101), "PNG"), max_pixels=10_000)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "PPM", "WEBP"])
def test_the_cap_holds_for_every_format(kind: str) -> None:
    with pytest.raises(ImageTooLarge):
        decode(saved(picture(400, 300), kind), max_pixels=100_000)


def test_a_bomb_costs_less_than_a_tenth_of_a_second_and_50_megabytes(tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    path.write_bytes(bomb())
    script = f"""
        import resource, time
        from pathlib import Path
        from handfast.base.errors import ImageTooLarge
        from handfast.imaging.decode import decode
        data = Path({str(path)!r}).read_bytes()
        before, began = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
        try:
            decode(data)
        except ImageTooLarge:
            after = resource.getrusage(resource.RUSAGE_SELF)
            print(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
            print((after.ru_maxrss - before.ru_maxrss) / 1024)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=True)
    seconds, megabytes = map(float, done.stdout.split())
    assert seconds <= 0.1
    assert megabytes <= 50


def test_a_lie_in_the_header_does_not_help_a_bomb() -> None:
    """Few pixels promised, many in the data: the rest is never inflated."""
    deflate = zlib.compressobj(9)
    body = deflate.compress(bytes(50_000_000)) + deflate.flush()
    assert decode(png_header(64, 64) + chunk(b"IDAT", body) + chunk(b"IEND", b"")).size == (64, 64)


def test_a_jpeg_of_endless_scans_is_refused_before_it_is_decoded() -> None:
    data = saved(picture(400, 300), "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    with pytest.raises(UnreadableImage, match="scans"):
        decode(data[:-2] + data[last:-2] * MAX_JPEG_SCANS + data[-2:])


def test_a_tile_larger_than_the_picture_is_refused() -> None:
    tags = {256: 40, 257: 30, 258: 8, 259: 1, 262: 1, 277: 1, 322: 12_000, 323: 12_000, 324: 8, 325: 1200}
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items())
    data = struct.pack("<2sHIH", b"II", 42, 8, len(tags)) + entries + bytes(1300)
    with pytest.raises(ImageTooLarge):
        decode(data)


def test_sixteen_bit_pictures_are_refused_not_squeezed() -> None:
    deep = Pillow.fromarray(np.zeros((30, 40), np.uint16))
    with pytest.raises(UnreadableImage, match="8 bits"):
        decode(saved(deep, "PNG"))


def test_a_format_that_was_not_asked_for_is_refused() -> None:
    with pytest.raises(UnreadableImage):
        decode(saved(picture(), "TIFF"), formats=frozenset({Format.JPEG}))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "PPM", "WEBP"])
def test_a_cut_off_picture_is_refused(kind: str) -> None:
    data = saved(picture(200, 200), kind)
    with pytest.raises(UnreadableImage):
        decode(data[: len(data) // 2])


@pytest.mark.parametrize("data", [b"", b"\xff\xd8\xff", b"GIF89a", b"<svg/>", b"%PDF-1.7", b"P5\n", b"RIFF____WEBP"])
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableImage):
        decode(data)


@given(st.binary(max_size=200), st.sampled_from(list(Format)), st.integers(0, 400))
def test_damaged_bytes_give_a_picture_or_a_named_error(noise: bytes, kind: Format, place: int) -> None:
    good = saved(picture(), {"pgm": "PPM"}.get(kind, kind.upper()))
    bad = good[: place % len(good)] + noise + good[place % len(good) + len(noise) :]
    with contextlib.suppress(ImageError):
        assert max(decode(bad).size) <= 16_384


def test_only_this_module_decodes_pictures_of_strangers() -> None:
    doors = ("imdecode", "imread", "Pillow.open", "Image.open")
    own = {SOURCE / "finger/synth/develop.py", SOURCE / "lab/cues/ghosts.py"}  # decode what they coded themselves
    sinners = [
        path.relative_to(SOURCE)
        for path in SOURCE.rglob("*.py")
        if path not in {SOURCE / "imaging/decode.py", *own} and any(door in path.read_text("utf-8") for door in doors)
    ]
    assert sinners == []


def test_a_format_is_told_by_its_first_bytes() -> None:
    assert sniff(saved(picture(), "WEBP")) is Format.WEBP
    assert sniff(b"nothing") is None
