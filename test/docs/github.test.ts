import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';

import { ROOT } from './pages.js';

interface Workflow {
  readonly jobs: Record<
    string,
    {
      readonly strategy?: { readonly matrix: { readonly node: number[]; readonly os: string[] } };
      readonly steps: readonly { readonly uses?: string; readonly run?: string }[];
    }
  >;
}

const FOLDERS = ['.github/workflows', '.github/ISSUE_TEMPLATE'];
const files = FOLDERS.flatMap((folder) =>
  readdirSync(path.join(ROOT, folder)).map((name) => `${folder}/${name}`),
);
const read = (file: string): unknown => parse(readFileSync(path.join(ROOT, file), 'utf8'));

describe('Files for GitHub', () => {
  it.each(files)('%s is valid YAML', (file) => {
    expect(read(file)).toEqual(expect.any(Object));
  });

  it('The workflow ci.yml runs .ci/run with Node.js 20, 22 and 24 on Linux and macOS', () => {
    const { jobs } = read('.github/workflows/ci.yml') as Workflow;
    expect(jobs['test']?.strategy?.matrix).toEqual({
      node: [20, 22, 24],
      os: ['ubuntu-latest', 'macos-latest'],
    });
    expect(jobs['test']?.steps.map(({ run }) => run)).toContain('.ci/run');
  });

  it('The workflow release.yml runs the tests before it publishes', () => {
    const { jobs } = read('.github/workflows/release.yml') as Workflow;
    const commands = jobs['publish']?.steps.map(({ run = '' }) => run) ?? [];
    const published = commands.findIndex((command) => command.startsWith('npm publish'));
    expect(commands.indexOf('.ci/run')).toBeGreaterThanOrEqual(0);
    expect(published).toBeGreaterThan(commands.indexOf('.ci/run'));
    expect(existsSync(path.join(ROOT, '.ci/run'))).toBe(true);
  });
});
