"""Reads YAML as PyYAML and ruamel.yaml do, and says where either differs from us.

Standard input: one JSON object a line, {"yaml": TEXT, "canonical": OUR-RFC-8785-BYTES-AS-TEXT}.
Standard output: {"differs": LINE, "by": NAME, "read": …} for each disagreement, then {"read": COUNT}.
"""
import json, sys
import rfc8785, ruamel.yaml, yaml

def ruamel_reads(text):
    return ruamel.yaml.YAML(typ="safe", pure=True).load(text)

READERS = {"PyYAML": yaml.safe_load, "ruamel.yaml": ruamel_reads}

count = 0
for number, line in enumerate(sys.stdin):
    case = json.loads(line)
    for name, reader in READERS.items():
        try:
            read = rfc8785.dumps(reader(case["yaml"])).decode()
        except Exception as error:
            read = f"{type(error).__name__}: {error}"
        if read != case["canonical"]:
            print(json.dumps({"differs": number, "by": name, "read": read}))
    count += 1
print(json.dumps({"read": count}))
