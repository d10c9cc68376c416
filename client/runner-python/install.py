"""Installs the packages that a bundle's Python code needs, into the virtual environment of the Python that runs this.

Installs requirements files, then local projects, then the modules on the command line: pip would apply the hashes of a
requirements file to everything that is installed in the same step. Puts local folders that are not projects on the
module path, also for the commands of the build. Relative paths in requirements files start from the bundle's folder.

Standard library only, Python 3.8 and later.
"""
import os
import subprocess
import sys
import sysconfig

from codeseeder_runner import layout
from codeseeder_runner.installer import Installer

PATH_FILE = "codeseeder-local-modules.pth"
OPTION = "--installer="
# Passed if the environment was restored from the cache, with all that the same requirements install.
RESTORED = "--restored"


def main(words):
    chosen = [word[len(OPTION):] for word in words if word.startswith(OPTION)]
    modules = [word for word in words if not word.startswith(OPTION) and word != RESTORED]
    put_on_path(layout.module_folders())
    install(Installer(chosen[0] if chosen else None), modules, RESTORED in words)


def install(installer, modules, is_restored):
    if is_restored:
        # In a restored environment, only the code of local projects may be out of date.
        install_step(installer, layout.projects())
        return
    for step in layout.requirement_steps():
        installer.install(["-r", step])
    locked = [] if installer.name == "pip" else layout.locked_folders()
    for folder in locked:
        installer.sync(folder)
    install_step(installer, [folder for folder in layout.projects() if folder not in locked])
    install_step(installer, modules)


def install_step(installer, installed):
    common = layout.common_options()
    if installed:
        installer.install((["-r", common] if common else []) + ["--"] + installed)


def put_on_path(folders):
    if not folders:
        return
    file = os.path.join(sysconfig.get_paths()["purelib"], PATH_FILE)
    with open(file, "w", encoding="utf-8") as path_file:
        path_file.write("".join(folder + "\n" for folder in folders))


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except subprocess.CalledProcessError as error:
        print("codeseeder: the Python packages could not be installed: see the messages above", file=sys.stderr)
        sys.exit(error.returncode)
