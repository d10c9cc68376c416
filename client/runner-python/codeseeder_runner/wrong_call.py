"""Describes a call with arguments that a function does not take."""
import inspect


def describe_wrong_call(error, function, args, kwargs):
    """Adds the function as it is defined to a TypeError of Python about the arguments of a call.

    An error of the function itself does not change: its traceback has a frame of the function.
    """
    if error.__traceback__.tb_next is not None:
        return
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        # Functions in C may have no signature.
        return
    try:
        signature.bind(*args, **kwargs)
    except TypeError:
        error.args = ("%s. The function is %s%s." % (error, name_of(function), without_annotations(signature)),)


def name_of(function):
    return getattr(function, "__qualname__", None) or type(function).__name__


def without_annotations(signature):
    empty = inspect.Parameter.empty
    parameters = [one.replace(annotation=empty) for one in signature.parameters.values()]
    return signature.replace(parameters=parameters, return_annotation=inspect.Signature.empty)
