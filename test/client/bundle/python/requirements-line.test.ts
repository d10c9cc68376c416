import { beforeAll, describe, expect, it } from '@jest/globals';

import { parseRequirementsLine } from '../../../../client/bundle/python/requirements-line.js';
import { logicalLines } from '../../../../client/bundle/python/requirements-text.js';
import { readAllByPip, type PipLine } from './read-by-pip.js';

const TEXTS: Readonly<Record<string, string>> = {
  comments: '# one\nsix # two\n  # three\nidna#not-a-comment\n\n \nattrs\t# tab\n',
  'continued lines':
    'six==1.17.0 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\nidna \\\n# between\nattrs\n',
  'a backslash at the end': 'six \\\nidna \\',
  'other ends of lines': 'six\r\nidna\rattrs\vtoml\fyaml\u2028zope\n',
  'markers and extras': `requests[socks] >= 2 ; python_version > '3'\n./libs/x[dev] ; sys_platform == "linux"\n`,
  'options with values':
    '-r base.txt\n--requirement=more.txt\n--requirement "with blank.txt"\n-cpins.txt\n-c  spaced.txt\n--constraint=a=b.txt\n',
  'shortened options':
    '--requirem base.txt\n--cons=pins.txt\n--extra https://e.example.com\n--find ./wheels\n',
  indexes:
    '-i https://i.example.com/simple\n--pypi-url https://p.example.com\n--extra-index-url https://u:p@e.example.com --trusted-host e.example.com\n--no-index\n-f ./a\n--pre\n--prefer-binary\n',
  editables: `-e .\n-e ./libs/x[dev]\n--editable=file:./y#egg=y\n-e 'a b/c'\n-e "a \\"b\\" \\c"\n-e a\\ b\n`,
  'options of requirements': `six --hash=sha256:aa --hash sha256:bb\nidna==3 --global-option="--quiet x"\n`,
  'hyphens inside words': 'a-b ==1.0-1\nx @ https://example.com/a-b --pre\n',
  variables: '-i https://${TOKEN}@example.com/simple\nx==${VERSION}\n',
};

/** pip's names of options whose values are lists, by the name that this project uses. */
const PIP_NAMES: Readonly<Record<string, string>> = {
  requirement: 'requirements',
  constraint: 'constraints',
  editable: 'editables',
  'extra-index-url': 'extra_index_urls',
  'trusted-host': 'trusted_hosts',
};
const FLAGS = ['no-index', 'pre', 'prefer-binary', 'require-hashes'];

function readHere(text: string): PipLine[] {
  return logicalLines(text.split(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/)).map((line) => {
    const { requirement, options } = parseRequirementsLine(line.text);
    const given: Record<string, unknown> = {};
    for (const { name, value } of options) {
      if (name === 'hash') {
        const [algorithm = '', digest = ''] = (value ?? '').split(':');
        const hashes = (given['hashes'] ?? {}) as Record<string, string[]>;
        given['hashes'] = { ...hashes, [algorithm]: [...(hashes[algorithm] ?? []), digest] };
        continue;
      }
      const pipName =
        PIP_NAMES[name] ?? (name === 'global-option' ? 'global_options' : name.replaceAll('-', '_'));
      if (FLAGS.includes(name)) given[pipName] = true;
      else if (name === 'index-url') given[pipName] = value;
      else given[pipName] = [...((given[pipName] ?? []) as string[]), value];
    }
    return [line.number, requirement, given];
  });
}

describe('a requirements file', () => {
  let byPip: Readonly<Record<string, readonly PipLine[]>>;
  beforeAll(() => {
    byPip = readAllByPip(TEXTS);
  });

  it.each(Object.keys(TEXTS))('A requirements file with %s is read as pip reads it', (name) => {
    const expected = byPip[name]?.map(([number, requirement, options]) => [
      number,
      requirement.trim(),
      options,
    ]);

    expect(readHere(TEXTS[name] ?? '')).toEqual(expected);
    expect(expected).not.toEqual([]);
  });
});
