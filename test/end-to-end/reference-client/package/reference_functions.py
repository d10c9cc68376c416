"""Remote functions of aws-codeseeder. This module is imported both by the test and in builds."""

import os
import pathlib

from aws_codeseeder import codeseeder

SEEDKIT = os.environ.get("CODESEEDER_SEEDKIT", "e2e")
PIP_SETTINGS = ("PIP_NO_INDEX", "PIP_FIND_LINKS", "PIP_INDEX_URL")
LINES = []


@codeseeder.configure(SEEDKIT)
def configure(configuration):
    configuration.timeout = 10
    configuration.local_modules = {"reference-functions": str(pathlib.Path(__file__).parent)}
    configuration.env_vars = {name: os.environ[name] for name in PIP_SETTINGS if name in os.environ}
    configuration.env_vars["GIVEN"] = "by the caller"
    # Builds of a local AWS without isolation share /tmp, where an earlier build may have left its value.
    configuration.pre_execution_commands = ["rm -f /tmp/codeseeder_export.sh"]
    configuration.build_commands = ["rm -f /tmp/codeseeder_export.sh"]


@codeseeder.remote_function(
    SEEDKIT,
    codebuild_image="aws/codebuild/standard:7.0",
    codebuild_environment_type="LINUX_CONTAINER",
    codebuild_compute_type="BUILD_GENERAL1_MEDIUM",
    codebuild_role=os.environ.get("CODEBUILD_ROLE_ARN"),
    extra_build_commands=['export SEEN="$GIVEN"'],
    extra_exported_env_vars=["SEEN"],
    codebuild_log_callback=LINES.append,
)
def add(a, b=0):
    print(f"adding {a} and {b}")
    return {"sum": a + b, "project": os.environ["AWS_CODESEEDER_NAME"], "quoted": "it's \"so\"\n"}


@codeseeder.remote_function(
    SEEDKIT,
    codebuild_image="aws/codebuild/standard:7.0",
    codebuild_environment_type="LINUX_CONTAINER",
    codebuild_compute_type="BUILD_GENERAL1_MEDIUM",
    codebuild_role=os.environ.get("CODEBUILD_ROLE_ARN"),
    codebuild_log_callback=LINES.append,
)
def fail():
    raise RuntimeError("failed as asked")


@codeseeder.remote_function(
    SEEDKIT,
    codebuild_image="aws/codebuild/standard:7.0",
    codebuild_environment_type="LINUX_CONTAINER",
    codebuild_compute_type="BUILD_GENERAL1_MEDIUM",
    codebuild_role=os.environ.get("CODEBUILD_ROLE_ARN"),
    extra_build_commands=['export SEEN="$GIVEN"'],
    extra_exported_env_vars=["SEEN"],
    codebuild_log_callback=LINES.append,
)
def nothing():
    return None
