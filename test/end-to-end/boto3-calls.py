"""Calls a local AWS with boto3, which the environment configures, and prints the results as JSON."""

import io
import json
import os
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

bucket, table, run_id, execution_arn, build_id, log_group, log_stream, stack, event_bus = sys.argv[1:]

CALLS = {
    "stepfunctions": lambda c: c.get_execution_history(executionArn=execution_arn)["events"][0]["type"],
    "dynamodb": lambda c: [item["runId"]["S"] for item in c.scan(TableName=table)["Items"]],
    "codebuild": lambda c: c.batch_get_builds(ids=[build_id])["builds"][0]["buildStatus"],
    "logs": lambda c: [
        event["message"].rstrip("\n")
        for event in c.get_log_events(logGroupName=log_group, logStreamName=log_stream, startFromHead=True)["events"]
    ],
    "events": lambda c: c.put_events(Entries=[run_requested()])["FailedEntryCount"],
    "cloudformation": lambda c: c.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"],
    "sts": lambda c: c.get_caller_identity()["Account"],
    "s3": lambda c: comes_back(c, os.urandom(20 * 1024 * 1024)),
}


def run_requested():
    detail = {"version": 1, "runId": run_id, "invocation": {"kind": "commands", "target": ["true"]}}
    return {
        "EventBusName": event_bus,
        "Source": "my.pipeline",
        "DetailType": "Run Requested",
        "Detail": json.dumps(detail),
    }


def comes_back(s3, content):
    s3.upload_fileobj(io.BytesIO(content), bucket, "by-boto3")
    back = io.BytesIO()
    s3.download_fileobj(bucket, "by-boto3", back)
    return back.getvalue() == content


def refusals(**credentials):
    codes = {}
    for service, call in CALLS.items():
        client = boto3.client(service, config=Config(retries={"total_max_attempts": 1}), **credentials)
        try:
            # For S3, a list request is enough to be refused. An upload of 20 MB is not needed.
            client.list_objects_v2(Bucket=bucket) if service == "s3" else call(client)
            codes[service] = "taken"
        except ClientError as error:
            codes[service] = error.response["Error"]["Code"]
    return codes


print(
    json.dumps(
        {
            "found": {service: call(boto3.client(service)) for service, call in CALLS.items()},
            "unknown_key": refusals(aws_access_key_id="AKIANOBODY", aws_secret_access_key="wrong"),
            "wrong_secret": refusals(
                aws_access_key_id=os.environ["AWS_ACCESS_KEY_ID"], aws_secret_access_key="wrong"
            ),
        }
    )
)
