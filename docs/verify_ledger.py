#!/usr/bin/env python3
"""Verifies an exported ledger without a line of our own code: docs/FORMATS.md section 3, no more.

    archctl ledger export /var/lib/archagent/ledger --out LEDGER
    verify_ledger.py LEDGER [--vkey VKEY] [--since OLD-CHECKPOINT]

Checks the checkpoint's Ed25519 signature, every entry's place in the chain and in the tree, every
hash tile, and that the log extends an older checkpoint. Without --vkey it believes the key that the
log states of itself, which proves that the log is whole, not whose it is. Exit code 0 yes, 1 no.
Needs Python 3.9 and `cryptography`, for Ed25519 alone.
"""
import argparse, base64, hashlib, json, pathlib, sys
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()

def place(n):  # C2SP tlog-tiles: 1234067 -> x001/x234/067
    text = f"{n % 1000:03}"
    while n := n // 1000:
        text = f"x{n % 1000:03}/{text}"
    return text

def tile(folder, level, n, width):
    return (folder / "tile" / level / (place(n) + ("" if width == 256 else f".p/{width}"))).read_bytes()

def widths(count):
    return [(n, min(256, count - n * 256)) for n in range((count + 255) // 256)]

def entries(folder, size):
    for n, width in widths(size):
        bundle, at = tile(folder, "entries", n, width), 0
        for _ in range(width):
            length = int.from_bytes(bundle[at:at + 2], "big")
            yield bundle[at + 2:at + 2 + length]
            at += 2 + length
        assert at == len(bundle), f"entry bundle {n} has bytes too many or too few"

def root(leaves):  # RFC 9162 section 2.1.1, from the right: a lone node moves up as it is
    while len(leaves) > 1:
        pairs = [sha(b"\1", *leaves[i:i + 2]) for i in range(0, len(leaves) - 1, 2)]
        leaves = pairs + leaves[len(leaves) - len(leaves) % 2:]
    return leaves[0]

def checkpoint(note, vkey):
    text, signatures = note.split("\n\n")
    name, key_id, key = vkey.split("+", 2)
    key = base64.b64decode(key)
    assert key[0] == 1 and sha(name.encode(), b"\n", key)[:4].hex() == key_id, "not an Ed25519 vkey"
    for line in signatures.splitlines():
        _, signer, value = line.split(" ")
        value = base64.b64decode(value)
        if signer == name and value[:4].hex() == key_id:
            Ed25519PublicKey.from_public_bytes(key[1:]).verify(value[4:], f"{text}\n".encode())
            origin, size, hash_ = text.split("\n")[:3]
            assert origin == name, "the checkpoint is another log's"
            return int(size), base64.b64decode(hash_)
    raise AssertionError("the checkpoint is not signed by the key")

def verify(folder, vkey, since):
    note = (folder / "checkpoint").read_text()
    first = json.loads(next(entries(folder, min(256, int(note.split("\n")[1])))))
    vkey = vkey or next(v for v in first["vkeys"] if base64.b64decode(v.split("+", 2)[2])[0] == 1)
    size, signed = checkpoint(note, vkey)
    leaves, prev = [], bytes(32)
    for index, entry in enumerate(entries(folder, size)):
        assert json.loads(entry)["prev"] == "sha256:" + prev.hex(), f"entry {index} breaks the chain"
        prev = sha(b"\0", entry)
        leaves.append(prev)
    assert root(leaves) == signed, "the entries do not give the signed root"
    level, nodes = 0, leaves
    while nodes:  # each level holds the roots of the full tiles below
        for n, width in widths(len(nodes)):
            here = nodes[n * 256:n * 256 + width]
            assert tile(folder, str(level), n, width) == b"".join(here), f"tile {level}/{n} is wrong"
        level, nodes = level + 1, [root(nodes[i:i + 256]) for i in range(0, len(nodes) - 255, 256)]
    if since:
        old_size, old_root = checkpoint(since.read_text(), vkey)
        assert old_size <= size and root(leaves[:old_size]) == old_root, "not the log of before"
    return {"size": size, "root": "sha256:" + signed.hex(), "ok": True}

if __name__ == "__main__":
    args = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    args.add_argument("ledger", type=pathlib.Path)
    args.add_argument("--vkey", help="the log's Ed25519 key, from a source that you trust")
    args.add_argument("--since", type=pathlib.Path, help="an older checkpoint of the same log")
    args = args.parse_args()
    try:
        print(json.dumps(verify(args.ledger, args.vkey, args.since)))
    except Exception as error:
        print(json.dumps({"ok": False, "why": f"{type(error).__name__}: {error}"}))
        sys.exit(1)
