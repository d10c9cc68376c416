"""The program `registry-logins` in Python, for Python functions and for images without Node.js.

Does the same as `client/runner-logins`, with the same arguments, files, messages and exit code. The same tests run both.

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
    options = arguments.parse_args()
    home = os.environ.get("HOME") or os.path.expanduser("~")
    try:
        log_in_to_registries(os.environ, say)
        pypi, npm = find_mirrors(options)
        if pypi is not None:
            say("pip: packages come from %s, by %s" % (pypi.url, use_pypi_mirror(pypi, home, os.environ)))
        if npm is not None:
            say("npm: packages come from %s, by %s" % (npm.url, use_npm_mirror(npm, home, os.environ)))
    except (CredentialsUnusable, OSError) as error:
        say(str(error))
        return 1
    return 0


def find_mirrors(options):
    """Returns the mirrors of pip and npm. A mirror of the run or of a secret takes precedence over CodeArtifact."""
    pypi = find_mirror("pypi", options.pypi_mirror, os.environ)
    npm = find_mirror("npm", options.npm_mirror, os.environ)
    formats = [kind for kind, mirror in (("pypi", pypi), ("npm", npm)) if mirror is None]
    if options.codeartifact is None or not formats:
        return pypi, npm
    found = log_in_to_code_artifact(options.codeartifact, formats)
    if "pypi" in found:
        pypi = simple_index(found["pypi"])
    return pypi, found.get("npm", npm)


def say(line):
    sys.stdout.write("codeseeder: %s\n" % line)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
