import path from 'node:path';

import { expect, it } from '@jest/globals';

it('Tests do not depend on the variables by which the shell that starts them uses AWS or a local AWS', async () => {
  const ofShell = {
    AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
    AWS_REGION: 'eu-west-1',
    CODESEEDER_CONSOLE_URL: 'http://127.0.0.1:4567',
    CODESEEDER_SEEDKIT: 'mine',
  };
  Object.assign(process.env, { ...ofShell, CODESEEDER_FUZZ_SEED: '7' });
  await import(path.resolve('jest.config.mjs'));

  expect(Object.keys(ofShell).filter((name) => name in process.env)).toEqual([]);
  expect(process.env['CODESEEDER_FUZZ_SEED']).toBe('7');
});
