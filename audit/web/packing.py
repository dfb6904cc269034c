"""Pages are sent packed to who can unpack them: a sixth of the bytes, which is what counts at 50 kbit/s.

A page that repeats what somebody else chose could tell through its packed length what stands beside it. Every packed
page therefore carries a file name of random length in its head, which readers ignore and which blurs that length.
"""

from __future__ import annotations

import secrets
import struct
import zlib

from flask import Flask, Response, request

SMALLEST = 1000  # bytes; below it packing gains nothing
BLUR = 128  # bytes that are added at most
_KINDS = ("text/html", "application/json", "text/plain", "application/feed+json")
_HEAD = b"\x1f\x8b\x08\x08\0\0\0\0\0\xff"  # gzip, deflated, with a file name, without a time


def packed(content: bytes, *, level: int = 5, blur: int = BLUR) -> bytes:
    """The content as gzip, with up to `blur` bytes of nothing in its head."""
    deflate = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    name = b"p" * secrets.randbelow(blur + 1)
    tail = struct.pack("<LL", zlib.crc32(content), len(content) & 0xFFFFFFFF)
    return _HEAD + name + b"\0" + deflate.compress(content) + deflate.flush() + tail


def _pack(response: Response) -> Response:
    if response.mimetype not in _KINDS or response.direct_passthrough or response.is_streamed:
        return response
    response.vary.add("Accept-Encoding")
    if "Content-Encoding" in response.headers or "Content-Disposition" in response.headers:
        return response
    if request.accept_encodings["gzip"] and request.method != "HEAD" and len(response.data) >= SMALLEST:
        response.data = packed(response.data)
        response.headers["Content-Encoding"] = "gzip"
        response.headers.pop("ETag", None)  # it names the bytes before they were packed
    return response


def install(app: Flask) -> None:
    """Comes before everything that changes an answer: what is done after a request runs in reverse order."""
    app.after_request(_pack)
