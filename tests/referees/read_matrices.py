"""Reads matrix files with NumPy and safetensors, and names those that they refuse or read otherwise than we
do. A JSON object a line: `of` (`npy`, or a tensor's name), `file` and `values` in hexadecimal, `dtype`,
`shape`. The last line printed says how many were read."""

import io
import json
import sys
import warnings

import numpy
import safetensors

warnings.simplefilter("ignore")
TYPES = {"I8": "int8", "I16": "int16", "I32": "int32", "I64": "int64", "F32": "float32"}


def by_numpy(case, file):
    stream = io.BytesIO(file)
    matrix = numpy.lib.format.read_array(stream, allow_pickle=False)
    rest = len(file) - stream.tell()
    order = "" if matrix.dtype.isnative and matrix.flags["C_CONTIGUOUS"] else " in another order"
    return f"{matrix.dtype.name}{order}{rest or ''}", list(matrix.shape), matrix.tobytes()


def by_safetensors(case, file):
    tensor = dict(safetensors.deserialize(file))[case["of"]]
    return TYPES[tensor["dtype"]], list(tensor["shape"]), bytes(tensor["data"])


read = 0
for line in sys.stdin:
    case = json.loads(line)
    by = by_numpy if case["of"] == "npy" else by_safetensors
    ours = case["dtype"], case["shape"], bytes.fromhex(case["values"])
    try:
        theirs = by(case, bytes.fromhex(case["file"]))
    except Exception as error:
        theirs = f"{type(error).__name__}: {error}"
    if theirs != ours:
        print(json.dumps({"differs": read, "by": by.__name__, "read": str(theirs)[:500]}))
    read += 1
print(json.dumps({"read": read}))
