import { describe, expect, it } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';

import { ALLOW_LIST_MAX_BYTES, allowListSchema } from '../../lib/contract/index.js';
import { allowListVariable } from '../../lib/control-plane/allow-list-variable.js';
import { withTemplateApp } from '../seedkit/template-app.js';

/** An allow list whose JSON has so many bytes. */
function listOf(sizeBytes: number) {
  const empty = JSON.stringify(allowListSchema.parse({ images: [''] })).length;
  return allowListSchema.parse({ images: ['ü'.repeat((sizeBytes - empty) / 2)] });
}

describe('an allow list', () => {
  it('is handed on as JSON while it fits', () => {
    const list = listOf(ALLOW_LIST_MAX_BYTES);
    const variable = withTemplateApp((app) => {
      const stack = new Stack(app, 'Stack');
      return stack.resolve(allowListVariable(stack, list)) as string;
    });
    expect(JSON.parse(variable)).toEqual(list);
  });

  it('that is too long is refused with its size and what to do', () => {
    const list = listOf(ALLOW_LIST_MAX_BYTES + 2);
    expect(() => withTemplateApp((app) => allowListVariable(new Stack(app, 'Stack'), list))).toThrow(
      /^The allow list makes 3502 bytes, at most 3500: .* Use patterns that end in \*/,
    );
  });
});
