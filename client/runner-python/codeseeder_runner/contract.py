"""Names and limits of the contract in `lib/contract` that the Python programs use. A test compares both."""

INVOCATION_FILE_VARIABLE = "CODESEEDER_INVOCATION_FILE"
OUTPUT_DIR_VARIABLE = "CODESEEDER_OUTPUT_DIR"
BUNDLE_URL_VARIABLE = "CODESEEDER_BUNDLE_URL"
EXPORTED_NAMES_VARIABLE = "CODESEEDER_EXPORTED_NAMES"
EXPORTS_FILE_VARIABLE = "CODESEEDER_EXPORTS_FILE"
SECRET_NAMES_VARIABLE = "CODESEEDER_SECRET_NAMES"
RESULT_FILE = "result.json"
RESULT_MAX_BYTES = 67108864
JSON_VALUES_MAX = 4000000

OWN_FOLDER = ".codeseeder"
MODULES_FOLDER = ".codeseeder/python/modules"
PROJECTS_FOLDER = ".codeseeder/python/projects"
STEPS_FOLDER = ".codeseeder/python/steps"
COMMON_OPTIONS_FILE = ".codeseeder/python/options.txt"
UV_LOCK_FILE = "uv.lock"
RUNNER_FOLDER = ".codeseeder/runner-python"
