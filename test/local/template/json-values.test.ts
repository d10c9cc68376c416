import { describe, expect, it } from '@jest/globals';

import { parseTemplate } from '../../../lib/local/template/template.js';

const withMetadata = (yaml: string) => `Resources: {}\nMetadata:\n  Value: ${yaml}\n`;

describe('The values of a template', () => {
  it('A template has the JSON values of its text', () => {
    const Value = { text: 'a', list: [1, -0.5, true, false, null, []], nested: { empty: {} } };
    const text = JSON.stringify({ Resources: {}, Metadata: { Value } });
    expect(parseTemplate(text).Metadata).toEqual({ Value });
  });

  it.each(['.inf', '-.inf', '.nan', '[1, {deep: .nan}]'])(
    'A template in YAML with the value %s, which JSON does not have, is refused with its path',
    (yaml) => {
      expect(() => parseTemplate(withMetadata(yaml))).toThrow(
        /The template is not valid: Metadata\.Value: Invalid input: expected a JSON value/,
      );
    },
  );
});
