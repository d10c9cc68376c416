import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { synthesizeApp } from '../../../client/deploy/app-assembly.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'codeseeder-app-test-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs a program as the CDK app. */
function synthesize(source: string): Promise<string> {
  writeFileSync(path.join(folder, 'app.mjs'), `import { writeFileSync } from 'node:fs';\n${source}`);
  const outputFolder = path.join(folder, 'out');
  const place = { account: '123456789012', region: 'eu-central-1' };
  return synthesizeApp({ command: 'node app.mjs', outputFolder, folder, ...place });
}

const writes = (json: string) => `writeFileSync(process.env.CDK_OUTDIR + '/manifest.json', ${json});`;

describe('synthesizeApp', () => {
  it('An app gets account, region and the context of cdk.json and cdk.context.json, where cdk.context.json takes precedence', async () => {
    writeFileSync(path.join(folder, 'cdk.json'), '{ "context": { "stage": "dev", "zone": "a" } }');
    writeFileSync(path.join(folder, 'cdk.context.json'), '{ "zone": "b" }');
    const output = await synthesize(
      writes(
        'JSON.stringify([process.env.CDK_DEFAULT_ACCOUNT, process.env.CDK_DEFAULT_REGION, JSON.parse(process.env.CDK_CONTEXT_JSON)])',
      ),
    );
    expect(JSON.parse(readFileSync(path.join(output, 'manifest.json'), 'utf8'))).toEqual([
      '123456789012',
      'eu-central-1',
      expect.objectContaining({ stage: 'dev', zone: 'b' }),
    ]);
  });

  it.each([
    ['console.error("no such module"); process.exitCode = 7;', /exit code 7\): no such module/],
    ['', /ended without a cloud assembly/],
    [
      writes('\'{"missing":[{"key":"vpc-provider:1"}]}\''),
      /does not have: vpc-provider:1\. Run `npx cdk synth`/,
    ],
  ])('The app %j is refused with PackFailed and the reason', async (source, message) => {
    await expect(synthesize(source)).rejects.toMatchObject({
      code: 'PackFailed',
      message: expect.stringMatching(message),
    });
  });
});
