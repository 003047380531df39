"""QR codes as SVG text, dark on light with a quiet zone, in our own colours' contrast."""

import io

import segno

LINK_MASK = 2  # of the eight patterns: lines of (column mod 3) that no link of random letters repeats


def qr_svg(text: str, mask: int | None = None) -> str:
    """A scalable QR code of `text`, error correction M, as one <svg> element.

    mask   of the eight patterns; None for the one that is read most easily, which takes ten times as long to make
    """
    out = io.BytesIO()
    segno.make_qr(text, error="m", boost_error=True, mask=mask).save(
        out, kind="svg", border=4, xmldecl=False, svgns=True, omitsize=True, dark="#000", light="#fff", nl=False
    )
    return out.getvalue().decode("utf-8")


def qr_terminal(text: str) -> str:
    """The same for a terminal, two modules a character."""
    out = io.StringIO()
    segno.make_qr(text, error="l").terminal(out, compact=True)
    return out.getvalue()


def link_svg(link: str) -> str:
    """The same of a link that ends in random letters, made at once."""
    return qr_svg(link, LINK_MASK)
