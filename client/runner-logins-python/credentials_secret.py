"""Secrets with credentials, and the variables that name them."""
import json
import os

from aws_api import AwsCallFailed, call_json_service

NO_SECRET = "NONE"


class CredentialsUnusable(Exception):
    """Raised if credentials cannot be used. The message contains no text of a secret."""


class SecretReference:
    """The secret with credentials, and the key of its JSON: None unless the variable names one, as in `secret::key`."""

    def __init__(self, secret_id, key):
        self.secret_id = secret_id
        self.key = key


def secret_reference(variables, names):
    """Returns the secret of the first variable that names one. A variable that is unset, empty or `NONE` names none."""
    for name in names:
        value = variables.get(name, "")
        if value not in ("", NO_SECRET):
            secret_id, separator, key = value.rpartition("::")
            return SecretReference(secret_id, key) if separator else SecretReference(value, None)
    return None


def read_entries(reference):
    """Reads the JSON object of a secret."""
    secret_id = reference.secret_id
    try:
        answer = call_json_service(
            "secretsmanager", "secretsmanager.GetSecretValue", {"SecretId": secret_id}, os.environ
        )
    except AwsCallFailed as error:
        raise CredentialsUnusable("The secret %s cannot be read: %s" % (secret_id, error)) from None
    text = answer.get("SecretString")
    if text is None:
        raise CredentialsUnusable(
            "The secret %s cannot be read: Error: it is binary, but must be text" % secret_id
        )
    return as_entries(_parsed(text), "The secret %s" % secret_id)


def entry_of(entries, key, reference):
    if key not in entries:
        raise CredentialsUnusable("The secret %s has no entry %s" % (reference.secret_id, quoted(key)))
    return as_entries(entries[key], "The entry %s of the secret %s" % (quoted(key), reference.secret_id))


def text_of(entry, member):
    """Returns a text of an entry; None if it is missing or empty."""
    value = entry.get(member)
    return value if isinstance(value, str) and value != "" else None


def quoted(text):
    return json.dumps(text, ensure_ascii=False)


def _parsed(text):
    """Parses JSON; None if it is not valid, because the parser's error message would quote the secret."""
    try:
        return json.loads(text)
    except ValueError:
        return None


def as_entries(value, what):
    if isinstance(value, dict):
        return value
    raise CredentialsUnusable("%s is not a JSON object" % what)
