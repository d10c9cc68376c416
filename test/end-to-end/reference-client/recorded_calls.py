"""A boto3 session that records its calls, so that the calls of two clients can be compared."""

import boto3

POLLED = {"BatchGetBuilds", "DescribeLogStreams", "GetLogEvents"}


class RecordedCalls:
    def __init__(self):
        self.calls = []
        self.session = boto3.Session()
        self.session.events.register("before-parameter-build.*.*", self._note)

    def _note(self, params, model, **_):
        # Records repeated polls and pages once, because their number depends on the duration of the build.
        if model.name in POLLED and any(call["operation"] == model.name for call in self.calls):
            return
        # Leaves out checksums, which the SDK itself adds to some requests.
        members = sorted(name for name in params if not name.startswith("Checksum"))
        self.calls.append({"operation": model.name, "members": members})
