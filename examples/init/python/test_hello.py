import json
import os
import subprocess
import unittest

from hello import hello

START = 'eval "$(npx codeseeder local up my-kit --detach)"'


class HelloTest(unittest.TestCase):
    def test_hello_returns_the_name_that_it_was_given(self):
        self.assertEqual(hello("world")["greeted"], "world")

    @unittest.skipUnless("CODESEEDER_SEEDKIT" in os.environ, f"needs a local AWS: {START}")
    def test_hello_runs_in_a_build(self):
        command = ["npx", "codeseeder", "run", "--json", "--local-module", "hello=./hello"]
        ended = subprocess.run(
            [*command, "hello:hello", '"world"'], stdout=subprocess.PIPE, text=True, check=True
        )
        self.assertEqual(json.loads(ended.stdout)["value"]["greeted"], "world")
