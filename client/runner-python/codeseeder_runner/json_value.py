"""What JSON would lose, change or not fit, and where.

Decided as for functions of other languages: what would arrive as something else is refused, not converted.
A tuple is a list to JSON, and as lists and tuples hold the same things it may be returned.
"""
import datetime
import enum
import math
import re

MAX_DEPTH = 500
# Beyond, readers of JSON round an integer.
LARGEST_INTEGER = 2**53 - 1
PLAIN_NAME = re.compile(r"[A-Za-z0-9_$]+")


class JsonFault(Exception):
    """`path` leads to the part at fault, such as `value.items[3].id`."""

    def __init__(self, path, problem, is_too_large=False):
        super().__init__(path + " " + problem)
        self.is_too_large = is_too_large


def check_json(value, root, max_bytes):
    """Raises the first JsonFault of a value, at a size whose JSON text surely is larger than max_bytes too.

    Without recursion, so that neither depth nor the target's recursion limit matters.
    """
    ancestors = set()
    size_bytes = 0
    # Parts yet to be looked at, the next one last. None as a path: all below that part has been seen.
    waiting = [(value, root)]
    while waiting:
        part, path = waiting.pop()
        if path is None:
            ancestors.discard(id(part))
            continue
        size_bytes += len(part) + 2 if isinstance(part, str) else 1
        if size_bytes > max_bytes:
            raise JsonFault(root, "is larger than %d bytes as JSON" % max_bytes, True)
        problem = describe_fault(part)
        if problem is not None:
            raise JsonFault(path, problem)
        if isinstance(part, (dict, list, tuple)):
            if id(part) in ancestors:
                raise JsonFault(path, "refers back to a value that contains it")
            if len(ancestors) >= MAX_DEPTH:
                raise JsonFault(path, "is nested over %d deep" % MAX_DEPTH)
            ancestors.add(id(part))
            waiting.append((part, None))
            waiting.extend(reversed(list(parts_of(part, path))))
            size_bytes += sum(len(name) + 3 for name in part) if isinstance(part, dict) else 0


def parts_of(part, path):
    if not isinstance(part, dict):
        for index, item in enumerate(part):
            yield item, "%s[%d]" % (path, index)
        return
    for name, item in part.items():
        if not isinstance(name, str):
            raise JsonFault(path, "has the key %s, which is not a text" % short(name))
        yield item, "%s.%s" % (path, name) if PLAIN_NAME.fullmatch(name) else '%s["%s"]' % (path, name)


def describe_fault(part):
    """Why one part cannot travel, or None. What it holds is not looked at."""
    kind = type(part).__name__
    if isinstance(part, enum.Enum):
        return "is a %s, which is an Enum; return its .value" % kind
    if isinstance(part, tuple) and hasattr(part, "_fields"):
        return "is a %s, which would arrive as a plain list; return its ._asdict()" % kind
    if part is None or isinstance(part, (bool, str, dict, list, tuple)):
        return None
    if isinstance(part, int):
        return None if abs(part) <= LARGEST_INTEGER else "is an integer beyond 2**53, which JSON readers round; return str(value)"
    if isinstance(part, float):
        return None if math.isfinite(part) else "is %r, which JSON has no number for" % float(part)
    if isinstance(part, (set, frozenset)):
        return "is a %s, whose order is by chance; return sorted(value)" % kind
    if isinstance(part, (bytes, bytearray, memoryview)):
        return "is %s; return it as Base64 text" % kind
    if isinstance(part, (datetime.date, datetime.time)):
        return "is a %s; return value.isoformat()" % kind
    return "is a %s; return plain data" % kind


def short(value):
    text = repr(value)
    return text if len(text) <= 100 else text[:100] + "..."
