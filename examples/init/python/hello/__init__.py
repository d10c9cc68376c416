"""An example: a function that runs in a build of a seedkit."""

import platform


def hello(name: str) -> dict[str, str]:
    """Returns the name that it greeted. Arguments and value are JSON."""
    print(f"Hello {name}")  # a line of the build's log
    return {"greeted": name, "python": platform.python_version()}
