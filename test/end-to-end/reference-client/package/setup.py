from setuptools import setup

setup(name="reference-functions", version="1.0.0", py_modules=["reference_functions"])
