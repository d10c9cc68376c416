"""Describes an exception in the format of the contract."""
import linecache
import os
import traceback

from . import contract, layout
from .fault import RunnerFault

# Maximum length of a chain of causes in a result.
CAUSES_MAX = 5
# Longer texts are truncated, so that the description of an error does not exceed the size limit of a result.
TEXT_MAX_CHARACTERS = 1000000


def describe_error(error, hide_secrets, depth=CAUSES_MAX):
    """Describes an exception for `result.json`. A RunnerFault has a `code`, which is also its name.

    Secrets are hidden before a text is truncated, because a part of a secret would not be recognized.
    """
    if isinstance(error, RunnerFault):
        return {"name": error.code, "message": bounded(hide_secrets(str(error))), "code": error.code}
    described = {
        "name": bounded(hide_secrets(type(error).__name__)),
        "message": bounded(hide_secrets(message_of(error))),
        "stack": bounded(hide_secrets(stack_of(error))),
    }
    source = source_of(error, hide_secrets)
    if source is not None:
        described["source"] = source
    cause = cause_of(error)
    if cause is not None and depth > 1:
        described["cause"] = describe_error(cause, hide_secrets, depth - 1)
    return described


def render_for_log(described):
    """Renders an exception and its causes for the log."""
    own = described.get("stack") or "%s: %s" % (described["name"], described["message"])
    cause = described.get("cause")
    return own if cause is None else own + "\nCaused by: " + render_for_log(cause)


def message_of(error):
    try:
        return str(error)
    except Exception as fault:
        return "The raised exception has no text: %s" % type(fault).__name__


def cause_of(error):
    """Returns the cause or the context of an exception; the first exception of a group."""
    if error.__cause__ is not None:
        return error.__cause__
    if error.__context__ is not None and not error.__suppress_context__:
        return error.__context__
    parts = getattr(error, "exceptions", None)
    if isinstance(parts, tuple) and parts and isinstance(parts[0], BaseException):
        return parts[0]
    return None


def stack_of(error):
    """Returns the traceback below the runner. Paths are relative to the bundle or to the folder of local modules."""
    try:
        lines = traceback.format_exception(type(error), error, below_runner(error.__traceback__), chain=False)
    except Exception:
        # The `__str__` of a user's exception may raise an exception itself.
        return "%s: %s" % (type(error).__name__, message_of(error))
    return relative("".join(lines).rstrip("\n"))


def relative(text):
    """Makes the paths in a text relative to the bundle or to the folder of local modules."""
    for folder in (layout.in_bundle(contract.MODULES_FOLDER), layout.BUNDLE_FOLDER):
        text = text.replace(folder + os.sep, "")
    return text


def source_of(error, hide_secrets):
    """Returns the code in the innermost frame that is in the bundle; None if there is none."""
    file, number = innermost_own_place(error)
    lines = [] if file is None else linecache.getlines(file)
    if not 1 <= number <= len(lines):
        return None
    before = (contract.EXCERPT_LINES_MAX - 1) // 2
    first = max(1, number - before)
    # Hidden as one text, because a secret may have several lines.
    shown = hide_secrets("".join(lines[first - 1 : number + before])).splitlines()
    return {
        "file": relative(file),
        "line": number,
        "firstLine": first,
        "lines": [bounded(line, contract.EXCERPT_LINE_MAX_CHARACTERS) for line in shown],
    }


def innermost_own_place(error):
    """Returns file and line of the innermost frame that is in the bundle; None and 0 if there is none."""
    place = (None, 0)
    frames = below_runner(error.__traceback__)
    while frames is not None:
        file = os.path.abspath(frames.tb_frame.f_code.co_filename)
        if is_own(file):
            place = (file, frames.tb_lineno or 0)
        frames = frames.tb_next
    return place


def is_own(file):
    """Returns whether a file is part of the bundle, and not of the packages that were installed into it."""
    return file.startswith(layout.BUNDLE_FOLDER + os.sep) and "site-packages" not in file.split(os.sep)


def below_runner(frames):
    """Returns the traceback after the frames of the runner."""
    own = layout.RUNNER_FOLDER + os.sep
    while frames is not None and os.path.abspath(frames.tb_frame.f_code.co_filename).startswith(own):
        frames = frames.tb_next
    return frames


def bounded(text, limit=TEXT_MAX_CHARACTERS):
    if len(text) <= limit:
        return text
    note = " [cut, %d characters in all]" % len(text)
    return text[: limit - len(note)] + note
