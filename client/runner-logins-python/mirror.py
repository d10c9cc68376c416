"""Mirrors of packages, as a run and secrets name them."""
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
    """`credentials` is None when the mirror takes anybody."""

    def __init__(self, url, credentials):
        self.url = url
        self.credentials = credentials


class MirrorCredentials:
    """What stands in a mirror's secret for one kind of package; `source` says where, for messages."""

    def __init__(self, username, password, token, source):
        self.username = username
        self.password = password
        self.token = token
        self.source = source

    def login(self, also=""):
        """Username and password; raises CredentialsUnusable naming what is missing."""
        missing = [name for name in ("username", "password") if getattr(self, name) is None]
        if missing:
            raise CredentialsUnusable("%s has no %s%s" % (self.source, " and no ".join(missing), also))
        return self.username, self.password


def find_mirror(kind, wanted_url, variables):
    """The mirror of one kind of package, or None when nothing names one.

    Its URL is the run's, else the `url` of the secret's entry, and its credentials are the secret's, of its own
    variable or of the one for both kinds.
    """
    reference = secret_reference(variables, SECRET_VARIABLES[kind])
    if reference is None:
        return None if wanted_url is None else Mirror(secure_url(wanted_url), None)
    entries = read_entries(reference)
    # One secret serves both kinds, and may know a mirror of only one.
    if wanted_url is None and reference.key is None and kind not in entries:
        return None
    key = kind if reference.key is None else reference.key
    entry = entry_of(entries, key, reference)
    url = text_of(entry, "url") if wanted_url is None else wanted_url
    if url is None:
        return None
    source = "The entry %s of the secret %s" % (quoted(key), reference.secret_id)
    credentials = [text_of(entry, member) for member in ("username", "password", "ssl_token")]
    return Mirror(secure_url(url), MirrorCredentials(*credentials, source))


def secure_url(text):
    """A password over plain http would be read on the way."""
    parts = url_parts(text)
    if parts is None or parts.scheme != "https":
        raise CredentialsUnusable("A mirror is wanted that is an https URL")
    if "@" in parts.netloc:
        host = parts.netloc.rpartition("@")[2]
        raise CredentialsUnusable(
            "The mirror at %s has credentials in its URL: put them into its secret" % host
        )
    return urllib.parse.urlunsplit(parts)


def url_parts(text):
    """The parts of a URL with each character as it stands in one, or None when the text is no URL."""
    try:
        parts = urllib.parse.urlsplit(text.strip())
        if not parts.hostname or (parts.port is not None and parts.port > 65535):
            return None
    except ValueError:
        return None
    path = urllib.parse.quote(parts.path or "/", safe="/%:@!$&'()*+,;=~|[]")
    return parts._replace(netloc=parts.netloc.lower() if "@" not in parts.netloc else parts.netloc, path=path)
