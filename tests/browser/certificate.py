"""An invented certificate as a phone photographs it: the camera's name and the place are in the file."""

import io

from PIL import Image, ImageDraw, ImageFont

CAMERA, PLACE = 0x0110, 0x8825
SIZE = (1600, 1200)
SECRETS = (b"Secret Camera", b"secret remark")
LINES = ((36, "CERTIFIED PERSONAL TRAINER"), (90, ""), (36, "Number 1160448213"), (36, "Expires 3/12/2027"))


def photograph(holder: str) -> bytes:
    """JPEG with the holder's name on it; SECRETS are in the file and must not reach anybody."""
    picture = Image.new("RGB", SIZE, "#6d7a70")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((140, 120, 1460, 1000), fill="#fbf7ec", outline="#8a6d3b", width=12)
    below = 260
    for size, words in LINES:
        pen.text((220, below), words or holder, fill="#222", font=ImageFont.load_default(size))
        below += size * 2
    pen.rectangle((1040, 800, 1400, 960), fill="white", outline="#333", width=4)
    pen.text((1080, 850), "the slip", fill="#333", font=ImageFont.load_default(48))
    exif = Image.Exif()
    exif[CAMERA] = SECRETS[0].decode()
    exif[PLACE] = {1: "N", 2: (45.0, 29.0, 0.0)}
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif, comment=SECRETS[1])
    return out.getvalue()
