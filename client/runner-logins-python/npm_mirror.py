"""Configures npm. See https://docs.npmjs.com/cli/configuring-npm/npmrc"""
import base64
import json
import os
import re

from credentials_secret import CredentialsUnusable
from private_file import read_if_there, write_privately


def use_npm_mirror(mirror, home, variables):
    """Sets a mirror as npm's registry, in the `.npmrc` of the user that the build runs as. Returns the file."""
    registry = mirror.url if mirror.url.endswith("/") else mirror.url + "/"
    scope = re.sub(r"^https?:", "", registry)
    settings = [("registry", registry)]
    if mirror.credentials is not None:
        name, value = _credential(mirror.credentials)
        settings.append(("%s:%s" % (scope, name), value))
    file = (
        variables.get("NPM_CONFIG_USERCONFIG")
        or variables.get("npm_config_userconfig")
        or os.path.join(home, ".npmrc")
    )
    write_privately(file, _with_settings(read_if_there(file), scope, settings))
    return file


def _credential(credentials):
    token = credentials.token
    if token is None:
        username, password = credentials.login(", nor an ssl_token")
        return "_auth", base64.b64encode(("%s:%s" % (username, password)).encode()).decode()
    # npm replaces ${...} by a variable, and a value ends with its line.
    if re.search(r"\$\{|[^\x21-\x7e]", token):
        raise CredentialsUnusable(
            "%s has an ssl_token with characters that an .npmrc cannot hold" % credentials.source
        )
    return "_authToken", token if re.match(r"[A-Za-z0-9._~+/=:-]+\Z", token) else json.dumps(token)


def _with_settings(text, scope, settings):
    """Returns the file with the settings. Keeps other lines, but not other credentials of the same registry."""
    kept = []
    for line in re.split(r"\r?\n", text):
        key = line.split("=")[0].strip()
        if line != "" and key != "registry" and not key.startswith(scope + ":_"):
            kept.append(line)
    return "".join(line + "\n" for line in kept + ["%s=%s" % setting for setting in settings])
