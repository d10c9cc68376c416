"""Calls AWS services with requests signed by Signature Version 4, because a build's image may have no SDK.

See https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html
"""
import datetime
import hashlib
import hmac
import json
import time
import urllib.error
import urllib.parse
import urllib.request

from build_credentials import credentials_of

LOOPBACK = ("127.0.0.1", "::1", "localhost")

_ATTEMPTS = 3
_TIMEOUT_SECONDS = 30
_TRANSIENT_STATUSES = (429, 500, 502, 503, 504)


class AwsCallFailed(Exception):
    """Raised if a service refuses a call or does not answer. `name` is the service's name of the error."""

    def __init__(self, name, message):
        super().__init__("%s: %s" % (name, message))
        self.name = name


def call_json_service(service, target, body, variables):
    """Calls a service of the protocol AWS JSON 1.1."""
    headers = {"content-type": "application/x-amz-json-1.1", "x-amz-target": target}
    return _call(service, "POST", "/", {}, headers, json.dumps(body).encode(), variables)


def call_rest_service(service, method, path, query, variables):
    return _call(service, method, path, query, {}, b"", variables)


def _call(service, method, path, query, headers, body, variables):
    region = variables.get("AWS_REGION") or variables.get("AWS_DEFAULT_REGION")
    if not region:
        raise AwsCallFailed("Error", "Region is missing")
    endpoint = _endpoint(service, region, variables)
    canonical_query = urllib.parse.urlencode(sorted(query.items()), quote_via=urllib.parse.quote)
    url = endpoint + path + ("?" + canonical_query if canonical_query else "")
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            signed = _signed(
                method,
                urllib.parse.urlsplit(endpoint).netloc,
                (path, canonical_query),
                headers,
                body,
                (region, service),
                credentials_of(variables),
            )
            data = body if method == "POST" else None
            request = urllib.request.Request(url, data=data, headers=signed, method=method)
            with _opener(url).open(request, timeout=_TIMEOUT_SECONDS) as answer:
                return json.loads(answer.read().decode())
        except urllib.error.HTTPError as error:
            failure = _failure(error)
            is_transient = error.code in _TRANSIENT_STATUSES or "Throttl" in failure.name
        except LookupError as error:
            raise AwsCallFailed("CredentialsProviderError", str(error)) from None
        except (OSError, ValueError) as error:
            failure, is_transient = AwsCallFailed(type(error).__name__, str(error)), True
        if not is_transient or attempt == _ATTEMPTS:
            raise failure
        time.sleep(attempt)


def _endpoint(service, region, variables):
    name = {"secretsmanager": "SECRETS_MANAGER"}.get(service, service.upper())
    given = variables.get("AWS_ENDPOINT_URL_" + name) or variables.get("AWS_ENDPOINT_URL")
    if given:
        return given.rstrip("/")
    suffix = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    return "https://%s.%s.%s" % (service, region, suffix)


def _opener(url):
    """Returns an opener that uses no proxy for a host of this machine."""
    if urllib.parse.urlsplit(url).hostname in LOOPBACK:
        return urllib.request.build_opener(urllib.request.ProxyHandler({}))
    return urllib.request.build_opener()


def _signed(method, host, resource, headers, body, scope_of, credentials):
    """Returns the headers, including those of the signature."""
    path, query = resource
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    headers = dict(headers, **{"host": host, "x-amz-date": now})
    if credentials.token:
        headers["x-amz-security-token"] = credentials.token
    names = ";".join(sorted(headers))
    canonical = "\n".join(
        [method, path, query]
        + ["%s:%s" % (name, headers[name].strip()) for name in sorted(headers)]
        + ["", names, hashlib.sha256(body).hexdigest()]
    )
    scope = "/".join((now[:8],) + scope_of + ("aws4_request",))
    to_sign = "\n".join(["AWS4-HMAC-SHA256", now, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = ("AWS4" + credentials.secret_key).encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
    headers["authorization"] = "AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s" % (
        credentials.key_id,
        scope,
        names,
        signature,
    )
    return headers


def _failure(error):
    try:
        body = json.loads(error.read().decode())
        if not isinstance(body, dict):
            raise ValueError("the body is no object")
        name = body.get("__type") or error.headers.get("x-amzn-errortype") or "UnknownError"
        message = body.get("message") or body.get("Message") or "UnknownError"
    except ValueError:
        name, message = "HTTP %d" % error.code, error.reason
    return AwsCallFailed(str(name).rpartition("#")[2].split(":")[0], message)
