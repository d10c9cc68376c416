/** Makes sections of reference pages about types: options, results, classes and functions. */
import type { Declaration, Member } from './declarations.js';
import type { Doc } from './doc.js';
import { code, table } from './markdown.js';

/** Types that callers fill in. Each optional member needs a default, and each number a unit. */
const FILLED_IN = /(Options|Settings|Props|Credentials|Role|Secrets)$/;

/** Words that name the unit of a number. */
const UNITS =
  /\b(minutes?|seconds?|milliseconds|days?|hours?|bytes|port|how many|number of|at most|builds|records|characters)\b/i;

/** Collects the gaps in docstrings, to report all of them at once. */
export class DocGaps {
  private readonly found: string[] = [];

  check(owner: string, { name, type, optional, doc }: Member): void {
    const where = `${owner}.${name}`;
    if (doc.text === '') this.found.push(`${where} has no docstring`);
    if (FILLED_IN.test(owner) && optional && doc.default === undefined)
      this.found.push(`${where} has no @default`);
    if (FILLED_IN.test(owner) && /\bnumber\b/.test(type) && !UNITS.test(doc.text))
      this.found.push(`${where} has no unit in its docstring`);
  }

  checkText(name: string, { text }: Pick<Doc, 'text'>): void {
    if (text === '') this.found.push(`${name} has no docstring`);
  }

  /** Reports the collected gaps. @throws Error with all of them */
  refuse(): void {
    if (this.found.length > 0)
      throw new Error(`Docstrings lack what the reference needs:\n${this.found.join('\n')}`);
  }
}

/** Returns the sections of declarations, in the order of their names. */
export function sections(
  exports: ReadonlyMap<string, Declaration>,
  names: readonly string[],
  gaps: DocGaps,
): string[] {
  return names.map((name) => {
    const declaration = exports.get(name);
    if (declaration === undefined) throw new Error(`There is no export ${name}`);
    return section(declaration, gaps);
  });
}

function section(declaration: Declaration, gaps: DocGaps): string {
  const { name, kind, text, doc, members, bases } = declaration;
  gaps.checkText(name, doc);
  const parts = [`## ${name}`, doc.text];
  if (bases.length > 0) parts.push(`Extends ${bases.map(code).join(', ')}.`);
  if (kind === 'function') parts.push(fence(text));
  if (kind === 'type') parts.push(typeText(text));
  parts.push(...tagLines(doc));
  const methods = members.filter(isMethod);
  const properties = members.filter((member) => !isMethod(member));
  if (properties.length > 0) parts.push(memberTable(name, properties, gaps));
  parts.push(...methods.map((method) => methodText(name, method, gaps)));
  return parts.filter((part) => part !== '').join('\n\n');
}

/** Returns whether a member is a method: its type starts with its name or with its parameters. */
function isMethod({ name, type }: Member): boolean {
  const own = name === '(call)' ? '' : name.replace(/^.*\./, '');
  return new RegExp(`^${own}[<(]`).test(type) && !type.startsWith('(()');
}

/** Returns a method as text below the table, because signatures are too wide for tables. */
function methodText(owner: string, method: Member, gaps: DocGaps): string {
  gaps.check(owner, method);
  const { name, type, doc } = method;
  const prefix = name.includes('.') ? name.replace(/[^.]*$/, '') : '';
  const title = name === '(call)' ? `${owner}(...)` : `${owner}.${name}`;
  return [`### ${title}`, code(prefix + type), doc.text, ...tagLines(doc)]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** Returns the table of members. The column of defaults is only for types that callers fill in. */
export function memberTable(owner: string, members: readonly Member[], gaps: DocGaps): string {
  for (const member of members) gaps.check(owner, member);
  const hasDefaults = FILLED_IN.test(owner) || members.some(({ doc }) => doc.default !== undefined);
  return table(
    hasDefaults ? ['Member', 'Type', 'Default', 'Meaning'] : ['Member', 'Type', 'Meaning'],
    members.map(({ name, type, optional, doc }) => {
      const isRequired = hasDefaults && !optional && doc.default === undefined;
      const fallback = isRequired ? '_required_' : (doc.default ?? '');
      const cells = [code(name), code(type)];
      return [...cells, ...(hasDefaults ? [fallback] : []), described(doc)];
    }),
  );
}

/** Returns a docstring as one cell of a table. */
export function described(doc: Doc): string {
  return [flowed(doc.text), ...tagLines(doc)].join('\n');
}

/** Joins the lines of each paragraph. Lists and paragraphs stay separate. */
function flowed(text: string): string {
  return text.replaceAll(/\n(?!\n|\s*- )[ \t]*/g, (_match, offset: number) =>
    text[offset - 1] === '\n' ? '' : ' ',
  );
}

function tagLines({ params, returns, throws, see }: Doc): string[] {
  return [
    ...params.map((text) => flowed(text).replace(/^(\w+)\s+(?:- )?/, '`$1`: ')),
    ...returns.map((text) => `Returns ${flowed(text)}`),
    ...throws.map((text) => `Throws ${flowed(text)}`),
    ...see.map((text) => (text.startsWith('https:') ? `See <${text}>` : `See ${text}`)),
  ];
}

/** Returns a type as text. A union of objects becomes a list of its members. */
function typeText(text: string): string {
  return fence(text.replaceAll('readonly ', ''));
}

function fence(text: string): string {
  return `\`\`\`text\n${text.replaceAll(/^ {2}/gm, '')}\n\`\`\``;
}
