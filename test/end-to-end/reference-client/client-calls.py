"""Runs a function in a build with the calls of the client of aws-codeseeder 1.3.1, and prints the outcome.

Arguments: a folder for the bundle, the seedkit's name, the function's name, and its arguments as JSON.
"""

import datetime
import io
import json
import os
import pathlib
import random
import string
import sys
import time
import zipfile

from botocore.config import Config
from recorded_calls import RecordedCalls

SEEDED = pathlib.Path(__file__).resolve().parent / "seeded"
# The paths of the client, unless the test sets others because builds share the machine's folders.
SCRIPTS = os.environ.get("REFERENCE_SCRIPTS", "/var/scripts")
EXPORTS = os.environ.get("REFERENCE_EXPORTS", "/tmp/codeseeder_export.sh")
# Pause between the commands that write and read the value, so that another build could replace the value.
PAUSE_SECONDS = os.environ.get("REFERENCE_PAUSE", "0")
IN_BUNDLE = [". ~/.venv/bin/activate", "cd ${CODEBUILD_SRC_DIR}/bundle"]

recorded = RecordedCalls()


def client(service):
    settings = Config(retries={"max_attempts": 5}, connect_timeout=10, max_pool_connections=10)
    return recorded.session.client(service, use_ssl=True, config=settings)


def outputs_of(stack):
    [found] = client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    return {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}


