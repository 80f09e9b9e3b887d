"""The key that tokens are signed with, and the public half that everybody may see."""

import hashlib
import json
from base64 import urlsafe_b64encode
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

ALGORITHM = "RS256"
KEY_BITS = 2048


class SigningKey:
    """An RSA key, loaded once.

    Raises ``ValueError`` if the PEM is not an unencrypted RSA private key of 2048 bits or more.
    """

    def __init__(self, private_key_pem: str) -> None:
        try:
            key = serialization.load_pem_private_key(private_key_pem.encode(), password=None)
        except TypeError as error:
            raise ValueError("The key that signs tokens is encrypted.") from error
        if not isinstance(key, rsa.RSAPrivateKey) or key.key_size < KEY_BITS:
            raise ValueError(f"Tokens are signed with an RSA key of at least {KEY_BITS} bits.")
        self.private = key
        self.public = key.public_key()
        jwk = RSAAlgorithm.to_jwk(self.public, as_dict=True)
        self._numbers = {name: jwk[name] for name in ("e", "kty", "n")}
        # RFC 7638: the id follows from the key alone, so every process gives it the same one.
        canonical = json.dumps(self._numbers, sort_keys=True, separators=(",", ":")).encode()
        self.id = urlsafe_b64encode(hashlib.sha256(canonical).digest()).rstrip(b"=").decode("ascii")

    def jwks(self) -> dict[str, Any]:
        """The public key as a JSON Web Key Set."""
        return {"keys": [{**self._numbers, "kid": self.id, "use": "sig", "alg": ALGORITHM}]}


@lru_cache(maxsize=2)
def signing_key(private_key_pem: str) -> SigningKey:
    """The key, loaded once: proving an RSA key takes a twentieth of a second. Raises as the class does."""
    return SigningKey(private_key_pem)


def generate_private_key() -> str:
    """A new key as PEM (PKCS 8, not encrypted)."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode("ascii")
