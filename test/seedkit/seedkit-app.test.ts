import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { describe, expect, it } from '@jest/globals';

/** Runs the app as the `cdk` command does. */
function runApp(context: Record<string, unknown>) {
  const outputFolder = mkdtempSync(path.join(tmpdir(), 'codeseeder-assembly-'));
  try {
    const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', 'bin/seedkit.ts'], {
      encoding: 'utf8',
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        CDK_OUTDIR: outputFolder,
        CDK_CONTEXT_JSON: JSON.stringify({ 'aws:cdk:enable-path-metadata': true, ...context }),
      },
    });
    return { status, stderr };
  } finally {
    rmSync(outputFolder, { recursive: true });
  }
}

describe('the app', () => {
  it.each([
    [{}, 'cdk synth -c name=demo'],
    [{ name: 'Not A Name' }, 'seedkit name "Not A Name"'],
    [{ name: 'demo', deployId: '123' }, 'deploy id "123"'],
    [{ name: 'demo', nmae: 'x' }, 'context "nmae" is not known'],
    [{ name: 7 }, 'context "name" is not text'],
  ])('refuses the context %j in one line', (context, message) => {
    const { status, stderr } = runApp(context);
    expect(stderr.trim().split('\n')).toEqual([expect.stringContaining(message)]);
    expect(status).toBe(2);
  });
});
