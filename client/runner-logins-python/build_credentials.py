"""Finds the credentials of a build: those in its environment, else those of its container's endpoint.

See https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
"""
import json
import urllib.request

_CONTAINER_HOST = "http://169.254.170.2"
_TIMEOUT_SECONDS = 10


class Credentials:
    def __init__(self, key_id, secret_key, token):
        self.key_id = key_id
        self.secret_key = secret_key
        self.token = token


def credentials_of(variables):
    """Returns the credentials. Raises OSError if the endpoint does not answer, LookupError if there is none."""
    key_id, secret_key = variables.get("AWS_ACCESS_KEY_ID"), variables.get("AWS_SECRET_ACCESS_KEY")
    if key_id and secret_key:
        return Credentials(key_id, secret_key, variables.get("AWS_SESSION_TOKEN"))
    relative = variables.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
    url = _CONTAINER_HOST + relative if relative else variables.get("AWS_CONTAINER_CREDENTIALS_FULL_URI")
    if not url:
        raise LookupError("The build has no AWS credentials")
    request = urllib.request.Request(url)
    authorization = _authorization(variables)
    if authorization:
        request.add_header("Authorization", authorization)
    # A proxy cannot reach the addresses of this machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=_TIMEOUT_SECONDS) as answer:
        found = json.loads(answer.read().decode())
    return Credentials(found["AccessKeyId"], found["SecretAccessKey"], found.get("Token"))


def _authorization(variables):
    file = variables.get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")
    if file:
        with open(file, encoding="utf-8") as token:
            return token.read().strip()
    return variables.get("AWS_CONTAINER_AUTHORIZATION_TOKEN")
