"""Secrets with credentials, and the variables that name them."""
import json
import os

from aws_api import AwsCallFailed, call_json_service

NO_SECRET = "NONE"


class CredentialsUnusable(Exception):
    """Says what is wrong with credentials, without a word of what a secret holds."""


class SecretReference:
    """Which secret has credentials, and under which of its keys: None unless the variable names one, `secret::key`."""

    def __init__(self, secret_id, key):
        self.secret_id = secret_id
        self.key = key


def secret_reference(variables, names):
    """The secret that the first variable with one names: unset, empty and `NONE` all say that there is none."""
    for name in names:
        value = variables.get(name, "")
        if value not in ("", NO_SECRET):
            secret_id, separator, key = value.rpartition("::")
            return SecretReference(secret_id, key) if separator else SecretReference(value, None)
    return None


def read_entries(reference):
    """A secret's JSON object."""
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
            "The secret %s cannot be read: Error: it is binary, and text is wanted" % secret_id
        )
    return as_entries(_parsed(text), "The secret %s" % secret_id)


def entry_of(entries, key, reference):
    if key not in entries:
        raise CredentialsUnusable("The secret %s has no entry %s" % (reference.secret_id, quoted(key)))
    return as_entries(entries[key], "The entry %s of the secret %s" % (quoted(key), reference.secret_id))


def text_of(entry, member):
    """A text of an entry; None when it is missing or empty."""
    value = entry.get(member)
    return value if isinstance(value, str) and value != "" else None


def quoted(text):
    return json.dumps(text, ensure_ascii=False)


def _parsed(text):
    """A parser's message quotes the text it fails on, which is a secret."""
    try:
        return json.loads(text)
    except ValueError:
        return None


def as_entries(value, what):
    if isinstance(value, dict):
        return value
    raise CredentialsUnusable("%s is not a JSON object" % what)
