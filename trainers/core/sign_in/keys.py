"""Keys for single purposes, derived from the site's secret: whoever learns one learns nothing of the others."""

from base64 import urlsafe_b64encode
from hashlib import sha256

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

FINGERPRINT = 16


def derive(secret: str, purpose: str) -> bytes:
    """32 bytes for one purpose (HKDF, RFC 5869)."""
    return HKDF(SHA256(), length=32, salt=None, info=f"sound-stride:{purpose}".encode()).derive(secret.encode())


def as_text(key: bytes) -> str:
    return urlsafe_b64encode(key).decode()


def fingerprint(key: bytes) -> str:
    """A name for a key that tells nothing of it: what it encrypted is marked with it."""
    return sha256(b"fingerprint" + key).hexdigest()[:FINGERPRINT]
