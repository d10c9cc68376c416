"""Installs what a bundle's Python code needs into the virtual environment of the Python that runs this.

Requirements files, local projects and the modules named on the command line go to pip at once, so that it finds
versions that go together. Local folders that are no projects are put on the module path as they are, for the
commands of the build too. Paths in requirements files count from the bundle's folder.

Standard library only, Python 3.8 and later.
"""
import os
import subprocess
import sys
import sysconfig

from codeseeder_runner import layout

PATH_FILE = "codeseeder-local-modules.pth"


def main():
    put_on_path(layout.module_folders())
    words = pip_words(sys.argv[1:])
    if not words:
        return 0
    # Isolated, so that no folder of the bundle takes the place of a module of pip.
    command = [sys.executable, "-I", "-m", "pip", "install", *words]
    return subprocess.call(command, cwd=layout.BUNDLE_FOLDER)


def pip_words(modules):
    words = []
    for file in layout.requirements_files():
        words += ["-r", file]
    installed = layout.projects() + modules
    return words + ["--", *installed] if installed else words


def put_on_path(folders):
    if not folders:
        return
    file = os.path.join(sysconfig.get_paths()["purelib"], PATH_FILE)
    with open(file, "w", encoding="utf-8") as path_file:
        path_file.write("".join(folder + "\n" for folder in folders))


if __name__ == "__main__":
    sys.exit(main())
