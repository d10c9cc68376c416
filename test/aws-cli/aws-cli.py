"""Runs the AWS CLI for each line of stdin, and prints how each run ended as a line of JSON.

A line has the `words` of a command and its `environment`. A start of the AWS CLI takes half a second of processor time,
and most commands take a tenth of it.
"""

import contextlib
import io
import json
import os
import sys

from awscli.clidriver import create_clidriver

# The import of the AWS CLI has set this variable to the folder of its commands.
DATA_PATH = os.environ["AWS_DATA_PATH"]

drivers = {}


def driver_in(environment):
    os.environ.clear()
    os.environ.update(environment, AWS_DATA_PATH=DATA_PATH)
    key = json.dumps(environment, sort_keys=True)
    if key not in drivers:
        drivers[key] = create_clidriver()
    return drivers[key]


def run(words, environment):
    driver = driver_in(environment)
    stdout, stderr = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(stdout), contextlib.redirect_stderr(stderr):
        try:
            exit_code = driver.main(words)
        except SystemExit as error:
            exit_code = error.code
    return {"exitCode": exit_code, "stdout": stdout.getvalue(), "stderr": stderr.getvalue()}


for line in sys.stdin:
    command = json.loads(line)
    print(json.dumps(run(command["words"], command["environment"])), flush=True)
