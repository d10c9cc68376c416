import { GetObjectCommand, PutObjectCommand, S3ServiceException } from '@aws-sdk/client-s3';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { beforeEach, describe, expect, it } from '@jest/globals';

import { INLINE_INVOCATION_MAX_BYTES, parseRunRequest } from '../../../lib/contract/index.js';
import { anInput } from '../../contract/builders.js';
import { objectWith } from '../s3-answers.js';
import { COMMANDS, invocationIs, prepareRequest, resetBucket, s3 } from './mocked-bucket.js';

const REQUEST = { version: 1, runId: 'run-1', seedkit: 'demo', invocation: COMMANDS };
const python = (args: unknown[]) => ({
  ...REQUEST,
  invocation: { kind: 'python', target: { module: 'm', functionName: 'f' }, args, kwargs: {} },
});

beforeEach(() => {
  resetBucket();
  invocationIs(COMMANDS);
});

describe('A request with its invocation in place of an input', () => {
  it('The invocation of a request is stored once as the input of the run, which is then an ordinary run', async () => {
    const { item, startBuild } = await prepareRequest(REQUEST);

    const [put] = s3.commandCalls(PutObjectCommand).map(({ args: [{ input }] }) => input);
    expect(put).toMatchObject({ Key: 'runs/run-1/input/invocation.json', IfNoneMatch: '*' });
    expect(put?.Body).toEqual(Buffer.from(JSON.stringify(COMMANDS)));
    expect(unmarshall(item as Parameters<typeof unmarshall>[0])).toMatchObject({
      status: 'QUEUED',
      trigger: 'CLIENT',
      target: 'npm test',
    });
    expect(startBuild).toMatchObject({ projectName: 'codeseeder-demo', sourceTypeOverride: 'NO_SOURCE' });
  });

  it('The request of such a run names its stored input and has options, as `again` and readers of its value need', () => {
    expect(parseRunRequest(REQUEST)).toEqual({
      version: 1,
      runId: 'run-1',
      seedkit: 'demo',
      build: {},
      input: anInput(COMMANDS),
    });
  });

  it('A run id whose input has another content is refused, and nothing is replaced', async () => {
    const exists = new S3ServiceException({
      name: 'PreconditionFailed',
      $fault: 'client',
      $metadata: { httpStatusCode: 412 },
    });
    s3.on(PutObjectCommand).rejects(exists);
    s3.on(GetObjectCommand).resolves(objectWith('{"kind":"commands","target":["other"]}'));

    await expect(prepareRequest(REQUEST)).rejects.toMatchObject({ code: 'RunIdConflict' });
  });

  it.each<[string, object, string]>([
    ['an input, too', { ...REQUEST, input: anInput(COMMANDS) }, 'pass either invocation or input'],
    [
      'no commands',
      { ...REQUEST, invocation: { kind: 'commands', target: [] } },
      'at least one command is required',
    ],
    ['an integer that was rounded', python([2 ** 53]), 'invocation.args[0] is the integer 9007199254740992'],
    [
      'too many bytes',
      python(['x'.repeat(INLINE_INVOCATION_MAX_BYTES)]),
      `at most ${INLINE_INVOCATION_MAX_BYTES} in the input of an execution`,
    ],
    ['a function without its code', python([1]), 'bundle: a python invocation needs a bundle'],
    [
      'the id of another run',
      { ...REQUEST, runId: 'other' },
      "runId: other is not the execution's name run-1",
    ],
    ['another trigger', { ...REQUEST, trigger: 'EVENT' }, 'trigger'],
  ])('A request with %s is refused', async (what, request, message) => {
    if (what === 'a function without its code') invocationIs(python([1]).invocation);
    await expect(prepareRequest(request)).rejects.toMatchObject({
      code: 'InvalidRequest',
      message: expect.stringContaining(message),
    });
    const isStored = what === 'a function without its code';
    expect(s3.commandCalls(PutObjectCommand)).toHaveLength(isStored ? 1 : 0);
  });
});
