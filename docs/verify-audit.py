#!/usr/bin/env python3
"""Verifies an exported audit log of Alambic. Python 3.8 or later, nothing else; it shares no code with Alambic.

    python3 verify-audit.py FOLDER [--key TEXT] [CHECKPOINT ...]

FOLDER is what Alambic exported. --key is the log's public key as you wrote it down before; without it, the key in the
folder is believed. Each CHECKPOINT is an earlier one that you kept: the log must still have the same beginning.
Exit code 0: whole. 1: not whole, and the line says where. 2: not understood.
"""
import base64
import hashlib
import json
import os
import re
import sys


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


# The tree of RFC 6962, section 2.1.
def root_over(hashes):
    if not hashes:
        return sha256()
    if len(hashes) == 1:
        return hashes[0]
    left = 1 << (len(hashes) - 1).bit_length() - 1
    return sha256(b"\x01", root_over(hashes[:left]), root_over(hashes[left:]))


# Ed25519 of RFC 8032, section 5.1, checking only.
P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def point(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if y >= P or (x * x - square) % P or (x == 0 and sign):
        return None
    return (P - x if x & 1 != sign else x, y)


def plus(one, other):
    (a, b), (c, d) = one, other
    both = D * a * b * c * d % P
    return ((a * d + b * c) * pow(1 + both, P - 2, P) % P, (b * d + a * c) * pow(1 - both, P - 2, P) % P)


def times(number, at):
    found = (0, 1)
    while number:
        if number & 1:
            found = plus(found, at)
        at, number = plus(at, at), number >> 1
    return found


BASE = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def is_signed(key, message, signature):
    at, first, second = point(key), point(signature[:32]), int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or at is None or first is None or second >= Q:
        return False
    digest = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % Q
    return times(second, BASE) == plus(first, times(digest, at))


# A key and a checkpoint, as C2SP signed-note and tlog-checkpoint have them.
def read_key(text):
    name, key_id, encoded = text.strip().split("+", 2)
    typed = base64.b64decode(encoded)
    if len(typed) != 33 or typed[0] != 1 or sha256(name.encode(), b"\n", typed)[:4].hex() != key_id:
        raise Wrong("the key is none")
    return name, typed


def read_checkpoint(path, name, typed):
    text = open(path, encoding="utf-8").read()
    body, signatures = text.split("\n\n", 1)
    body += "\n"
    lines = body.split("\n")
    if lines[0] != name:
        raise Wrong(f"{path}: a checkpoint of another log, {lines[0]}")
    good = False
    for line in signatures.splitlines():
        _dash, signer, encoded = line.split(" ")
        data = base64.b64decode(encoded)
        if signer == name and data[:4] == sha256(name.encode(), b"\n", typed)[:4]:
            good = good or is_signed(typed[1:], body.encode(), data[4:])
    if not good:
        raise Wrong(f"{path}: not signed by the log's key")
    first = re.fullmatch(r"first (\d+)", lines[3])
    return int(lines[1]), base64.b64decode(lines[2]), int(first.group(1))


# The tiles of C2SP tlog-tiles: 256 hashes each; of the last one as many as there are.
def read_leaves(folder, size):
    leaves = []
    for number in range((size + 255) // 256):
        width = min(256, size - number * 256)
        digits = str(number)
        digits = digits.zfill((len(digits) + 2) // 3 * 3)
        groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
        path = os.path.join(folder, "tile", "0", *["x" + group for group in groups[:-1]], groups[-1])
        data = open(path if width == 256 else f"{path}.p/{width}", "rb").read()
        if len(data) != width * 32:
            raise Wrong(f"tile 0/{number}: not {width} hashes")
        leaves += [data[at : at + 32] for at in range(0, len(data), 32)]
    return leaves


class Wrong(Exception):
    pass


def verify(folder, key, witnesses):
    if key is None:
        key = open(os.path.join(folder, "log-key"), encoding="utf-8").read()
    name, typed = read_key(key)
    size, root, first = read_checkpoint(os.path.join(folder, "checkpoint"), name, typed)
    leaves = read_leaves(folder, size)
    if root_over(leaves) != root:
        raise Wrong("the hashes are not those of the checkpoint")
    at = first
    with open(os.path.join(folder, "entries.jsonl"), "rb") as entries:
        for line in entries:
            line = line.rstrip(b"\n")
            if at >= size:
                raise Wrong(f"entry {at + 1}: one more than the log has")
            if sha256(b"\x00", line) != leaves[at]:
                raise Wrong(f"entry {at + 1}: not what was hashed")
            json.loads(line)
            at += 1
    if at != size:
        raise Wrong(f"entry {at + 1}: missing")
    for path in witnesses:
        earlier, earlier_root, _first = read_checkpoint(path, name, typed)
        if earlier > size:
            raise Wrong(f"{path}: tells of {earlier} entries, the log has {size}; an older log was put back")
        if root_over(leaves[:earlier]) != earlier_root:
            raise Wrong(f"{path}: the log had another beginning then")
    pruned = f"; of 1 to {first} the hashes alone are kept" if first else ""
    return f"{name}: {size} entries, whole{pruned}"


def main(arguments):
    key = None
    if "--key" in arguments[:-1]:
        at = arguments.index("--key")
        key = arguments[at + 1]
        del arguments[at : at + 2]
    if not arguments or arguments[0].startswith("-"):
        print(__doc__)
        return 2
    try:
        print(verify(arguments[0], key, arguments[1:]))
        return 0
    except Wrong as wrong:
        print(f"NOT WHOLE: {wrong}")
    except (OSError, ValueError, IndexError, AttributeError) as wrong:
        print(f"NOT WHOLE: {wrong.__class__.__name__}: {wrong}")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
