"""Writes `result.json` in the format of the contract."""
import json
import os

from . import contract
from .fault import RunnerFault
from .json_value import JsonFault, check_json


def render_value(value):
    """Returns the result of a target that returned a value."""
    try:
        check_json(value, "value", contract.RESULT_MAX_BYTES, contract.JSON_VALUES_MAX)
    except JsonFault as fault:
        if fault.limit is not None:
            raise too_large(fault.limit) from None
        raise RunnerFault("ResultNotJson", "The returned value is not JSON: %s." % fault) from None
    content = to_bytes({"ok": True, "value": value})
    if len(content) > contract.RESULT_MAX_BYTES:
        raise too_large("%d bytes" % contract.RESULT_MAX_BYTES)
    return content


def render_failure(error):
    return to_bytes({"ok": False, "error": error})


def write_result(output_folder, content):
    """Writes the result atomically."""
    os.makedirs(output_folder, exist_ok=True)
    unfinished = os.path.join(output_folder, ".%s.%d" % (contract.RESULT_FILE, os.getpid()))
    with open(unfinished, "wb") as file:
        file.write(content)
    os.replace(unfinished, os.path.join(output_folder, contract.RESULT_FILE))


def to_bytes(value):
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return text.encode("utf-8")
    except UnicodeEncodeError:
        # Half of a surrogate pair has no UTF-8, but can be an escape in JSON.
        return json.dumps(value, allow_nan=False, separators=(",", ":")).encode("ascii")


def too_large(limit):
    return RunnerFault(
        "ResultTooLarge",
        "The returned value is larger than %s as JSON. Write it to $CODESEEDER_OUTPUT_DIR or S3 and return its location."
        % limit,
    )
