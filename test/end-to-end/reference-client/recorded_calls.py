"""A boto3 session that records its calls, to compare two clients."""

import boto3

POLLED = {"BatchGetBuilds", "DescribeLogStreams", "GetLogEvents"}


class RecordedCalls:
    def __init__(self):
        self.calls = []
        self.session = boto3.Session()
        self.session.events.register("before-parameter-build.*.*", self._note)

    def _note(self, params, model, **_):
        # The number of polls and pages depends on the duration of the build.
        if model.name in POLLED and any(call["operation"] == model.name for call in self.calls):
            return
        # The SDK itself adds checksums to some.
        members = sorted(name for name in params if not name.startswith("Checksum"))
        self.calls.append({"operation": model.name, "members": members})
