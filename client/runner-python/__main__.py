"""The program inside each bundle that runs a Python function.

Imports the target, calls it with the invocation's arguments and always writes `result.json`. Exits with 0 if the
target returned a JSON value, else with 1, so that the build fails too. Threads and child processes that the target did
not wait for go on for a limited time. A process that is killed, such as for lack of memory, leaves no result.

Standard library only, Python 3.8 and later.
"""
import os
import sys

RUNNER_FOLDER = os.path.dirname(os.path.abspath(__file__))


def main():
    # Imports all modules of the runner before the user's modules, which may have the same names.
    from codeseeder_runner import layout, run

    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry) != RUNNER_FOLDER]
    sys.path[:0] = layout.module_folders()
    run.run()


if __name__ == "__main__":
    main()
