"""Calls pip or uv for the virtual environment of the Python that runs this."""
import ast
import os
import pathlib
import shutil
import subprocess
import sys

from . import contract, layout

# Isolated (`-I`), so that a module in the bundle cannot replace one that pip imports.
PIP = [sys.executable, "-I", "-m", "pip"]

# Settings of pip for indexes -> variable of uv with the same meaning, and the separator of its values.
# https://docs.astral.sh/uv/reference/environment/
UV_VARIABLES = {
    "index-url": ("UV_DEFAULT_INDEX", " "),
    "extra-index-url": ("UV_INDEX", " "),
    "find-links": ("UV_FIND_LINKS", ","),
    "trusted-host": ("UV_INSECURE_HOST", " "),
    "cert": ("SSL_CERT_FILE", " "),
}


class Installer:
    """Installs packages with pip or uv. Methods raise CalledProcessError if the program fails."""

    def __init__(self, name):
        """Creates an installer that uses "pip" or "uv". With None, it uses uv for folders with a lock file, else pip."""
        self.name = name
        self._uv = None
        self._variables = dict(os.environ)
        self._variables[contract.BUNDLE_URL_VARIABLE] = pathlib.Path(layout.BUNDLE_FOLDER).as_uri()

    def install(self, words):
        if self.name != "uv":
            self._call(PIP + ["install"] + words, layout.BUNDLE_FOLDER)
            return
        command = [self._find_uv(), "pip", "install", "--python", sys.executable]
        if is_true(pip_settings().get("no-index", "")):
            command.append("--no-index")
        self._call(command + words, layout.BUNDLE_FOLDER)

    def sync(self, folder):
        """Installs the packages of a folder's lock file, and its project if it has one.

        Keeps packages that are installed already, such as pip. Makes uv use the Python of the build.
        """
        self._variables["UV_PROJECT_ENVIRONMENT"] = sys.prefix
        self._variables["UV_PYTHON"] = sys.executable
        self._variables.setdefault("UV_PYTHON_DOWNLOADS", "never")
        self._call([self._find_uv(), "sync", "--frozen", "--inexact"], folder)

    def _find_uv(self):
        if self._uv is None:
            self._uv = shutil.which("uv") or self._install_uv()
            for name, value in uv_variables(pip_settings()).items():
                self._variables.setdefault(name, value)
        return self._uv

    def _install_uv(self):
        common = layout.common_options()
        self._call(PIP + ["install"] + (["-r", common] if common else []) + ["--", "uv"], layout.BUNDLE_FOLDER)
        return os.path.join(os.path.dirname(sys.executable), "uv")

    def _call(self, command, folder):
        subprocess.run(command, cwd=folder, env=self._variables, check=True)


def pip_settings():
    """Returns the settings of pip by name. Variables override the section [install], which overrides [global]."""
    listed = subprocess.run(PIP + ["config", "list"], stdout=subprocess.PIPE, encoding="utf-8", check=True)
    settings = {}
    for section in ("global.", "install.", ":env:."):
        for line in listed.stdout.splitlines():
            if line.startswith(section) and "=" in line:
                name, value = line[len(section):].split("=", 1)
                settings[name] = ast.literal_eval(value)
    return settings


def uv_variables(settings):
    return {
        variable: separator.join(settings[name].split())
        for name, (variable, separator) in UV_VARIABLES.items()
        if settings.get(name, "").split()
    }


def is_true(text):
    return text.lower() in ("1", "true", "yes", "on")
