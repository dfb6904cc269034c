"""Makes a picture anew from its pixels: metadata, trailers and everything else that is not a pixel stay behind."""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from audit.inspection.codes import Refusal, RefusedFile, Removed

MOST_PIXELS = 40_000_000


def rebuild(content: bytes) -> tuple[str, bytes, list[Removed]]:
    """Extension, new bytes and what was left behind; RefusedFile when it is not one sound, still picture."""
    warnings.simplefilter("error")
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    try:
        with Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise RefusedFile(Refusal.TOO_MANY_PIXELS)
            if getattr(picture, "n_frames", 1) != 1:
                raise RefusedFile(Refusal.ANIMATED)
            kind = picture.format
            picture.load()
            turned = ImageOps.exif_transpose(picture)
            transparency = turned.info.get("transparency")
            turned.info = {} if transparency is None or kind == "JPEG" else {"transparency": transparency}
            made = io.BytesIO()
            if kind == "JPEG":
                still = turned if turned.mode in ("RGB", "L") else turned.convert("RGB")
                still.save(made, "JPEG", quality=90)
                return "jpg", made.getvalue(), [Removed.IMAGE_METADATA]
            turned.save(made, "PNG")
            return "png", made.getvalue(), [Removed.IMAGE_METADATA]
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise RefusedFile(Refusal.TOO_MANY_PIXELS) from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, TypeError, EOFError, Warning):
        raise RefusedFile(Refusal.UNSOUND) from None
