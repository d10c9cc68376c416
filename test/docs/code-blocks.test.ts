import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';

import { nameOf } from '../../client/cli/help/command-help.js';
import { leavesOf, refusalOf, commandProgram } from '../../docs/make/command-program.js';
import { callsInBash } from '../calls-in-bash.js';
import { withPython } from '../installed-tools.js';
import { blocksOf, commandsOf, followedPages, readPage, ROOT, type CodeBlock } from './pages.js';
import { typeErrorsOf } from './typescript-blocks.js';

const blocks = followedPages().flatMap(blocksOf);
const inLanguage = (...languages: string[]) => blocks.filter(({ language }) => languages.includes(language));
const consoleBlocks = inLanguage('console');
const at = ({ page, line }: CodeBlock) => `${page}:${line}`;

const { scripts, devDependencies } = JSON.parse(readPage('package.json')) as Record<
  'scripts' | 'devDependencies',
  Record<string, string>
>;

describe('Code blocks of README.md, CONTRIBUTING.md, SECURITY.md and docs/', () => {
  it('Code blocks name a language that the tests of the docs check', () => {
    const known = ['ts', 'js', 'json', 'python', 'console', 'mermaid', 'text'];
    expect(blocks.length).toBeGreaterThan(20);
    expect(blocks.filter(({ language }) => !known.includes(language)).map(at)).toEqual([]);
  });

  it('Code blocks in TypeScript have no type errors against the built package', () => {
    const typescript = inLanguage('ts');
    expect(typescript.length).toBeGreaterThan(8);
    expect(typeErrorsOf(typescript)).toEqual([]);
  });

  it('Code blocks in JavaScript have no syntax errors', () => {
    const errors = inLanguage('js').flatMap((block) =>
      (
        ts.transpileModule(block.text, { reportDiagnostics: true, compilerOptions: { allowJs: true } })
          .diagnostics ?? []
      ).map(({ messageText }) => `${at(block)}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`),
    );
    expect(errors).toEqual([]);
  });

  withPython('Code blocks in Python have no syntax errors', async () => {
    const python = inLanguage('python').map(({ text }) => text);
    const parse = 'import ast, json, sys; [ast.parse(text) for text in json.load(sys.stdin)]';
    expect(python.length).toBeGreaterThan(0);
    const { stderr } = spawnSync('python3', ['-c', parse], {
      input: JSON.stringify(python),
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
  });

  it('Code blocks in JSON can be parsed', () => {
    for (const { text } of inLanguage('json')) expect(() => JSON.parse(text) as unknown).not.toThrow();
  });
});

describe('Console blocks', () => {
  it('Console blocks say that a test runs them, or why not', () => {
    const silent = consoleBlocks.filter(
      ({ directives }) => directives['run'] !== 'local' && (directives['not run'] ?? '') === '',
    );
    expect(silent.map(at)).toEqual([]);
  });

  it('Console blocks show commands behind `$ `, which bash can parse', () => {
    expect(consoleBlocks.filter((block) => commandsOf(block).length === 0).map(at)).toEqual([]);
    const script = consoleBlocks.flatMap(commandsOf).join('\n');
    expect(spawnSync('bash', ['-n'], { input: script, encoding: 'utf8' }).stderr).toBe('');
  });

  it('Console blocks use commands and flags of codeseeder that exist', () => {
    const commands = consoleBlocks.flatMap((block) =>
      commandsOf(block)
        .filter((command) => /\bnpx codeseeder\b/.test(command))
        .map((command) => ({ where: at(block), command })),
    );
    expect(commands.length).toBeGreaterThan(20);
    const calls = callsInBash(commands.map(({ command }) => command));
    expect(
      commands.flatMap(({ where, command }, index) => refusalsOf(calls[index], `${where}: ${command}`)),
    ).toEqual([]);
  });

  it('Console blocks use npm scripts that package.json has', () => {
    const used = consoleBlocks
      .flatMap(commandsOf)
      .flatMap((command) =>
        [...command.matchAll(/\bnpm (?:run ([\w:-]+)|(test)\b)/g)].map(
          ([, script, test]) => script ?? test ?? '',
        ),
      );
    expect(used).toEqual(expect.arrayContaining(['demo', 'test', 'docs']));
    expect(used.filter((script) => scripts[script] === undefined)).toEqual([]);
  });
});

describe('Install commands', () => {
  it('Install commands name the versions of the CDK that package.json has', () => {
    const installs = consoleBlocks.flatMap(commandsOf).filter((command) => /^npm (install|i) /.test(command));
    const named = installs.flatMap((command) => [...command.matchAll(/([\w@/-]+)@(\d+\.\d+\.\d+)/g)]);
    const wrong = named.filter(([, name = '', version]) => devDependencies[name] !== version);
    expect(named.length).toBeGreaterThan(3);
    expect(wrong.map(([text]) => text)).toEqual([]);
  });
});

describe('The README', () => {
  it('The README has fewer than 200 lines', () => {
    expect(readPage('README.md').split('\n').length).toBeLessThan(200);
  });
});

describe('Console blocks of CONTRIBUTING.md', () => {
  it('Console blocks of CONTRIBUTING.md name files of the repository that exist', () => {
    const commands = blocksOf('CONTRIBUTING.md').flatMap(commandsOf);
    const named = commands.flatMap(
      (command) => command.match(/(?<=[\s=./]|^)(?:test|docs|examples)\/[\w./-]+/g) ?? [],
    );
    expect(named.length).toBeGreaterThan(3);
    expect(named.filter((file) => !existsSync(path.join(ROOT, file)))).toEqual([]);
  });
});

describe('Commands in the text of pages', () => {
  const known = leavesOf(commandProgram()).map(nameOf);
  const mentioned = followedPages().flatMap((page) =>
    [...readPage(page).matchAll(/`(?:npx )?(codeseeder [a-z][^`]*)`/g)].map(([, text = '']) =>
      text.replaceAll(/\s+/g, ' '),
    ),
  );

  it('Commands in the text of pages start with a command of codeseeder that exists', () => {
    const unknown = mentioned.filter(
      (text) => !known.some((name) => `${text} `.startsWith(`${name} `) || name.startsWith(`${text} `)),
    );
    expect(mentioned.length).toBeGreaterThan(10);
    expect(unknown).toEqual([]);
  });

  it('Commands in the text of pages have flags and operands that the command accepts', () => {
    // Leaves out usage lines, which are generated from the program, and templates of JavaScript.
    const whole = mentioned.filter(
      (text) => known.some((name) => text.startsWith(`${name} `)) && !/\[|\.\.\.|\$\{/.test(text),
    );
    expect(whole.length).toBeGreaterThan(10);
    const calls = callsInBash(whole);
    expect(whole.flatMap((text, index) => refusalsOf(calls[index], text))).toEqual([]);
  });
});

/** Returns why the program refuses the calls in a command, or that there are none. */
function refusalsOf(calls: readonly string[][] = [], command: string): string[] {
  if (calls.length === 0) return [`${command}: calls nothing`];
  const refusals = calls.map(refusalOf).filter((refusal) => refusal !== undefined);
  return refusals.map((refusal) => `${command}: ${refusal}`);
}
