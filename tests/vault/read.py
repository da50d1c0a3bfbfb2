#!/usr/bin/env python3
"""Reads a sealed vault by its description alone (spotify-vault/docs/format.md).

usage: read.py DIRECTORY (--key BASE64 | --passphrase TEXT | --recovery CODE)

Prints one JSON object per record. Needs PyNaCl and argon2-cffi. It is a second implementation that
shares no code with the first; do not give it a key that matters on a command line.
"""

import base64
import hashlib
import hmac
import json
import pathlib
import sys

from argon2.low_level import Type, hash_secret_raw
from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_decrypt as aead_open


def frame(label, *parts):
    parts = [b"spotify-vault/v1/" + label, *parts]
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def mac(key, label, *parts):
    return hmac.digest(key, frame(label, *parts), "sha256")


def derive(key, label, *parts, salt=bytes(32)):
    extracted = hmac.digest(salt, key, "sha256")
    return hmac.digest(extracted, frame(label, *parts) + b"\x01", "sha256")


def unseal(key, nonce, aad, sealed):
    return aead_open(sealed, aad, nonce, key)


def need(condition, what):
    if not condition:
        sys.exit(f"read.py: {what}")


def u32(number):
    return number.to_bytes(4, "big")


def recovery_key(code):
    code = code.upper().translate(str.maketrans("OIL", "011", "- "))
    alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    number = 0
    for symbol in code:
        number = number * 32 + alphabet.index(symbol)
    need(len(code) == 56, "a recovery code has 56 symbols")
    packed = number.to_bytes(35, "big")
    check = hashlib.sha256(b"spotify-vault/v1/recovery" + packed[:32]).digest()[:3]
    need(packed[32:] == check, "the recovery code's checksum does not fit")
    return packed[:32]


def slot_key(slot, kind, secret):
    salt, kdf = bytes.fromhex(slot["salt"]), slot["kdf"]
    if kdf["name"] == "argon2id":
        need(kind == "--passphrase", "this slot takes a passphrase")
        need(19456 <= kdf["m"] <= 1 << 20 and 1 <= kdf["t"] <= 16 and 1 <= kdf["p"] <= 8, "cost")
        return hash_secret_raw(secret.encode(), salt, kdf["t"], kdf["m"], kdf["p"], 32, Type.ID, 0x13), (
            f"argon2id,m={kdf['m']},t={kdf['t']},p={kdf['p']}"
        )
    raw = recovery_key(secret) if kind == "--recovery" else base64.b64decode(secret, validate=True)
    need(len(raw) == 32, "a key has 32 bytes")
    return derive(raw, b"slot", salt=salt), "hkdf-sha256"


def unlock(file, kind, secret):
    line, digits, rest = file.read_bytes().split(b"\n")
    need(rest == b"", "the header has two lines")
    header = json.loads(line)
    need(header["magic"] == "SPMV" and header["version"] == 1 and header["min_reader"] <= 2, "version")
    vault = bytes.fromhex(header["vault_id"])
    role = "recovery" if kind == "--recovery" else "primary"
    slot = next(slot for slot in header["slots"] if slot["role"] == role)
    key, text = slot_key(slot, kind, secret)
    ident = u32(slot["id"])
    need(derive(key, b"commit", b"slot", vault, ident).hex() == slot["commit"], "wrong key")
    aad = frame(b"slot", vault, ident, role.encode(), text.encode(), bytes.fromhex(slot["salt"]))
    wrapped, nonce = bytes.fromhex(slot["wrapped"]), bytes.fromhex(slot["nonce"])
    vault_key = unseal(derive(key, b"slot-wrap"), nonce, aad, wrapped)
    need(mac(derive(vault_key, b"header"), b"header", line).hex() == digits.decode(), "header MAC")
    terms = {}
    for term in header["terms"]:
        number = u32(term["term"])
        wrapped, nonce = bytes.fromhex(term["wrapped"]), bytes.fromhex(term["nonce"])
        aad = frame(b"term", vault, number)
        term_key = unseal(derive(vault_key, b"term-wrap"), nonce, aad, wrapped)
        need(derive(term_key, b"commit", b"term", vault, number).hex() == term["commit"], "term")
        terms[number] = term_key
    return vault, derive(vault_key, b"names"), terms


def redo(directory):
    """What a writer that ended was about to write over keys."""
    file = directory / "vault.redo"
    data = file.read_bytes() if file.exists() else b""
    header = hashlib.sha256((directory / "vault.hdr").read_bytes()).digest()
    if data[:40] != b"SPMW\1\0\0\0" + header or data[-32:] != hashlib.sha256(data[:-32]).digest():
        return {}
    entries = [data[at : at + 132] for at in range(40, len(data) - 32, 132)]
    return {(entry[:16].hex(), int.from_bytes(entry[16:20], "big")): entry[20:] for entry in entries}


def read_record(path, vault, names, terms, redone):
    record = path.read_bytes()
    need(record[:8] == b"SPMR\1\1\0\0", f"{path.name} is no record")
    number = int.from_bytes(record[8:12], "big")
    key = (path.parent / f"{number}.key").read_bytes()
    key = redone.get((path.parent.name, number), key) if any(key) else key
    need(key[:8] == b"SPMK\1\1\0\0" and len(key) == 112, "no subject key")
    subject_key = unseal(terms[key[12:16]], key[40:64], frame(b"subject-key", vault, key[:40]), key[64:])
    aad = frame(b"content-key", vault, record[:60])
    content_key = unseal(subject_key, record[60:84], aad, record[84:132])
    need(int.from_bytes(record[156:160], "big") == len(record) - 160, "length")
    aad = frame(b"data", vault, record[:8], record[12:60])
    text, parts = unseal(content_key, record[132:156], aad, record[160:]), []
    for width in (2, 2, 4):
        length = int.from_bytes(text[:width], "big")
        parts.append(text[width : width + length])
        text = text[width + length :]
    need(len(text) < 256 and not any(text), "padding")
    subject, field, value = parts
    subject_id = mac(names, b"subject-id", subject)[:16]
    record_id = mac(names, b"record-id", subject, field)[:16]
    need(key[24:40] == record[28:44] == subject_id and path.parent.name == subject_id.hex(), "subject")
    need(record[44:60] == record_id and path.stem == record_id.hex(), "record")
    return {
        "subject": subject.hex(),
        "field": field.decode(),
        "generation": int.from_bytes(record[12:20], "big"),
        "updated_at_ms": int.from_bytes(record[20:28], "big", signed=True),
        "value": value.hex(),
    }


if __name__ == "__main__":
    need(len(sys.argv) == 4, __doc__)
    directory = pathlib.Path(sys.argv[1])
    opened = unlock(directory / "vault.hdr", *sys.argv[2:])
    for place in sorted(directory.glob("subjects/*/*/*.rec")):
        if not (place.parent / "tombstone").exists():
            print(json.dumps(read_record(place, *opened, redo(directory))))
