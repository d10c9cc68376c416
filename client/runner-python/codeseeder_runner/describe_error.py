"""Describes an exception in the format of the contract."""
import os
import traceback

from . import contract, layout
from .fault import RunnerFault

# Maximum number of exceptions reported from a chain of causes.
CAUSES_TOLD = 5
# Longer texts say no more, and would make a failure as large as a value may be.
TEXT_MAX_CHARACTERS = 1000000


def describe_error(error, depth=CAUSES_TOLD):
    """`code` is told for faults that the runner found, whose name is their code."""
    if isinstance(error, RunnerFault):
        return {"name": error.code, "message": bounded(str(error)), "code": error.code}
    described = {
        "name": bounded(type(error).__name__),
        "message": bounded(message_of(error)),
        "stack": bounded(stack_of(error)),
    }
    cause = cause_of(error)
    if cause is not None and depth > 1:
        described["cause"] = describe_error(cause, depth - 1)
    return described


def render_for_log(described):
    """An exception and its causes, as a reader of the log expects them."""
    own = described.get("stack") or "%s: %s" % (described["name"], described["message"])
    cause = described.get("cause")
    return own if cause is None else own + "\nCaused by: " + render_for_log(cause)


def message_of(error):
    try:
        return str(error)
    except Exception as fault:
        return "What was raised has no text: %s" % type(fault).__name__


def cause_of(error):
    """What an exception was raised from, or while it was handled; of several in one, the first."""
    if error.__cause__ is not None:
        return error.__cause__
    if error.__context__ is not None and not error.__suppress_context__:
        return error.__context__
    parts = getattr(error, "exceptions", None)
    if isinstance(parts, tuple) and parts and isinstance(parts[0], BaseException):
        return parts[0]
    return None


def stack_of(error):
    """The traceback below the runner, its paths relative to the bundle or, of local modules, to their folder."""
    try:
        lines = traceback.format_exception(type(error), error, below_runner(error.__traceback__), chain=False)
    except Exception:
        # The text of an exception of the user's own may raise one itself.
        return "%s: %s" % (type(error).__name__, message_of(error))
    text = "".join(lines).rstrip("\n")
    for folder in (layout.in_bundle(contract.MODULES_FOLDER), layout.BUNDLE_FOLDER):
        text = text.replace(folder + os.sep, "")
    return text


def below_runner(frames):
    """Leaves out the runner's own frames."""
    own = layout.RUNNER_FOLDER + os.sep
    while frames is not None and os.path.abspath(frames.tb_frame.f_code.co_filename).startswith(own):
        frames = frames.tb_next
    return frames


def bounded(text):
    if len(text) <= TEXT_MAX_CHARACTERS:
        return text
    note = " [cut, %d characters in all]" % len(text)
    return text[: TEXT_MAX_CHARACTERS - len(note)] + note
