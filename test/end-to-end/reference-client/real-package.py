"""Calls a remote function with the real aws-codeseeder, and prints the outcome.

Arguments: a folder for its bundles, the function's name, and its arguments as JSON.
"""

import json
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "package"))

import reference_functions  # noqa: E402
from aws_codeseeder.errors import CodeSeederRuntimeError  # noqa: E402
from aws_codeseeder.services import set_boto3_session  # noqa: E402
from recorded_calls import RecordedCalls  # noqa: E402

recorded = RecordedCalls()
set_boto3_session(recorded.session)
folder, function = sys.argv[1:3]
args, kwargs = json.loads(sys.argv[3])
os.chdir(folder)
report = {"status": "SUCCEEDED"}
try:
    report["value"], report["variables"] = getattr(reference_functions, function)(*args, **kwargs)
except CodeSeederRuntimeError as error:
    report = {"status": "FAILED", "account": error.error_info["AWS_ACCOUNT_ID"]}
print(json.dumps({**report, "lines": reference_functions.LINES, "calls": recorded.calls}))
