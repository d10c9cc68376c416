"""The modules of the runner and the installer for Python functions."""
