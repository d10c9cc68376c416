"""Names and limits of the project's contract that Python needs; a test holds them against it."""

INVOCATION_FILE_VARIABLE = "CODESEEDER_INVOCATION_FILE"
OUTPUT_DIR_VARIABLE = "CODESEEDER_OUTPUT_DIR"
RESULT_FILE = "result.json"
RESULT_MAX_BYTES = 67108864

OWN_FOLDER = ".codeseeder"
MODULES_FOLDER = ".codeseeder/python/modules"
PROJECTS_FOLDER = ".codeseeder/python/projects"
REQUIREMENTS_FOLDER = ".codeseeder/python/requirements"
RUNNER_FOLDER = ".codeseeder/runner-python"
