"""The error of a run that the runner itself finds."""


class RunnerFault(Exception):
    """Raised for a fault that the runner finds. `code` is a failure code of the contract."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code
