"""Reads and writes files that only their owner can read."""
import os


def read_if_there(file):
    """Reads a file. Returns the empty string if it is missing."""
    try:
        with open(file, encoding="utf-8", errors="surrogateescape", newline="") as existing:
            return existing.read()
    except FileNotFoundError:
        return ""


def write_privately(file, text):
    """Replaces a file by one that only this user can ever read. The previous file may have been readable by others."""
    os.makedirs(os.path.dirname(file), mode=0o700, exist_ok=True)
    unfinished = "%s.%d" % (file, os.getpid())
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="utf-8", errors="surrogateescape", newline="") as output:
        os.fchmod(descriptor, 0o600)
        output.write(text)
    os.replace(unfinished, file)
