import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { describe, expect, it } from '@jest/globals';

import { seedkit } from '../../client/index.js';
import { fileOf } from '../../client/remote-function.js';
import { remoteMarkOf } from '../../client/remote-mark.js';

describe('fileOf', () => {
  it('`fileOf` accepts import.meta, a URL or a path', () => {
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
    '`remoteFunction` throws an error that recommends __filename if its first argument is %j',
    async (meta) => {
      const fn = seedkit('demo').remoteFunction(meta as ImportMeta, () => 1);

      await expect(fn()).rejects.toMatchObject({
        code: 'InvalidRequest',
        message: expect.stringContaining('Pass __filename instead'),
      });
    },
  );
});

describe('remoteMarkOf', () => {
  const options = () => ({ environment: { STAGE: 'dev' } });
  const deploy = async () => undefined;
  const fn = seedkit('demo', options).remoteFunction('/a.ts', deploy, { exportName: 'd' });

  it('The mark has everything that determines a call', () => {
    expect(remoteMarkOf(fn)).toEqual({
      version: 1,
      kit: { name: 'demo', options },
      marked: { origin: '/a.ts', fn: deploy, functionName: 'deploy', options: { exportName: 'd' } },
      call: {},
    });
  });

  it("The mark of `with()` has the call's options and the same function", () => {
    const other = remoteMarkOf(fn.with({ labels: { a: '1' } }).with({ labels: { b: '2' } }));

    expect(other?.marked.fn).toBe(deploy);
    expect(other?.call.labels).toEqual({ a: '1', b: '2' });
  });

  it('The mark is read by another copy of this package', () => {
    const mark = { version: 1, kit: { name: 'other', options: {} } };
    const foreign = Object.assign(() => 1, { [Symbol.for('codeseeder.remoteFunction')]: mark });

    expect(remoteMarkOf(foreign)).toBe(mark);
  });

  it.each([[undefined], [null], [{}], [() => 1], [createRequire]])(
    '`remoteMarkOf` returns undefined for %p',
    (value) => {
      expect(remoteMarkOf(value)).toBeUndefined();
    },
  );
});
