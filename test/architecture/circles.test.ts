import { describe, expect, it } from '@jest/globals';

import { circlesOf, contracted, type ImportGraph } from './circles.js';
import { importsOfSources, sourceFiles } from './source-files.js';

async function importGraph(): Promise<ImportGraph> {
  const graph = new Map((await sourceFiles()).map((file): [string, string[]] => [file, []]));
  for (const { importer, imported } of await importsOfSources()) {
    const file = graph.has(imported) ? imported : imported.replace(/\.ts$/, '.tsx');
    if (graph.has(file)) graph.get(importer)?.push(file);
  }
  return graph;
}

/**
 * Returns the first two levels of a file's folder, such as `client/run`, or the first three below `lib/local`, such
 * as `lib/local/s3`. Returns the file itself if its folder has fewer levels.
 */
function folderOf(file: string): string {
  const parts = file.split('/');
  const depth = parts[0] === 'lib' && parts[1] === 'local' ? 3 : 2;
  return parts.slice(0, Math.min(depth, parts.length)).join('/');
}

describe('The source files', () => {
  it('No file imports itself through others, not even for types alone', async () => {
    expect(circlesOf(await importGraph())).toEqual([]);
  });

  it('No folder imports another one that imports it', async () => {
    expect(circlesOf(contracted(await importGraph(), folderOf))).toEqual([]);
  });
});

describe('circlesOf', () => {
  it.each<[string, Record<string, string[]>, string[][]]>([
    ['no circle', { a: ['b', 'c'], b: ['c'], c: [] }, []],
    ['a module that imports itself', { a: ['a'] }, [['a']]],
    ['two modules', { a: ['b'], b: ['a'], c: ['a'] }, [['a', 'b']]],
    [
      'two circles of which one imports the other',
      { a: ['b'], b: ['c'], c: ['a', 'd'], d: ['e'], e: ['d'] },
      [
        ['a', 'b', 'c'],
        ['d', 'e'],
      ],
    ],
  ])('A graph with %s is reported', (_, graph, expected) => {
    expect(circlesOf(new Map(Object.entries(graph)))).toEqual(expected);
  });

  it('An import cycle through files of two folders is reported as a cycle of the folders, and one inside a folder is not', () => {
    const graph = new Map([
      ['x/a', ['y/b']],
      ['y/b', ['x/c']],
      ['x/c', ['x/a']],
    ]);

    expect(circlesOf(contracted(graph, (file) => file.slice(0, 1)))).toEqual([['x', 'y']]);
  });
});
