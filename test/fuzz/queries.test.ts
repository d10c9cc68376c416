import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { evaluateExpression } from '../../lib/local/states/interpreter/expression.js';
import { StateError } from '../../lib/local/states/interpreter/state-error.js';
import { CAMPAIGN_MS, holds } from './campaign.js';
import { nastyJson, nastyText, wellFormed } from './nasty.js';

describe('JSONata queries', () => {
  it(
    'A JSONata query returns a value or fails the state with States.QueryEvaluationError',
    async () => {
      const atoms = fc.constantFrom(
        '$states.input',
        '$',
        '1',
        '"a"',
        '[1..20]',
        '{}',
        '/a+/',
        'a.b',
        '$x',
        'true',
        '()',
        '**',
        '$$',
        '%',
        '[',
        '{"a":',
      );
      const functions = fc.constantFrom(
        '$string',
        '$map',
        '$reduce',
        '$sort',
        '$split',
        '$replace',
        '$each',
        '$merge',
        '$distinct',
        '$pad',
        '$number',
        '$match',
        '$eval',
        '$hash',
        '$parse',
        '$range',
        '$partition',
        '$formatNumber',
        '$toMillis',
        '$zip',
        '$error',
      );
      const queries = fc.letrec<{ query: string }>((tie) => ({
        query: fc.oneof(
          { maxDepth: 4 },
          atoms,
          fc
            .tuple(functions, fc.array(tie('query'), { maxLength: 3 }))
            .map(([name, args]) => `${name}(${args.join(',')})`),
          fc
            .tuple(
              tie('query'),
              fc.constantFrom('+', '&', '.', '=', '~>', '?', ':', 'in', '[', '^('),
              tie('query'),
            )
            .map((parts) => parts.join(' ')),
          tie('query').map((query) => `(function($n){${query}})(1)`),
          nastyText.map((text) => wellFormed(text).slice(0, 200)),
        ),
      })).query;
      await holds(
        fc.asyncProperty(queries, nastyJson, async (query, input) => {
          const scope = { states: { input }, variables: {}, nowMs: 0 };
          try {
            const value = await evaluateExpression(`{% ${query} %}`, scope, 'Output');
            expect(value).not.toBeUndefined();
          } catch (error) {
            if (!(error instanceof StateError)) throw error;
            expect(error.error).toBe('States.QueryEvaluationError');
          }
        }),
        150,
      );
    },
    CAMPAIGN_MS,
  );
});
