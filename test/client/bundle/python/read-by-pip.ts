import { spawnSync } from 'node:child_process';

/** A line as pip reads it: its number, the requirement, and the options with their values. */
export type PipLine = readonly [
  number: number,
  requirement: string,
  options: Readonly<Record<string, unknown>>,
];

/**
 * Python program that reads requirements files with pip's own functions. It does not replace environment variables.
 */
const READ = `
import json, sys
from pip._internal.req import req_file
req_file.expand_env_variables = lambda lines: lines
parse = req_file.get_line_parser(None)
empty = vars(parse("")[1])

def read(text):
    found = []
    for number, line in req_file.preprocess(text):
        requirement, options = parse(line)
        given = {
            name: value for name, value in vars(options).items() if value != empty[name] and name != "format_control"
        }
        found.append([number, requirement, given])
    return found

print(json.dumps({name: read(text) for name, text in json.load(sys.stdin).items()}))
`;

/** Reads the texts of requirements files with the pip of this machine. */
export function readAllByPip(
  texts: Readonly<Record<string, string>>,
): Readonly<Record<string, readonly PipLine[]>> {
  const { stdout, stderr } = spawnSync('python3', ['-c', READ], {
    input: JSON.stringify(texts),
    encoding: 'utf8',
  });
  if (stderr !== '') throw new Error(stderr);
  return JSON.parse(stdout) as Record<string, readonly PipLine[]>;
}
