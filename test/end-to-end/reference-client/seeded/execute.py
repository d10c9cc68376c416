"""Calls the function in fn_args.json, and writes its value to a file that the shell reads."""

import importlib
import json
import sys

with open("fn_args.json", encoding="utf-8") as file:
    call = json.load(file)
module, function = call["fn_id"].split(":")
value = getattr(importlib.import_module(module), function)(*call["args"], **call["kwargs"])
if value is None:
    sys.exit()
with open(sys.argv[1], "w", encoding="utf-8") as file:
    file.write(f"read -r -d '' AWS_CODESEEDER_OUTPUT <<'EOF'\n{json.dumps(value)}\nEOF\n")
    file.write("export AWS_CODESEEDER_OUTPUT")
