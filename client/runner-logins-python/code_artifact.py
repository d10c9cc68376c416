"""Logs in to the seedkit's repository of packages."""
import os

from aws_api import LOOPBACK, AwsCallFailed, call_rest_service
from credentials_secret import CredentialsUnusable
from mirror import Mirror, MirrorCredentials, url_parts


def log_in_to_code_artifact(place, formats):
    """Returns the repository `domain/repository` as a mirror for each format, with a token of 12 hours, the maximum."""
    domain, _, repository = place.partition("/")
    source = "CodeArtifact's %s" % place
    try:
        answer = call_rest_service(
            "codeartifact", "POST", "/v1/authorization-token", {"domain": domain}, os.environ
        )
        token = answer["authorizationToken"]
        credentials = MirrorCredentials("aws", token, token, source)
        mirrors = {}
        for kind in formats:
            parameters = {"domain": domain, "repository": repository, "format": kind}
            answer = call_rest_service("codeartifact", "GET", "/v1/repository/endpoint", parameters, os.environ)
            mirrors[kind] = Mirror(_endpoint_url(answer["repositoryEndpoint"]), credentials)
        return mirrors
    except AwsCallFailed as error:
        raise CredentialsUnusable("There is no login to %s: %s" % (source, error)) from None


def _endpoint_url(text):
    url = text.rstrip("/") + "/"
    parts = url_parts(url)
    if parts is not None and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    ):
        return url
    origin = "" if parts is None else "%s://%s" % (parts.scheme, parts.netloc)
    raise AwsCallFailed("Error", "%s is not https" % origin)


def simple_index(mirror):
    """Returns the index of a repository for pip."""
    return Mirror(mirror.url + "simple/", mirror.credentials)
