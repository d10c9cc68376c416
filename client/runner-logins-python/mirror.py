"""Finds the mirrors of packages that a run and secrets name."""
import urllib.parse

from credentials_secret import (
    CredentialsUnusable,
    entry_of,
    quoted,
    read_entries,
    secret_reference,
    text_of,
)

_OF_BOTH = "AWS_CODESEEDER_MIRROR_SECRET"
SECRET_VARIABLES = {
    "pypi": ["AWS_CODESEEDER_PYPI_MIRROR_SECRET", _OF_BOTH],
    "npm": ["AWS_CODESEEDER_NPM_MIRROR_SECRET", _OF_BOTH],
}


class Mirror:
    """A mirror of packages. `credentials` is None if the mirror needs none."""

    def __init__(self, url, credentials):
        self.url = url
        self.credentials = credentials


class MirrorCredentials:
    """The credentials in a mirror's secret for one kind of package. `source` names the secret in messages."""

    def __init__(self, username, password, token, source):
        self.username = username
        self.password = password
        self.token = token
        self.source = source

    def login(self, also=""):
        """Returns username and password. Raises CredentialsUnusable that names a missing one."""
        missing = [name for name in ("username", "password") if getattr(self, name) is None]
        if missing:
            raise CredentialsUnusable("%s has no %s%s" % (self.source, " and no ".join(missing), also))
        return self.username, self.password


def find_mirror(kind, run_url, variables):
    """Returns the mirror of one kind of package, or None if neither the run nor a secret names one.

    The URL of the run takes precedence over the `url` of the secret. The secret is that of the kind's own variable, or
    of the variable for both kinds.
    """
    reference = secret_reference(variables, SECRET_VARIABLES[kind])
    if reference is None:
        return None if run_url is None else Mirror(secure_url(run_url), None)
    entries = read_entries(reference)
    # A secret for both kinds may have an entry for one of them only.
    if run_url is None and reference.key is None and kind not in entries:
        return None
    key = kind if reference.key is None else reference.key
    entry = entry_of(entries, key, reference)
    url = text_of(entry, "url") if run_url is None else run_url
    if url is None:
        return None
    source = "The entry %s of the secret %s" % (quoted(key), reference.secret_id)
    credentials = [text_of(entry, member) for member in ("username", "password", "ssl_token")]
    return Mirror(secure_url(url), MirrorCredentials(*credentials, source))


def secure_url(text):
    """Parses a URL that must be https, because others could read a password over plain http."""
    parts = url_parts(text)
    if parts is None or parts.scheme != "https":
        raise CredentialsUnusable("The URL of a mirror must start with https://")
    if "@" in parts.netloc:
        host = parts.netloc.rpartition("@")[2]
        raise CredentialsUnusable(
            "The mirror at %s has credentials in its URL: put them into its secret" % host
        )
    return urllib.parse.urlunsplit(parts)


def url_parts(text):
    """Returns the parts of a URL, with its characters percent-encoded, or None if the text is not a URL."""
    try:
        parts = urllib.parse.urlsplit(text.strip())
        if not parts.hostname or (parts.port is not None and parts.port > 65535):
            return None
    except ValueError:
        return None
    path = urllib.parse.quote(parts.path or "/", safe="/%:@!$&'()*+,;=~|[]")
    return parts._replace(netloc=parts.netloc.lower() if "@" not in parts.netloc else parts.netloc, path=path)
