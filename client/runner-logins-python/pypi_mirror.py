"""Configures pip. See https://pip.pypa.io/en/stable/topics/configuration/"""
import os
import re
import urllib.parse

from private_file import read_if_there, write_privately


def use_pypi_mirror(mirror, home, variables):
    """Sets a mirror as the package index of pip. Returns the file.

    Uses the configuration of the user that the build runs as, because other processes could read the password on a
    command line or in a variable.
    """
    index = mirror.url
    if mirror.credentials is not None:
        username, password = (
            urllib.parse.quote(text, safe="!~*()") for text in mirror.credentials.login()
        )
        parts = urllib.parse.urlsplit(index)
        netloc = "%s:%s@%s" % (username, password, parts.netloc)
        index = urllib.parse.urlunsplit(parts._replace(netloc=netloc))
    configuration = variables.get("XDG_CONFIG_HOME") or os.path.join(home, ".config")
    file = variables.get("PIP_CONFIG_FILE") or os.path.join(configuration, "pip", "pip.conf")
    write_privately(file, _with_index_url(read_if_there(file), index))
    return file


def _with_index_url(text, index_url):
    """Returns the configuration with the index. Keeps all other settings."""
    section, kept = "", []
    for line in re.split(r"\r?\n", text):
        header = re.match(r"\[([^\]]*)\]", line)
        section = header.group(1) if header else section
        if not (section == "global" and re.match(r"index[-_]url\s*[=:]", line, re.IGNORECASE)):
            kept.append(line)
    ours = "index-url = " + index_url
    for at, line in enumerate(kept):
        if line.startswith("[global]"):
            return "\n".join(kept[: at + 1] + [ours] + kept[at + 1 :])
    return "\n".join(["[global]", ours] + kept)
