import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { describe, expect, it } from '@jest/globals';

import { seedkit } from '../../client/index.js';
import { fileOf } from '../../client/remote-function.js';
import { remoteMarkOf } from '../../client/remote-mark.js';

describe('the module of a remote function', () => {
  it('is named by import.meta, by its URL or by its path', () => {
    const file = path.resolve('src/deploy.ts');
    const { href: url } = pathToFileURL(file);

    for (const origin of [
      { url } as ImportMeta,
      { url: `${url}?v=1` } as ImportMeta,
      url,
      file,
      'src/deploy.ts',
    ])
      expect(fileOf(origin)).toBe(file);
  });

  it.each([[{}], [undefined], [{ url: undefined }]])(
    'is asked for as __filename where import.meta says nothing, as %j',
    async (meta) => {
      const fn = seedkit('demo').remoteFunction(meta as ImportMeta, () => 1);

      await expect(fn()).rejects.toMatchObject({
        code: 'InvalidRequest',
        message: expect.stringContaining('Give __filename instead'),
      });
    },
  );
});

describe('the mark of a remote function', () => {
  const options = () => ({ environment: { STAGE: 'dev' } });
  const deploy = async () => undefined;
  const fn = seedkit('demo', options).remoteFunction('/a.ts', deploy, { exportName: 'd' });

  it('has everything that decides what a call does', () => {
    expect(remoteMarkOf(fn)).toEqual({
      version: 1,
      kit: { name: 'demo', options },
      marked: { origin: '/a.ts', fn: deploy, functionName: 'deploy', options: { exportName: 'd' } },
      call: {},
    });
  });

  it('has the options of the call, too, and stays the same function', () => {
    const other = remoteMarkOf(fn.with({ labels: { a: '1' } }).with({ labels: { b: '2' } }));

    expect(other?.marked.fn).toBe(deploy);
    expect(other?.call.labels).toEqual({ a: '1', b: '2' });
  });

  it('is read by another copy of this package', () => {
    const mark = { version: 1, kit: { name: 'other', options: {} } };
    const foreign = Object.assign(() => 1, { [Symbol.for('codeseeder.remoteFunction')]: mark });

    expect(remoteMarkOf(foreign)).toBe(mark);
  });

  it.each([[undefined], [null], [{}], [() => 1], [createRequire]])('is on no other value: %p', (value) => {
    expect(remoteMarkOf(value)).toBeUndefined();
  });
});
