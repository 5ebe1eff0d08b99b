"""Checks DSSE envelopes with securesystemslib, and ML-DSA-44 with OpenSSL by way of `cryptography`.

Standard input: one JSON object, {"envelope": {...}, "keys": {KEYID: {"ed25519"|"ml-dsa-44": HEX}},
"threshold": N}. Standard output: {"accepted": [KEYID...]}, or {"refused": WHY}.
"""
import base64, json, sys
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey
from securesystemslib.dsse import Envelope
from securesystemslib.signer import SSlibKey

case = json.load(sys.stdin)
envelope = Envelope.from_dict(case["envelope"])
try:
    ed25519 = [
        SSlibKey(keyid, "ed25519", "ed25519", {"public": key["ed25519"]})
        for keyid, key in case["keys"].items() if "ed25519" in key
    ]
    accepted = list(envelope.verify(ed25519, case["threshold"])) if ed25519 else []
    for keyid, key in case["keys"].items():
        if "ml-dsa-44" in key:
            public = MLDSA44PublicKey.from_public_bytes(bytes.fromhex(key["ml-dsa-44"]))
            signature = bytes.fromhex(envelope.signatures[keyid].signature)
            public.verify(signature, envelope.pae())
            accepted.append(keyid)
    print(json.dumps({"accepted": sorted(accepted)}))
except Exception as error:
    print(json.dumps({"refused": f"{type(error).__name__}: {error}"}))
