"""Hides the secrets of a build in errors and exported values.

Does the same as `client/runner/hidden-secrets.ts` and `lib/contract/hidden-texts.ts`. The same tests run both.
"""
import base64
import json
import os
import re
import urllib.parse

from . import contract

# Shorter lines and values of a secret are not hidden, because many texts contain brackets, `true` or `admin`.
PART_MIN_CHARACTERS = 6


class HiddenSecrets:
    """Knows the values of variables that are secrets or parameters, and the credentials that the build logged in with.

    Removes its setting from the environment.
    """

    def __init__(self):
        names = os.environ.pop(contract.SECRET_NAMES_VARIABLE, "").split()
        self.texts = hidden_texts([os.environ.get(name, "") for name in names] + login_credentials(os.environ))

    def hide(self, text):
        for secret in self.texts:
            text = text.replace(secret, "***")
        return text


def hidden_texts(secrets):
    """Returns the texts that would reveal a secret in a message: the whole secret, each of its lines, and each value of a
    secret that is a JSON object or array.

    The longest text is first, because a secret may contain another one.
    """
    texts = set(secrets)
    for secret in secrets:
        for value in [secret] + json_values(secret):
            parts = [value] + [line.strip() for line in re.split(r"\r?\n", value)]
            texts.update(part for part in parts if len(part) >= PART_MIN_CHARACTERS)
    return sorted((text for text in texts if text), key=len, reverse=True)


def json_values(secret):
    """Returns the texts and numbers in a secret that is a JSON object or array; none for any other secret."""
    if not secret.lstrip().startswith(("{", "[")):
        return []
    try:
        waiting = [json.loads(secret, parse_int=str, parse_float=str)]
    except (ValueError, RecursionError):
        return []
    values = []
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)
        elif isinstance(part, str):
            values.append(part)
    return values


def login_credentials(variables):
    """Reads the credentials from the files in which npm, pip and docker keep them."""
    home = variables.get("HOME") or os.path.expanduser("~")
    npm = (
        variables.get("NPM_CONFIG_USERCONFIG")
        or variables.get("npm_config_userconfig")
        or os.path.join(home, ".npmrc")
    )
    configuration = variables.get("XDG_CONFIG_HOME") or os.path.join(home, ".config")
    pip = variables.get("PIP_CONFIG_FILE") or os.path.join(configuration, "pip", "pip.conf")
    docker = os.path.join(variables.get("DOCKER_CONFIG") or os.path.join(home, ".docker"), "config.json")
    found = [unquoted(token) for token in matches(npm, r":_authToken=(.+)")]
    for password in matches(pip, r"://[^/\s:@]*:([^/\s@]+)@"):
        found += [password, urllib.parse.unquote(password)]
    for basic in matches(npm, r":_(?:auth|password)=(\S+)") + matches(docker, r'"auth":\s*"([^"]+)"'):
        found += [basic, decoded(basic).partition(":")[2] or decoded(basic)]
    return found


def matches(path, pattern):
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return [found.strip() for found in re.findall(pattern, file.read())]
    except OSError:
        # The file does not exist, because the build did not log in there.
        return []


def unquoted(text):
    try:
        return str(json.loads(text)) if text.startswith('"') else text
    except ValueError:
        return text


def decoded(text):
    try:
        return base64.b64decode(text).decode("utf-8", "replace")
    except ValueError:
        return ""
