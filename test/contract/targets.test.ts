import { describe, expect, it } from '@jest/globals';

import {
  findVersion,
  invocationOfStart,
  nearestNames,
  newTarget,
  parseTargetReference,
  parseTargetStart,
  targetOfInbox,
  type TargetState,
  withAlias,
  without,
  withVersion,
} from '../../lib/contract/index.js';
import { A_SHA256 } from './builders.js';

const published = (publication: string) => ({
  publication,
  definition: { sha256: A_SHA256, sizeBytes: 1 },
  kind: 'node' as const,
  runs: 'src/deploy.ts#network',
  publishedAt: '2026-01-01T00:00:00.000Z',
});
const twice = withVersion(withVersion(newTarget('deploys'), published('a'), 'prod'), published('b'));

function codeOf(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
}

describe('The versions of a target', () => {
  it('The newest version is meant without a version, and an alias names the version that it was given', () => {
    expect(findVersion(twice, parseTargetReference('deploys')).version).toBe(2);
    expect(findVersion(twice, parseTargetReference('deploys@prod')).version).toBe(1);
    expect(findVersion(withAlias(twice, 'prod', 2), parseTargetReference('deploys@prod')).version).toBe(2);
    expect(findVersion(twice, parseTargetReference('deploys@1')).publication).toBe('a');
  });

  it('A version or alias that does not exist is refused with those that do', () => {
    const missing = () => findVersion(twice, parseTargetReference('deploys@stage'));
    expect(missing).toThrow('There is no deploys@stage. It has the versions 1, 2 and the alias prod (1).');
    expect(codeOf(() => findVersion(twice, parseTargetReference('deploys@3')))).toBe(
      'PublishedTargetNotFound',
    );
  });

  it('A version that an alias names is not removed, and the number of a removed one is not used again', () => {
    expect(() => without(twice, parseTargetReference('deploys@1'))).toThrow('The alias prod names version 1');
    const rest: TargetState = without(twice, parseTargetReference('deploys@2'));
    expect(rest.versions.map(({ version }) => version)).toEqual([1]);
    expect(withVersion(rest, published('c')).versions.map(({ version }) => version)).toEqual([1, 3]);
    const empty = without(twice, parseTargetReference('deploys'));
    expect(empty).toMatchObject({ versions: [], aliases: {}, lastVersion: 2 });
    expect(without(twice, parseTargetReference('deploys@prod')).aliases).toEqual({});
  });

  it('The nearest names come first', () => {
    expect(nearestNames('nightly-depoly', ['weekly', 'nightly-deploy', 'nightly'])[0]).toBe('nightly-deploy');
  });
});

describe('The start of a target', () => {
  it.each([
    ['bundle', { bundle: { layers: [] } }],
    ['build', { build: { installCommands: ['curl evil'] } }],
    ['environment', { environment: { NODE_OPTIONS: '--require /tmp/x' } }],
    ['inputKey', { inputKey: 'inbox/x.json' }],
    ['invocation', { invocation: { kind: 'commands', target: ['id'] } }],
    ['lock', { lock: 'free' }],
  ])('A start with %s is refused, because it would change what was published', (member, more) => {
    const start = () => parseTargetStart({ target: 'deploys', ...more }, 'start');
    expect(start).toThrow(`The start is not valid: ${member}: a start of a target has`);
  });

  it.each(['Deploys', 'a/b', '../a', 'a--b', 'a@', 'a@0', 'a@prod@2', '', 7])(
    'The reference %p is refused',
    (target) => {
      expect(codeOf(() => parseTargetStart({ target }, 'start'))).toBe('InvalidRequest');
    },
  );

  it('Commands find one argument in their variable, and take no second one and no kwargs', () => {
    const head = { kind: 'commands' as const, target: ['true'] };
    const target = { name: 'deploys' };
    expect(invocationOfStart(head, { target, args: [{ a: 1 }] })).toEqual({
      invocation: head,
      environment: { CODESEEDER_INPUT: { value: '{"a":1}', type: 'PLAINTEXT' } },
    });
    expect(() => invocationOfStart(head, { target, args: [1, 2] })).toThrow('take at most 1 argument');
    expect(() => invocationOfStart(head, { target, kwargs: {} })).toThrow('takes no kwargs');
  });

  it('An object of the inbox is bound to the target whose folder it is in', () => {
    expect(targetOfInbox('inbox/targets/deploys/a.request.json')).toBe('deploys');
    expect(targetOfInbox('inbox/a.request.json')).toBeUndefined();
  });
});
