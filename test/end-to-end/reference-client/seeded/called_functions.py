"""Functions that builds call."""

import os


def add(a, b=0):
    print(f"adding {a} and {b}")
    return {"sum": a + b, "project": os.environ["AWS_CODESEEDER_NAME"], "quoted": "it's \"so\"\n"}


def fail():
    raise RuntimeError("failed as asked")


def nothing():
    print("returns nothing")
