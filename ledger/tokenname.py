"""Which key of which token: what a key file says instead of holding a private key."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.codec import Value


@dataclass(frozen=True, slots=True)
class TokenName:
    """`label` and `serial` of the token as PKCS#11 gives them, `id` of the key in it (16 bytes)."""

    label: str
    serial: str
    id: bytes

    def value(self) -> dict[str, Value]:
        return {"label": self.label, "serial": self.serial, "id": self.id}

    @staticmethod
    def of(value: object) -> TokenName | None:
        """None for a value of another form."""
        match value:
            case {"label": str(label), "serial": str(serial), "id": bytes(key), **rest} if not rest:
                return TokenName(label, serial, key) if len(key) == 16 else None
        return None
