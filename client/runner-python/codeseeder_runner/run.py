"""Runs one invocation and ends the process."""
import asyncio
import atexit
import hashlib
import inspect
import json
import os
import sys
import threading

from . import contract
from .describe_error import describe_error, render_for_log
from .exported_variables import ExportedVariables
from .fault import RunnerFault
from .hidden_secrets import HiddenSecrets
from .load_target import load_target
from .wrong_call import describe_wrong_call
from .result_file import render_failure, render_value, write_result


# Time that threads and child processes of a target may take after it returned, in seconds.
OPEN_WORK_MAX_SECONDS = 60


def run():
    make_output_plain()
    process = os.getpid()
    hide_secrets = HiddenSecrets().hide
    exported = ExportedVariables(hide_secrets)
    try:
        output_folder = required_variable(contract.OUTPUT_DIR_VARIABLE)
        content, code = outcome_of_target(hide_secrets)
    finally:
        # A process that the target forked must not write the result.
        if os.getpid() != process:
            os._exit(1)
    try:
        write_result(output_folder, content)
    except OSError as error:
        print("The result cannot be written to %s: %s" % (output_folder, error), file=sys.stderr)
        code = 1
    end_process(code, exported)


def outcome_of_target(hide_secrets):
    """Returns the content of `result.json` and the exit code."""
    try:
        return render_value(call_target(read_invocation())), 0
    except SystemExit as error:
        fault = RunnerFault("ProcessExited", "The target ended the process with %s before it returned." % describe_exit(error))
    except KeyboardInterrupt:
        fault = RunnerFault("ProcessExited", "The target was interrupted before it returned.")
    except BaseException as error:
        fault = error
    described = describe_error(fault, hide_secrets)
    # The error is also in the log.
    print(contract.TARGET_ERROR_LINE + "\n" + render_for_log(described), file=sys.stderr)
    return render_failure(described), 1


def call_target(invocation):
    target = invocation["target"]
    sys.argv = [target["module"]]
    function = load_target(target["module"], target["functionName"])
    args, kwargs = invocation.get("args", []), invocation.get("kwargs", {})
    try:
        returned = function(*args, **kwargs)
    except TypeError as error:
        describe_wrong_call(error, function, args, kwargs)
        raise
    return asyncio.run(returned) if inspect.iscoroutine(returned) else returned


def read_invocation():
    path = required_variable(contract.INVOCATION_FILE_VARIABLE)
    with open(path, "rb") as file:
        content = file.read()
    require_same_content(content, path)
    invocation = json.loads(content.decode("utf-8"))
    if invocation["kind"] != "python":
        raise RunnerFault("InvalidRequest", "This runner runs python invocations, not %s." % invocation["kind"])
    return invocation


def require_same_content(content, path):
    """Compares the invocation with the SHA-256 in the build's own command, which cannot change after the build has
    started."""
    expected = os.environ.pop(contract.INVOCATION_SHA256_VARIABLE, None)
    found = hashlib.sha256(content).hexdigest()
    if expected is not None and found != expected:
        raise RunnerFault(
            "InputChanged",
            "The invocation %s has the SHA-256 %s instead of %s, with which the build was started." % (path, found, expected),
        )


def describe_exit(error):
    code = error.code
    if code is None:
        return "exit code 0"
    return "exit code %d" % code if isinstance(code, int) else "exit code 1: %s" % (code,)


def make_output_plain():
    """Prints each line immediately, and escapes characters that the encoding of the output does not have."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True, errors="backslashreplace")


def end_process(code, exported):
    """Ends the process as Python does: waits for threads and child processes of the target, for a limited time."""
    watchdog = threading.Timer(OPEN_WORK_MAX_SECONDS, end_open_work, (code, exported))
    watchdog.daemon = True
    watchdog.start()
    try:
        threading._shutdown()
        atexit._run_exitfuncs()
    except BaseException:
        # A function that the target registered with `atexit` failed. The result is written already and does not change.
        pass
    watchdog.cancel()
    leave(code, exported)


def end_open_work(code, exported):
    names = ", ".join(thread.name for thread in threading.enumerate() if is_open_work(thread))
    print(
        "codeseeder: the function returned %d seconds ago, but its work still goes on (%s) and is ended now. "
        "Wait for all work before you return." % (OPEN_WORK_MAX_SECONDS, names or "a child process or an exit function"),
        file=sys.stderr,
    )
    leave(code, exported)


def is_open_work(thread):
    return not thread.daemon and thread is not threading.main_thread()


def leave(code, exported):
    """Writes the exported variables, and ends the process at once."""
    try:
        exported.write()
    except OSError as error:
        print("The exported variables cannot be written: %s" % error, file=sys.stderr)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):
            # The reader closed the pipe, or the target closed the stream.
            pass
    os._exit(code)


def required_variable(name):
    value = os.environ.get(name)
    if not value:
        raise RunnerFault("InvalidRequest", "The environment variable %s is missing." % name)
    return value
