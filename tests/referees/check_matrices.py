"""Holds matrices of ours against NumPy, and their commitment against the official BLAKE3; then writes
files of its own for us to read. Argument: a folder."""

import json
import struct
import sys
from pathlib import Path

import blake3
import numpy
import safetensors.numpy

folder = Path(sys.argv[1])


def digest(word, data):
    context = f"arch.network 2026 matrix {word} v1"
    return blake3.blake3(data, derive_key_context=context).digest()


def tree(hashes):
    if len(hashes) == 1:
        return hashes[0]
    left = 1 << (len(hashes) - 1).bit_length() - 1
    return digest("node", tree(hashes[:left]) + tree(hashes[left:]))


def cell_root(cell):
    leaves = []
    for top in range(0, cell.shape[0], 64):
        for left in range(0, cell.shape[1], 64):
            leaf = cell[top : top + 64, left : left + 64]
            place = struct.pack("<4I", top // 64, left // 64, *leaf.shape)
            values = leaf.astype("<i4").tobytes()
            leaves.append(digest("leaf", values + b"i8".ljust(16, b"\0") + place))
    return tree(leaves)


def cuts(side, parts):
    lengths = [side // parts + (1 if part < side % parts else 0) for part in range(parts)]
    return [sum(lengths[:part]) for part in range(parts + 1)]


a, b, c = (numpy.load(folder / f"{name}.npy", allow_pickle=False) for name in "abc")
right = a.astype(numpy.int64) @ b.astype(numpy.int64)
parts = 3
rows, columns = cuts(c.shape[0], parts), cuts(c.shape[1], parts)
slab = c[rows[1] : rows[2]]
roots = [cell_root(slab[:, left:right_]) for left, right_ in zip(columns, columns[1:])]
said = struct.pack("<10I", *c.shape[:1], a.shape[1], c.shape[1], parts, parts, parts, 0, 1, 0, 0)
commitment = digest("commitment", b"i8".ljust(16, b"\0") + said + tree(roots))

chance = numpy.random.default_rng(7)
theirs = {}
for name in ["int8", "int16", "int32", "int64", "float32"]:
    matrix = (chance.random((5, 7)) * 200 - 100).astype(name)
    numpy.save(folder / f"{name}.npy", matrix)
    theirs[name] = matrix
with open(folder / "version2.npy", "wb") as file:
    numpy.lib.format.write_array(file, theirs["int16"], version=(2, 0))
numpy.save(folder / "by-columns.npy", numpy.asfortranarray(theirs["int8"]))
numpy.save(folder / "unsigned.npy", theirs["int8"].astype("uint8"))
safetensors.numpy.save_file(theirs, folder / "theirs.safetensors", metadata={"format": "np"})

json.dump(
    {
        "product": bool((right == c).all()) and c.dtype == numpy.dtype("<i4"),
        "commitment": commitment.hex(),
        "values": {name: matrix.astype(float).flatten().tolist() for name, matrix in theirs.items()},
    },
    sys.stdout,
)
