import { describe, expect, it } from '@jest/globals';

import { breachesOf, importsOf, ROOMS } from './import-rules.js';
import { importsOfSources, sourceFiles } from './source-files.js';

describe('the import rules', () => {
  it('Every source file keeps the import rules', async () => {
    const found = await importsOfSources();

    expect(new Set(found.map(({ importer }) => importer)).size).toBeGreaterThan(50);
    expect(breachesOf(found)).toEqual([]);
  });

  it('The import rules cover every source file', async () => {
    const homeless = (await sourceFiles()).filter(
      (file) => !Object.values(ROOMS).some((room) => room.files.test(file)),
    );

    expect(homeless).toEqual([]);
  });

  it.each([
    ['lib/contract/a.ts', `import { S3Client } from '@aws-sdk/client-s3';`],
    ['lib/contract/a.ts', `import { seedkit } from '../../client/index.js';`],
    ['lib/local/a.ts', `import { App } from 'aws-cdk-lib';`],
    ['lib/local/a.ts', `import type { RunRecord } from '../contract/index.js';`],
    ['lib/local/a.ts', `import { readRecord } from '../run-store/record.js';`],
    ['lib/run-store/a.ts', `import { seedkit } from '../../client/index.js';`],
    ['client/run/a.ts', `import { readRecord } from '../../lib/run-store/record.js';`],
    ['lib/control-plane/a.ts', `import { getBuild } from '../run-store/build.js';`],
    ['client/run/a.ts', `import { findObject } from '../../lib/s3-objects.js';`],
    ['lib/s3-objects.ts', `import { readRecord } from './run-store/record.js';`],
    ['lib/local/a/b.ts', `import { seedkit } from '../../../client/index.js';`],
    ['lib/control-plane/a.ts', `import { SFNClient } from '@aws-sdk/client-sfn';`],
    ['lambdas/poll-build/a.ts', `export { stop } from '../start-build/stop.js';`],
    ['lambdas/poll-build/a.ts', `import { Stack } from 'aws-cdk-lib';`],
    ['client/run/a.ts', `const { App } = await import('aws-cdk-lib');`],
    ['client/run/a.ts', `import { main } from '../runner/main.js';`],
    ['client/cli/a.ts', `import { startLocalAws } from '../../lib/local/index.js';`],
    ['client/runner/a.ts', `import { S3Client } from '@aws-sdk/client-s3';`],
    ['lib/seedkit/a.ts', `import '../../bin/seedkit.js';`],
    ['client/run/a.ts', `import { startConsole } from '../console/server/start-console.js';`],
    ['client/console/server/a.ts', `import { main } from '../../cli/main.js';`],
    ['client/console/app/a.tsx', `import { isTerminal } from '../../../lib/contract/index.js';`],
    ['client/console/app/a.tsx', `import { Session } from '../server/session.js';`],
    ['client/run/a.ts', `type App = import('aws-cdk-lib').App;`],
  ])('The import rules refuse in %s: %s', (file, source) => {
    expect(breachesOf(importsOf(file, source))).toHaveLength(1);
  });

  it('The import rules let the command line load the local AWS on demand', () => {
    const source = `const { startLocalAws } = await import('../../lib/local/index.js');`;

    expect(breachesOf(importsOf('client/cli/local.ts', source))).toEqual([]);
  });
});
