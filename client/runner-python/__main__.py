"""The program inside each bundle that runs a Python function.

Imports the target, calls it with the invocation's arguments and leaves `result.json`, whatever happens. Ends
with 0 when the target returned a JSON value, else with 1, so that the build fails too. It ends as soon as the
result is written and exit functions have run: threads that the target left running do not keep it.
Nothing here can report a kill for want of memory; that is told by the missing result.

Standard library only, Python 3.8 and later.
"""
import os
import sys

RUNNER_FOLDER = os.path.dirname(os.path.abspath(__file__))


def main():
    # All that the runner needs is imported before a module of the user's can take its place.
    from codeseeder_runner import layout, run

    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry) != RUNNER_FOLDER]
    sys.path[:0] = layout.module_folders()
    run.run()


if __name__ == "__main__":
    main()
