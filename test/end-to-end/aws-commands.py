"""Runs commands of the AWS CLI one after the other in this process, and prints how each ended as JSON.

A start of the AWS CLI takes a second of processor time, and most commands take a tenth of it. The argument is a JSON
list of objects with the `words` of a command and, if it differs from this process's, its `environment`.
"""

import contextlib
import io
import json
import os
import sys

from awscli.clidriver import create_clidriver

OWN_ENVIRONMENT = dict(os.environ)


def run(driver, words):
    stdout, stderr = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(stdout), contextlib.redirect_stderr(stderr):
        try:
            exit_code = driver.main(words)
        except SystemExit as error:
            exit_code = error.code
    return {"exitCode": exit_code, "stdout": stdout.getvalue(), "stderr": stderr.getvalue()}


def driver_with(environment):
    os.environ.clear()
    os.environ.update(OWN_ENVIRONMENT, **environment)
    return create_clidriver()


shared = driver_with({})
commands = json.loads(sys.argv[1])
ends = [
    run(driver_with(command["environment"]) if command.get("environment") else shared, command["words"])
    for command in commands
]
print(json.dumps(ends))
