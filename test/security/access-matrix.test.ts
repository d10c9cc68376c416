import { describe, expect, it } from '@jest/globals';

import type { Statement } from '../seedkit/statements.js';
import { ACCESS_ROWS } from './access-rows.js';
import { isPermitted, type Call } from './policy-evaluator.js';
import { deciding, may, policiesOfTemplate, PRINCIPALS, resourceStatements } from './principals.js';

const ROWS = Object.values(ACCESS_ROWS).flat();

describe('The access matrix', () => {
  it.each(ROWS.map((row) => [row.what, row] as const))(
    'Exactly the listed principals may do this: %s',
    (_what, { calls, by }) => {
      expect(calls).not.toEqual([]);
      const allowed = calls.map((call) => [call, PRINCIPALS.filter((name) => may(name, call))]);
      const listed = PRINCIPALS.filter((name) => by.includes(name));
      expect(allowed).toEqual(calls.map((call) => [call, listed]));
    },
  );

  it('Each row has its own text', () => {
    const texts = ROWS.map(({ what }) => what);
    expect(new Set(texts).size).toBe(texts.length);
  });
});

/** Returns the actions and resources of statements that no call of a row needs. */
function unused(
  statements: readonly Statement[],
  uses: (statement: Statement, call: Call) => boolean,
): string[] {
  const calls = ROWS.flatMap((row) => row.calls);
  const isUsed = (part: Statement) => calls.some((call) => uses(part, call));
  return statements.flatMap((statement) => {
    const { sid = '', effect, actions, resources } = statement;
    return [
      ...actions.map((action) => [action, { ...statement, actions: [action] }] as const),
      ...resources.map((resource) => [resource, { ...statement, resources: [resource] }] as const),
    ].flatMap(([name, part]) => (isUsed(part) ? [] : [`${effect} ${sid} ${name}`]));
  });
}

describe('The rows of the access matrix', () => {
  it.each([...policiesOfTemplate])('Every action and resource in the policy of %s has a row', (name, all) => {
    expect(all).not.toEqual([]);
    const found = unused(all, (part, call) => {
      const effective = deciding(name, call).map(({ sid, effect }) => `${sid} ${effect}`);
      return effective.includes(`${part.sid} ${part.effect}`) && appliesTo(part, call);
    });
    expect(found).toEqual([]);
  });

  it('Every statement of a policy of a resource has a row', () => {
    const applying = new Set(
      ROWS.flatMap((row) => row.calls).flatMap((call) => PRINCIPALS.flatMap((name) => deciding(name, call))),
    );
    // A statement for the account's root grants nothing by itself. It delegates the decision to the policies of the
    // account's roles.
    const others = resourceStatements.filter(
      ({ principal }) => !JSON.stringify(principal).includes(':root"') && principal !== undefined,
    );
    expect(others.length).toBeGreaterThan(15);
    expect(others.filter((statement) => !applying.has(statement))).toEqual([]);
  });

  it('The policy of the key leaves each use of the key to the policies of roles', () => {
    const [account] = resourceStatements.filter(({ principal }) =>
      JSON.stringify(principal).includes(':root"'),
    );
    const used = ROWS.flatMap((row) => row.calls).filter(({ action }) => action.startsWith('kms:'));
    for (const { action } of used) expect(account?.actions).toContain(action);
  });
});

/**
 * Returns whether a part of a statement applies to a call, regardless of the statement's conditions and effect.
 */
function appliesTo(part: Statement, call: Call): boolean {
  return isPermitted([{ ...part, effect: 'Allow', condition: undefined }], {
    ...call,
    context: { 'codebuild:BuildArn': BUILD_OF_ROWS, ...call.context },
  });
}

const BUILD_OF_ROWS = 'arn:aws:codebuild:eu-central-1:123456789012:build/codeseeder-demo:0f1e';
