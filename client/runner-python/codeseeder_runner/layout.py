"""Where things lie in the bundle that the runner is part of."""
import os

from . import contract

RUNNER_FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUNDLE_FOLDER = os.path.abspath(os.path.join(RUNNER_FOLDER, *[".."] * len(contract.RUNNER_FOLDER.split("/"))))


def module_folders():
    """Folders of local modules for the module path.

    Below the first of them each local module is a package of its own name; a folder that is no package holds
    modules and packages itself.
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
    """Folders that pip installs."""
    return children(in_bundle(contract.PROJECTS_FOLDER))


def requirements_files():
    """Requirements files, those in folders too."""
    found = []
    for folder, _, files in os.walk(in_bundle(contract.REQUIREMENTS_FOLDER)):
        found += [os.path.join(folder, name) for name in files]
    return sorted(found)


def in_bundle(path):
    return os.path.join(BUNDLE_FOLDER, *path.split("/"))


def children(folder):
    if not os.path.isdir(folder):
        return []
    return [os.path.join(folder, name) for name in sorted(os.listdir(folder))]
