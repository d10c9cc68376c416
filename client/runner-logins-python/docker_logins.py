"""Logs docker in to registries."""
import errno
import re
import subprocess

from credentials_secret import CredentialsUnusable, entry_of, read_entries, secret_reference, text_of

# Seconds to wait for the answer of one registry.
LOGIN_TIMEOUT = 60

# Matches a registry for `docker login`. A name that starts with a hyphen is refused, because docker would read it as an
# option.
REGISTRY = re.compile(r"[A-Za-z0-9][A-Za-z0-9.:/_-]*\Z")


def log_in_to_registries(variables, say):
    """Logs docker in to the registries of a secret `{registry: {username, password}}`.

    A failed login is logged and does not end the build, which may not need the registry.
    """
    reference = secret_reference(variables, ["AWS_CODESEEDER_DOCKER_SECRET"])
    if reference is None:
        return
    try:
        registries = read_entries(reference)
        if reference.key is not None:
            registries = entry_of(registries, reference.key, reference)
    except CredentialsUnusable as error:
        say("docker: no login to any registry: %s" % error)
        return
    for registry, entry in registries.items():
        problem = _log_in(registry, entry)
        if problem is None:
            say("docker: logged in to %s" % registry)
        else:
            say("docker: no login to %s: %s" % (registry, problem))


def _log_in(registry, entry):
    """Returns the problem, or None."""
    if not REGISTRY.match(registry):
        return "that is not the name of a registry"
    if not isinstance(entry, dict):
        return "its entry is not a JSON object"
    username, password = text_of(entry, "username"), text_of(entry, "password")
    if username is None or password is None:
        return "its entry has no %s" % ("username" if username is None else "password")
    try:
        # Passes the password by standard input, because all processes of the machine can read a command line.
        ended = subprocess.run(
            ["docker", "login", "--username=" + username, "--password-stdin", registry],
            input=password.encode(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=LOGIN_TIMEOUT,
        )
    except OSError as error:
        return "spawn docker %s" % errno.errorcode.get(error.errno, error.strerror)
    except subprocess.TimeoutExpired:
        return "docker gave no answer for %d seconds" % LOGIN_TIMEOUT
    if ended.returncode == 0:
        return None
    output = ended.stderr.decode("utf-8", "replace").replace(password, "***")[-2000:].strip()
    return output or "docker ended with %d" % ended.returncode
