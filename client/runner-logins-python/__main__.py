"""The program `registry-logins` in Python, for builds whose image has no node and for those of Python functions.

Does what `client/runner-logins` does, with the same arguments, files, words and exit code; the same tests hold both.

Standard library only, Python 3.8 and later.
"""
import argparse
import os
import sys

from code_artifact import log_in_to_code_artifact, simple_index
from credentials_secret import CredentialsUnusable
from docker_logins import log_in_to_registries
from mirror import find_mirror
from npm_mirror import use_npm_mirror
from pypi_mirror import use_pypi_mirror


def main():
    arguments = argparse.ArgumentParser(allow_abbrev=False)
    for name in ("--pypi-mirror", "--npm-mirror", "--codeartifact"):
        arguments.add_argument(name)
    wanted = arguments.parse_args()
    home = os.environ.get("HOME") or os.path.expanduser("~")
    try:
        log_in_to_registries(os.environ, say)
        pypi, npm = find_mirrors(wanted)
        if pypi is not None:
            say("pip: packages come from %s, by %s" % (pypi.url, use_pypi_mirror(pypi, home, os.environ)))
        if npm is not None:
            say("npm: packages come from %s, by %s" % (npm.url, use_npm_mirror(npm, home, os.environ)))
    except (CredentialsUnusable, OSError) as error:
        say(str(error))
        return 1
    return 0


def find_mirrors(wanted):
    """A mirror that the run or a secret names comes before CodeArtifact, each kind by itself."""
    pypi = find_mirror("pypi", wanted.pypi_mirror, os.environ)
    npm = find_mirror("npm", wanted.npm_mirror, os.environ)
    formats = [kind for kind, mirror in (("pypi", pypi), ("npm", npm)) if mirror is None]
    if wanted.codeartifact is None or not formats:
        return pypi, npm
    found = log_in_to_code_artifact(wanted.codeartifact, formats)
    if "pypi" in found:
        pypi = simple_index(found["pypi"])
    return pypi, found.get("npm", npm)


def say(line):
    sys.stdout.write("codeseeder: %s\n" % line)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