def write_bundle(path, function, args, kwargs):
    call = {"fn_id": f"called_functions:{function}", "args": args, "kwargs": kwargs}
    with zipfile.ZipFile(path, "w", compression=zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("bundle/", "")
        bundle.writestr("bundle/fn_args.json", json.dumps(call))
        logins = zipfile.ZipInfo("bundle/retrieve_docker_creds.py")
        logins.external_attr = 0o755 << 16
        bundle.writestr(logins, "#!/usr/bin/env python3\nprint('There is no registry to log in to')\n")
        for module in SEEDED.glob("*.py"):
            bundle.write(module, f"bundle/{module.name}")


def buildspec(exported):
    """Returns YAML in the style of aws-codeseeder: block style, indented by four spaces."""
    phases = {
        "install": [
            f"mkdir -p {SCRIPTS}/",
            f"mv $CODEBUILD_SRC_DIR/bundle/retrieve_docker_creds.py {SCRIPTS}/retrieve_docker_creds.py || true",
            f"{SCRIPTS}/retrieve_docker_creds.py && echo 'Docker logins successful' || echo 'Docker logins failed'",
            "export PATH=$PATH:/root/.local/bin",
            "python3 -m venv --without-pip ~/.venv",
            *IN_BUNDLE,
        ],
        "pre_build": IN_BUNDLE,
        "build": [
            *IN_BUNDLE,
            f"python3 execute.py {EXPORTS}",
            f"sleep {PAUSE_SECONDS}",
            f"if [[ -f {EXPORTS} ]]; then source {EXPORTS}; else echo 'No return value to export'; fi",
            'export SEEN="$GIVEN"',
        ],
        "post_build": IN_BUNDLE,
    }
    text = io.StringIO()
    text.write("version: 0.2\nenv:\n    shell: bash\n    variables: {}\n    exported-variables:\n")
    text.writelines(f"    - {name}\n" for name in exported)
    text.write("phases:\n")
    for phase, commands in phases.items():
        text.write(f"    {phase}:\n        commands:\n")
        text.writelines(f"        - {json.dumps(command)}\n" for command in commands)
        text.write("        on-failure: ABORT\n")
    return text.getvalue()


def start_build(project, source, stream):
    logs = {"status": "ENABLED", "groupName": f"/aws/codebuild/{project}", "streamName": stream}
    build = client("codebuild").start_build(
        projectName=project,
        sourceTypeOverride="S3",
        sourceLocationOverride=source,
        buildspecOverride=buildspec(["SEEN", "AWS_CODESEEDER_OUTPUT"]),
        timeoutInMinutesOverride=10,
        privilegedModeOverride=True,
        logsConfigOverride={"cloudWatchLogs": logs, "s3Logs": {"status": "DISABLED"}},
        imagePullCredentialsTypeOverride="CODEBUILD",
        imageOverride="aws/codebuild/standard:7.0",
        serviceRoleOverride=outputs["CodeBuildRoleArn"],
        environmentTypeOverride="LINUX_CONTAINER",
        computeTypeOverride="BUILD_GENERAL1_MEDIUM",
        environmentVariablesOverride=[{"name": "GIVEN", "value": "by the caller", "type": "PLAINTEXT"}],
    )
    return build["build"]["id"]


def poll(build_id):
    """Polls the build until it has ended, and yields each response."""
    build = {"buildStatus": "IN_PROGRESS"}
    while build["buildStatus"] == "IN_PROGRESS":
        [build] = client("codebuild").batch_get_builds(ids=[build_id])["builds"]
        yield build
        time.sleep(0.2)


def stream_by_prefix(group, prefix):
    streams = client("logs").describe_log_streams(
        logGroupName=group, logStreamNamePrefix=prefix, orderBy="LogStreamName", descending=True, limit=1
    )["logStreams"]
    return streams[0]["logStreamName"] if streams else None


def read_log(group, stream, since):
    """Reads the log from the start. Follows backward tokens until a page is empty or a token repeats."""
    logs = client("logs")
    query = {"logGroupName": group, "logStreamName": stream, "startFromHead": True}
    if since is not None:
        query["startTime"] = int(since.timestamp() * 1000)
    page = logs.get_log_events(**query)
    events, token, known = [], page["nextBackwardToken"], None
    while page["events"]:
        events += page["events"]
        known, token = token, page["nextBackwardToken"]
        if token == known:
            break
        page = logs.get_log_events(**query, nextToken=token)
    return sorted(events, key=lambda event: event["timestamp"])


def follow(build_id, prefix):
    lines, stream, since = [], None, None
    for build in poll(build_id):
        log = build["logs"]["cloudWatchLogs"]
        assert log["status"] == "ENABLED"
        stream = stream or stream_by_prefix(log["groupName"], f"{prefix}/")
        if stream is None:
            continue
        events = read_log(log["groupName"], stream, since)
        lines += [event["message"].rstrip("\n") for event in events]
        if events:
            last = datetime.datetime.fromtimestamp(events[-1]["timestamp"] / 1000, datetime.timezone.utc)
            since = last + datetime.timedelta(milliseconds=1)
    return build, lines


folder, seedkit, function = sys.argv[1:4]
args, kwargs = json.loads(sys.argv[4])
os.chdir(folder)
outputs = outputs_of(f"aws-codeseeder-{seedkit}")
execution_id = "".join(random.choice(string.ascii_lowercase) for _ in range(8))
bucket, key = outputs["Bucket"], f"codeseeder/{execution_id}/bundle.zip"
write_bundle("bundle.zip", function, args, kwargs)
client("s3").delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": key}]})
client("s3").upload_file(Filename="bundle.zip", Bucket=bucket, Key=key)
build_id = start_build(outputs["CodeBuildProject"], f"{bucket}/{key}", f"codeseeder-{execution_id}")
build, lines = follow(build_id, f"codeseeder-{execution_id}")
report = {"buildId": build_id, "status": build["buildStatus"], "lines": lines, "key": key}
if build["buildStatus"] == "SUCCEEDED":
    client("s3").delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": key}]})
    exported = {each["name"]: each["value"] for each in build["exportedEnvironmentVariables"]}
    output = exported.pop("AWS_CODESEEDER_OUTPUT")
    report["value"] = json.loads(output) if output else None
    report["variables"] = exported
else:
    report["account"] = client("sts").get_caller_identity()["Account"]
    report["failedPhases"] = [
        each["phaseType"] for each in build["phases"] if each.get("phaseStatus") == "FAILED"
    ]
print(json.dumps({**report, "calls": recorded.calls}))
