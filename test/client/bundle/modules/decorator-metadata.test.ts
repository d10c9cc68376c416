import { readFile, symlink } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';

import { createProjects, type Project } from '../project.js';
import { runBundled } from './run-bundled.js';

const REPOSITORY = path.resolve(import.meta.dirname, '../../../..');

const projects = createProjects();
let project: Project;

beforeEach(async () => {
  project = await projects.make();
  await project.write({
    'package.json': '{"type":"module"}',
    // The only part of reflect-metadata that compiled code calls.
    'src/reflect.ts':
      'const kept = new Map<unknown, unknown>();\n(Reflect as any).metadata = (key: string, value: unknown) => (target: object, member: string) => void kept.set(`${key} ${member}`, value);\nexport const typeOf = (member: string) => (kept.get(`design:type ${member}`) as { name: string } | undefined)?.name;\n',
    'src/types.ts': 'export interface Shape { n: number }\nexport class Engine {}\n',
    'src/main.ts': `import { typeOf } from './reflect.js';
import { Engine, Shape } from './types.js';
const seen = (_target: object, _member: string) => undefined;
class Car { @seen engine!: Engine; @seen shape!: Shape; @seen name!: string; }
export const f = () => [typeOf('engine'), typeOf('shape'), typeOf('name'), typeof Car];
`,
    // Without `lib`, each compilation would read and check the type declarations of browsers.
    'tsconfig.json':
      '{ // options of the project\n "compilerOptions": { "experimentalDecorators": true, "emitDecoratorMetadata": true, "target": "es2022", "lib": ["es2022"], "module": "nodenext", "types": [] } }',
  });
});
afterAll(() => projects.removeAll());

/** Installs TypeScript 7. Its main export contains only a version; the compiler is the command `tsc`. */
async function installCommandOnly(): Promise<void> {
  await project.write({ 'node_modules/.keep': '' });
  await symlink(
    path.join(REPOSITORY, 'node_modules/typescript-native'),
    project.at('node_modules/typescript'),
  );
}

describe('decorator metadata', () => {
  it("A bundle has the decorator metadata that the project's own TypeScript emits", async () => {
    await project.write({ 'node_modules/.keep': '' });
    await symlink(path.join(REPOSITORY, 'node_modules/typescript'), project.at('node_modules/typescript'));

    const { value } = await runBundled(project.at('src/main.ts'), 'f');

    expect(value).toEqual(['Engine', 'Object', 'String', 'function']);
  });

  it('A module with decorators and JSX is compiled also if its tsconfig preserves JSX', async () => {
    await project.write({
      'node_modules/.keep': '',
      'src/page.tsx': `import { typeOf } from './reflect.js';
const React = { createElement: (name: string, _props: unknown, ...children: unknown[]) => [name, ...children] };
const seen = (_target: object, _member: string) => undefined;
class Page { @seen title!: string; body() { return <b>{'text'}</b>; } }
export const f = () => [typeOf('title'), new Page().body()];
`,
      'tsconfig.json':
        '{ "compilerOptions": { "experimentalDecorators": true, "emitDecoratorMetadata": true, "jsx": "preserve", "target": "es2022", "lib": ["es2022"], "types": [] } }',
    });
    await symlink(path.join(REPOSITORY, 'node_modules/typescript'), project.at('node_modules/typescript'));

    const { value } = await runBundled(project.at('src/page.tsx'), 'f');

    expect(value).toEqual(['String', ['b', 'text']]);
  });

  it('A TypeScript 7, which has a command and no API, compiles decorator metadata', async () => {
    await installCommandOnly();

    const { value } = await runBundled(project.at('src/main.ts'), 'f');

    expect(value).toEqual(['Engine', 'Object', 'String', 'function']);
  });

  it('A decorated module outside of its tsconfig is refused with a TypeScript 7, which then compiles no code for it', async () => {
    await installCommandOnly();
    await project.write({
      'tsconfig.json':
        '{ "compilerOptions": { "experimentalDecorators": true, "emitDecoratorMetadata": true, "lib": ["es2022"], "types": [] }, "include": ["src/types.ts"] }',
    });

    await expect(runBundled(project.at('src/main.ts'), 'f')).rejects.toMatchObject({
      code: 'PackFailed',
      message: expect.stringMatching(
        /no code for .*main\.ts: .*tsconfig\.json does not include it\. Add the file/,
      ) as unknown,
    });
  });

  it('A changed module is compiled again by a TypeScript 7', async () => {
    await installCommandOnly();
    await runBundled(project.at('src/main.ts'), 'f');
    const types = 'export interface Shape { n: number }\nexport class Engine {}\n';
    const source = await readFile(project.at('src/main.ts'), 'utf8');
    await project.write({
      'src/main.ts': source.replace('name!: string', 'name!: Date'),
      'src/types.ts': types,
    });

    const { value } = await runBundled(project.at('src/main.ts'), 'f');

    expect(value).toEqual(['Engine', 'Object', 'Date', 'function']);
  });

  it('`bundleModules` refuses decorators with metadata in a project without TypeScript and names the remedy', async () => {
    await expect(runBundled(project.at('src/main.ts'), 'f')).rejects.toMatchObject({
      code: 'PackFailed',
      message: expect.stringMatching(/src\/main\.ts has decorators.*npm i -D typescript/),
    });
  });
});
