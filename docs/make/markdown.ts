/** Writes pieces of Markdown for reference pages. */

/** Returns a table. Cells are Markdown; pipes and line breaks in them are escaped. */
export function table(
  columns: readonly string[],
  rows: readonly (readonly (string | undefined)[])[],
): string {
  const line = (cells: readonly (string | undefined)[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Returns text as a code span, and an empty text for undefined. */
export function code(text: string | undefined): string {
  return text === undefined || text === '' ? '' : `\`${text.replaceAll(/\s+/g, ' ')}\``;
}

/** Returns a page: the notice that it is generated, its title and its parts. */
export function page(title: string, ...parts: readonly string[]): string {
  return [
    '<!-- Made by `npm run docs` from the source code. Do not edit: change the code or docs/make. -->',
    `# ${title}`,
    ...parts,
  ].join('\n\n');
}

function cell(text: string | undefined): string {
  return (text ?? '').trim().replaceAll('|', '\\|').replaceAll(/\n+/g, '<br>');
}
