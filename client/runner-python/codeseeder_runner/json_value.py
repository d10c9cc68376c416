"""Finds the first part of a value that JSON cannot represent unchanged, or that makes it too large.

Such a value is refused and not converted, as in the other languages. A tuple is accepted and becomes a list.
"""
import datetime
import enum
import math
import re

MAX_DEPTH = 500
# JSON readers round larger integers.
LARGEST_INTEGER = 2**53 - 1
PLAIN_NAME = re.compile(r"[A-Za-z0-9_$]+")


class JsonFault(Exception):
    """Raised for a part of a value that JSON cannot represent.

    `path` names the part, such as `value.items[3].id`. `limit` is set for a value that is too large, such as
    `67108864 bytes`.
    """

    def __init__(self, path, problem, limit=None):
        super().__init__(path + " " + problem)
        self.limit = limit


def check_json(value, root, max_bytes, max_values):
    """Raises a JsonFault for the first invalid part, or if the JSON text is certainly larger than
    max_bytes or has more than max_values values. Each name of a property counts as a value.

    Uses no recursion, so the depth of the value and the target's recursion limit have no effect.
    """
    ancestors = set()
    size_bytes = 0
    values = 1
    # A stack of parts to check, each with its place: a pair of its parent's place and its own name or index. The place
    # None marks a part whose items have all been checked.
    waiting = [(value, (None, root))]
    while waiting:
        part, place = waiting.pop()
        if place is None:
            ancestors.discard(id(part))
            continue
        problem = describe_fault(part) or describe_nesting(part, ancestors)
        if problem is not None:
            raise JsonFault(path_of(place), problem)
        size_bytes += len(part) * (1 if isinstance(part, str) else 2) if hasattr(part, "__len__") else 1
        if isinstance(part, (dict, list, tuple)) and size_bytes <= max_bytes:
            ancestors.add(id(part))
            waiting.append((part, None))
            inner, inner_bytes = items_to_check(part, place)
            waiting.extend(reversed(inner))
            size_bytes += inner_bytes
            values += len(part) * (2 if isinstance(part, dict) else 1)
        if size_bytes > max_bytes:
            raise JsonFault(root, "is too large", "%d bytes" % max_bytes)
        if values > max_values:
            raise JsonFault(root, "is too large", "%d values" % max_values)


def items_to_check(part, place):
    """Returns the items that must be checked themselves, and the size of the other items and of all names."""
    inner = []
    size_bytes = 0
    is_dict = isinstance(part, dict)
    for name, item in part.items() if is_dict else enumerate(part):
        if is_dict:
            if not isinstance(name, str):
                raise JsonFault(path_of(place), "has the key %s, which is not a text" % short(name))
            size_bytes += len(name) + 3
        kind = type(item)
        if kind is str:
            size_bytes += len(item)
        elif kind is int and -LARGEST_INTEGER <= item <= LARGEST_INTEGER or item is None or kind is bool:
            pass
        else:
            inner.append((item, (place, name)))
    return inner, size_bytes


def path_of(place):
    parent, name = place
    names = []
    while parent is not None:
        names.append(name)
        parent, name = parent
    return name + "".join(map(step_to, reversed(names)))


def step_to(name):
    if isinstance(name, int):
        return "[%d]" % name
    return "." + name if PLAIN_NAME.fullmatch(name) else '["%s"]' % name


def describe_nesting(part, ancestors):
    if not isinstance(part, (dict, list, tuple)):
        return None
    if id(part) in ancestors:
        return "refers back to a value that contains it"
    return "is nested over %d deep" % MAX_DEPTH if len(ancestors) >= MAX_DEPTH else None


def describe_fault(part):
    """Returns why JSON cannot represent a part, or None. Does not check the items in it."""
    kind = type(part).__name__
    if isinstance(part, enum.Enum):
        return "is a %s, which is an Enum; return its .value" % kind
    if isinstance(part, tuple) and hasattr(part, "_fields"):
        return "is a %s, which would arrive as a plain list; return its ._asdict()" % kind
    if part is None or isinstance(part, (bool, str, dict, list, tuple)):
        return None
    if isinstance(part, int):
        if abs(part) <= LARGEST_INTEGER:
            return None
        return "is an integer beyond 2**53, which JSON readers round; return str(value)"
    if isinstance(part, float):
        return None if math.isfinite(part) else "is %r, which JSON cannot represent" % float(part)
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
