import { transform } from 'esbuild';
import { describe, expect, it } from '@jest/globals';

import { sourcePositions } from '../../../../client/bundle/modules/source-position.js';
import { findingsOf } from './analysis/findings.js';

describe('sourcePositions', () => {
  it('`sourcePositions` returns the line and column of the TypeScript source', async () => {
    const source =
      'interface A {\n  a: string;\n}\n\nexport async function f(a: A, n: string) {\n  return await import(`./${n}.js`) as unknown;\n}\n';
    const { code, map } = await transform(source, {
      loader: 'ts',
      sourcemap: 'external',
      sourcefile: 'main.ts',
    });
    const [reference] = findingsOf(code).references;

    expect(sourcePositions(map)(reference ?? { line: 0, column: 0 })).toEqual({ line: 6, column: 16 });
  });

  it('`sourcePositions` returns the position unchanged if there is no map, or none for it', async () => {
    const position = { line: 3, column: 7 };
    expect(sourcePositions(undefined)(position)).toEqual(position);
    expect(sourcePositions('{"version":3,"sources":[],"names":[],"mappings":""}')(position)).toEqual(
      position,
    );
  });
});
