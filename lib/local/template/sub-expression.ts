/** A part of an `Fn::Sub` string: literal text, or the name of a value to insert. */
export type SubPart = { readonly text: string } | { readonly name: string };

/** Matches `${Name}`, `${Name.Attribute}`, and `${!Name}`, which means the text `${Name}` itself. */
const EXPRESSION = /\$\{(!?)([^{}]+)\}/g;

/** Splits an `Fn::Sub` string into its parts. */
export function parseSub(template: string): readonly SubPart[] {
  const parts: SubPart[] = [];
  let end = 0;
  for (const match of template.matchAll(EXPRESSION)) {
    const [whole, literal, name = ''] = match;
    if (match.index > end) parts.push({ text: template.slice(end, match.index) });
    parts.push(literal === '!' ? { text: `\${${name}}` } : { name: name.trim() });
    end = match.index + whole.length;
  }
  if (end < template.length) parts.push({ text: template.slice(end) });
  return parts;
}
