"""What the runner itself finds wrong with a run."""


class RunnerFault(Exception):
    """`code` is a failure code of the contract."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code
