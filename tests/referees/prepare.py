"""Prepares floats as docs/NUMERICS.md says under "From floats to integers", in fractions, so that nothing is
rounded but where it says so. A JSON object a line, as tests/tests/agreement/prepared.rs writes them; an
answer a line."""

import json
import math
import struct
import sys
from fractions import Fraction


def to_even(number, unit):
    """The nearest multiple of 1/unit; of two the even one."""
    return Fraction(round(number * unit), unit)


def makes_sense(case):
    low, high, instead = case["low"], case["high"], case["instead"]
    steps = [Fraction(bound) * Fraction(2) ** case["scale"] for bound in (low, high)]
    return (
        low <= high
        and (instead is None or low <= instead <= high)
        and -64 <= case["scale"] <= 64
        and case["bits"] in (8, 16)
        and 0 <= case["alpha"] <= 1 << 16
        and (case["alpha"] == 0 or all(-(1 << 15) <= bound < 1 << 15 for bound in steps))
    )


def prepare(case):
    if not makes_sense(case):
        return {"code": -2, "packed": ""}
    file = bytes.fromhex(case["values"])
    values = struct.unpack(f"<{len(file) // 4}f", file)
    low, high, instead = case["low"], case["high"], case["instead"]
    endless = [at for at, value in enumerate(values) if not math.isfinite(value)]
    if endless and instead is None:
        return {"code": -3, "packed": "", "told": [0, 0, 0, endless[0]]}
    beyond = [value for value in values if math.isfinite(value) and not low <= value <= high]
    finite = [value if math.isfinite(value) else instead for value in values]
    steps = [Fraction(min(max(value, low), high)) * Fraction(2) ** case["scale"] for value in finite]
    if case["alpha"]:
        alpha, averages = Fraction(case["alpha"], 1 << 16), {}
        for at, step in enumerate(steps):
            column, step = at % case["columns"], to_even(step, 1 << 16)
            average = averages.get(column, step)
            averages[column] = average + to_even(alpha * (step - average), 1 << 32)
            steps[at] = to_even(averages[column], 1 << 16)
    most = (1 << case["bits"] - 1) - 1
    whole = [round(step) for step in steps]
    packed = [min(max(number, -most - 1), most) for number in whole]
    cut = sum(number != integer for number, integer in zip(whole, packed))
    letters = {8: "b", 16: "h"}[case["bits"]]
    file = struct.pack(f"<{len(packed)}{letters}", *packed)
    return {"code": len(file), "packed": file.hex(), "told": [len(endless), len(beyond), cut, 0]}


for line in sys.stdin:
    print(json.dumps(prepare(json.loads(line))))
