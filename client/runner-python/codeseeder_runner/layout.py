"""Finds the folders and files of the bundle that contains the runner."""
import os

from . import contract

RUNNER_FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUNDLE_FOLDER = os.path.abspath(os.path.join(RUNNER_FOLDER, *[".."] * len(contract.RUNNER_FOLDER.split("/"))))


def module_folders():
    """Returns the folders of local modules for the module path.

    The first has each local module as a package. Folders that are not packages follow, because they contain modules and
    packages themselves.
    """
    parent = in_bundle(contract.MODULES_FOLDER)
    if not os.path.isdir(parent):
        return []
    plain = [
        folder
        for folder in children(parent)
        if os.path.isdir(folder) and not os.path.exists(os.path.join(folder, "__init__.py"))
    ]
    return [parent] + plain


def projects():
    """Returns the folders that pip or uv installs."""
    return children(in_bundle(contract.PROJECTS_FOLDER))


def requirement_steps():
    """Returns the requirements files to install from, in order."""
    return children(in_bundle(contract.STEPS_FOLDER))


def common_options():
    """Returns the requirements file with the options of every step; None if there is none."""
    file = in_bundle(contract.COMMON_OPTIONS_FILE)
    return file if os.path.isfile(file) else None


def locked_folders():
    """Returns the folders that uv installs from their lock file."""
    folders = children(in_bundle(contract.PROJECTS_FOLDER)) + children(in_bundle(contract.MODULES_FOLDER))
    return [folder for folder in folders if os.path.isfile(os.path.join(folder, contract.UV_LOCK_FILE))]


def in_bundle(path):
    return os.path.join(BUNDLE_FOLDER, *path.split("/"))


def children(folder):
    if not os.path.isdir(folder):
        return []
    return [os.path.join(folder, name) for name in sorted(os.listdir(folder))]
