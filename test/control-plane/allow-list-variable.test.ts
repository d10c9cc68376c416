import { describe, expect, it } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';

import { ALLOW_LIST_MAX_BYTES, allowListSchema } from '../../lib/contract/index.js';
import { allowListVariable } from '../../lib/control-plane/allow-list-variable.js';
import { withTemplateApp } from '../seedkit/template-app.js';

/** Returns an allow list whose JSON has the given number of bytes. */
function listOf(sizeBytes: number) {
  const empty = JSON.stringify(allowListSchema.parse({ images: [''] })).length;
  return allowListSchema.parse({ images: ['ü'.repeat((sizeBytes - empty) / 2)] });
}

describe('allowListVariable', () => {
  it('`allowListVariable` returns a list as JSON', () => {
    const list = listOf(ALLOW_LIST_MAX_BYTES);
    const variable = withTemplateApp((app) => {
      const stack = new Stack(app, 'Stack');
      return stack.resolve(allowListVariable(stack, list)) as string;
    });
    expect(JSON.parse(variable)).toEqual(list);
  });

  it('`allowListVariable` refuses a list that is too long, with its size and a remedy', () => {
    const list = listOf(ALLOW_LIST_MAX_BYTES + 2);
    expect(() => withTemplateApp((app) => allowListVariable(new Stack(app, 'Stack'), list))).toThrow(
      /^The allow list has 3502 bytes; at most 3500 .* Use patterns that end in \*/,
    );
  });
});
