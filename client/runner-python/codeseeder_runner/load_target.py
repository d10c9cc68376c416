"""Imports the function that an invocation names."""
import sys

from .fault import RunnerFault


def load_target(module_name, function_name):
    module = import_module(module_name)
    target = module
    for name in function_name.split("."):
        target = getattr(target, name, None)
    if not callable(target):
        raise RunnerFault(
            "TargetNotFound",
            "%s has no function %s; it has %s." % (module_name, function_name, ", ".join(functions_of(module)) or "none"),
        )
    return target


def import_module(name):
    try:
        # Unlike `importlib.import_module`, it adds no frames to a traceback.
        __import__(name)
    except ModuleNotFoundError as error:
        # The module may exist, and import a module that does not exist.
        if error.name is None or not (name + ".").startswith(error.name + "."):
            raise
        raise RunnerFault(
            "TargetNotFound",
            "There is no Python module %s (%s). Include it as a local module, or install it." % (name, error),
        ) from error
    return sys.modules[name]


def functions_of(module):
    return [name for name, value in sorted(vars(module).items()) if callable(value) and not name.startswith("_")]
