"""The configuration of pip: https://pip.pypa.io/en/stable/topics/configuration/"""
import os
import re
import urllib.parse

from private_file import read_if_there, write_privately


def use_pypi_mirror(mirror, home, variables):
    """Makes a mirror the package index of pip and returns the file that says so.

    It is the configuration of the user that the build runs as: a command line or a variable with the password in it
    could be read by others.
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
    """The rest of the configuration stays as it is."""
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
