import { readFile } from 'node:fs/promises';

import { describe, expect, it } from '@jest/globals';

import { passOn } from '../../lib/local/intercept.js';
import { createPlaceServices } from '../../lib/local/place-services.js';
import type { WireService } from '../../lib/local/wire/wire-service.js';
import { openTestPlaceContext } from './test-place-context.js';
import { aRequest } from './wire/test-request.js';

/** Folders of the services by the service's name in signatures. */
const FOLDERS: Readonly<Record<string, string>> = {
  codeartifact: 'codeartifact',
  codebuild: 'codebuild',
  dynamodb: 'dynamodb',
  events: 'events',
  lambda: 'lambda',
  logs: 'logs',
  sqs: 'sqs',
  states: 'states',
  sts: 'identity',
};

/** Returns the operations of a service: its error for an unknown operation lists them. */
async function operationsOf(service: WireService): Promise<string[]> {
  const message = await service.handle(aRequest({ path: '/none' })).then(String, String);
  return (/it has ([\w, ]+)\./.exec(message)?.[1] ?? '').split(', ');
}

async function operationsOfPage(folder: string): Promise<string[]> {
  const page = await readFile(new URL(`../../lib/local/${folder}/README.md`, import.meta.url), 'utf8');
  const [, list = ''] = /^## Operations\n\n(.*?)\n\n/ms.exec(page) ?? [];
  return [...list.matchAll(/`(\w+)`/g)].map(([, name = '']) => name);
}

describe('The page of a service', () => {
  it('The page of a service lists the operations that the service has', async () => {
    const context = await openTestPlaceContext();
    try {
      const services = await createPlaceServices(context, {
        buildConcurrency: 1,
        assets: () => undefined,
        intercept: passOn,
      });
      for (const [signingName, folder] of Object.entries(FOLDERS)) {
        const service = services.wire.find((each) => each.signingName === signingName);
        if (service === undefined) throw new Error(`no service ${signingName}`);
        expect(await operationsOfPage(folder)).toEqual(await operationsOf(service));
      }
      await services.close(Promise.resolve());
    } finally {
      await context.dispose();
    }
  });
});
