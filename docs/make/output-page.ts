/** Makes the page of what commands print for programs. */
import type ts from 'typescript';

import { code, page, table } from './markdown.js';
import { OUTPUT_TYPES, outputShapes, type Shape } from './output-schema.js';
import type { DocGaps } from './type-pages.js';

/** Conditions under which a command that can print lines prints a document, and the reverse. */
const WITH_DETACH = new Set(['map', 'maps again']);

/** Returns the page of the shapes. */
export function outputPage(program: ts.Program, gaps: DocGaps): string {
  const shapes = outputShapes(program);
  return page(
    'Output for programs',
    'What commands print on standard output with `--json` and `--ndjson`. Other output of commands is for people, and can change at any time.',
    [
      '- Standard output has only the result. Progress, logs, warnings and errors are on standard error, as plain text, also with `--json`. With `--ndjson`, progress and log are on standard output, and errors still on standard error.',
      '- A command that exits with 0 has printed its whole result, and so has one that exits with 1 because a run, map or check did not succeed. With other [exit codes](cli.md#exit-codes) standard output is empty or incomplete, and standard error says why.',
      '- With `--json`, the result is one JSON document of several lines. Where the page says lines, each line is one JSON object, or one JSON value for `maps inputs`.',
      '- Later versions add members, values and types of lines. Ignore what you do not know. Members that are here keep their name and meaning.',
      '- A member with `?` can be absent. Times are in ISO 8601 in UTC, unless the name ends in `Ms`: milliseconds since the epoch.',
      '- The file `schemas/command-output.json` of the package has the same shapes as a JSON schema: `documents` and `lines` by command, and `definitions`.',
    ].join('\n'),
    '## Documents',
    'With `--json`, these commands print one document:',
    table(
      ['Command', 'Document'],
      Object.entries(shapes.documents).map(([command, shape]) => [
        WITH_DETACH.has(command) ? `${linkTo(command)} with \`--detach\`` : linkTo(command),
        typeOf(shape),
      ]),
    ),
    'With `--synth`, `deploy seedkit` prints the template in place of the document.',
    '## Lines',
    'These commands print lines. `map`, `maps inputs`, `maps wait` and `maps again` do so without any flag.',
    table(
      ['Command', 'Each line'],
      Object.entries(shapes.lines).map(([command, shape]) => [linkTo(command), typeOf(shape)]),
    ),
    'With `--quiet`, the commands that follow a run print only the value that the function returned, as JSON, and lists print only ids or names, one a line.',
    ...Object.entries(shapes.definitions).map(([name, shape]) => section(name, shape, gaps)),
  );
}

/** Returns a command with a link to its section on the page of the command line. */
function linkTo(command: string): string {
  const name = command.replace(/ --.*$/, '');
  return `[${code(command)}](cli.md#codeseeder-${name.replaceAll(' ', '-')})`;
}

function section(name: string, shape: Shape, gaps: DocGaps): string {
  const { description = '', anyOf } = shape;
  gaps.checkText(`${name} in ${OUTPUT_TYPES}`, { text: description });
  const members =
    anyOf === undefined
      ? table(['Member', 'Type', 'Meaning'], rowsOf(name, '', shape, gaps))
      : variants(name, anyOf, gaps);
  return [`## ${name}`, description, members].join('\n\n');
}

/** Returns the objects that a shape can be: links to those with a name, else a table. */
function variants(name: string, shapes: readonly Shape[], gaps: DocGaps): string {
  if (shapes.every(({ $ref }) => $ref !== undefined)) return `One of ${shapes.map(typeOf).join(', ')}.`;
  // The members of the line with the result are those of the shapes that it can have.
  const own = shapes.filter((shape) => shape.properties?.['type']?.enum?.[0] !== 'result');
  const common = membersOfAll(shapes);
  const rows = own.map((shape) => {
    gaps.checkText(`An object of ${name}`, { text: shape.description ?? '' });
    return [objectOf(shape, Object.keys(common)), shape.description];
  });
  if (own.length < shapes.length) {
    const meaning = 'The result of the command, as the last line, with the members that `--json` prints.';
    rows.push([`${code("type: 'result'")}, and those of [\`RunCommandResult\`](#runcommandresult)`, meaning]);
  }
  const ofAll = Object.entries(common).map(
    ([member, shape]) => `- ${code(member)} (${typeOf(shape)}), of each: ${shape.description}`,
  );
  return [...(ofAll.length === 0 ? [] : [ofAll.join('\n')]), table(['Members', 'Meaning'], rows)].join(
    '\n\n',
  );
}

/** Returns the described members that all objects have alike. */
function membersOfAll([first, ...others]: readonly Shape[]): Record<string, Shape> {
  return Object.fromEntries(
    Object.entries(first?.properties ?? {}).filter(
      ([name, { description }]) =>
        description !== undefined &&
        others.every(({ properties }) => properties?.[name]?.description === description),
    ),
  );
}

/** Returns the members of an object in one line, without some. */
function objectOf({ properties = {}, required = [] }: Shape, left: readonly string[]): string {
  return Object.entries(properties)
    .filter(([name]) => !left.includes(name))
    .map(([name, shape]) => {
      const type = shape.$ref === undefined && shape.items?.$ref === undefined ? typeOf(shape) : '';
      return type === ''
        ? `${code(optional(name, required))}: ${typeOf(shape)}`
        : code(`${optional(name, required)}: ${type.replaceAll('`', '')}`);
    })
    .join(', ');
}

/** Returns the rows of an object's members, and of the members of objects without a name in them. */
function rowsOf(owner: string, prefix: string, shape: Shape, gaps: DocGaps): string[][] {
  const { properties = {}, required = [] } = shape;
  return Object.entries(properties).flatMap(([name, member]) => {
    const at = `${prefix}${optional(name, required)}`;
    gaps.checkText(`${owner}.${at}`, { text: member.description ?? '' });
    const nested = member.properties === undefined ? member.items : member;
    const rows =
      nested?.properties === undefined
        ? []
        : rowsOf(owner, `${at}${nested === member ? '' : '[]'}.`, nested, gaps);
    return [[code(at), typeOf(member), member.description ?? ''], ...rows];
  });
}

function optional(name: string, required: readonly string[]): string {
  return required.includes(name) ? name : `${name}?`;
}

/** Returns the type of a shape as Markdown. */
function typeOf(shape: Shape): string {
  const { $ref, type, items, anyOf, additionalProperties } = shape;
  if ($ref !== undefined) return reference($ref, '');
  if (shape.enum !== undefined)
    return code(
      shape.enum.map((value) => (typeof value === 'string' ? `'${value}'` : String(value))).join(' | '),
    );
  if (anyOf !== undefined) return anyOf.map(typeOf).join(' or ');
  if (items !== undefined)
    return items.$ref === undefined ? `${typeOf(items).replace(/`$/, '')}[]\`` : reference(items.$ref, '[]');
  if (additionalProperties === undefined) return code(type ?? 'any JSON value');
  return code(`{ [name]: ${additionalProperties.type ?? 'any JSON value'} }`);
}

function reference(path: string, suffix: string): string {
  const name = path.replace('#/definitions/', '');
  return `[\`${name}${suffix}\`](#${name.toLowerCase()})`;
}
