"""Writes the variables that a function exports to a file that the build's shell reads."""
import os
import sys

from . import contract

# Linux starts no process with a variable of this size or more, see execve(2).
VARIABLE_MAX_BYTES = 131072


class ExportedVariables:
    """Writes the variables that a function changed. Removes its own settings from the environment.

    Secrets in a value are replaced by `***`, because everyone who may read the run's record can read it.
    """

    def __init__(self, hide_secrets):
        self.hide_secrets = hide_secrets
        self.names = os.environ.pop(contract.EXPORTED_NAMES_VARIABLE, "").split()
        self.file = os.environ.pop(contract.EXPORTS_FILE_VARIABLE, None)
        self.before = {name: os.environ.get(name) for name in self.names}

    def write(self):
        if self.file is None:
            return
        # An unchanged variable is skipped: it may exist only in the shell, not in this process.
        changed = [name for name in self.names if os.environ.get(name) != self.before[name]]
        unfinished = "%s.%d" % (self.file, os.getpid())
        with open(unfinished, "wb") as file:
            for name in changed:
                value = os.environ.get(name)
                file.write(command_for(name, None if value is None else self.hide_secrets(value)))
        os.replace(unfinished, self.file)


def command_for(name, value):
    if value is None:
        return ("unset %s\n" % name).encode("ascii")
    content = os.fsencode(value)
    if len(content) + len(name) + 2 > VARIABLE_MAX_BYTES:
        message = "codeseeder: the variable %s is not exported: it has %d bytes, and no process could be started with it"
        print(message % (name, len(content)), file=sys.stderr)
        return b""
    return b"export " + name.encode("ascii") + b"='" + content.replace(b"'", b"'\\''") + b"'\n"
