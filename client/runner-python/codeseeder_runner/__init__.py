"""What the runner and the installer of Python runs are made of."""
