import { describe, expect, it } from '@jest/globals';

import { parseRunRequest } from '../../lib/contract/index.js';
import { aRunRequest } from './builders.js';

describe.each(['pythonModules', 'pipxModules'] as const)('%s', (option) => {
  it.each([
    'requests',
    'requests[security]>=2,<3',
    "dataclasses==0.8; python_version < '3.7'",
    'tool @ git+https://example.com/tool.git@v1#subdirectory=a%20b',
    './vendor/tool',
  ])('Modules for pip or pipx may include %j', (spec) => {
    expect(parseRunRequest(aRunRequest({ build: { [option]: [spec] } })).build).toEqual({ [option]: [spec] });
  });

  it.each([
    '',
    '-r requirements.txt',
    '--index-url=https://evil.example',
    ' requests',
    'a\nb',
    'a\u0000',
    'x'.repeat(513),
  ])('Modules for pip or pipx are refused when they include %j', (spec) => {
    expect(() => parseRunRequest(aRunRequest({ build: { [option]: ['requests', spec] } }))).toThrow(
      `build.${option}[1]`,
    );
  });
});
