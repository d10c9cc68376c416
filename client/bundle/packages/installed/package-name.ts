/** Matches specifiers that do not name a package: they begin with a dot, a slash, `#` or a scheme such as `data:`. */
const NO_PACKAGE = /^(?:[./#]|[a-z][a-z\d+.-]*:)|^$/i;

/** Returns the package of a specifier: `@a/b` for `@a/b/c.js`; undefined for `./c.js` and `node:fs`. */
export function packageNameOf(specifier: string): string | undefined {
  const isDotted = specifier.startsWith('.') && /^\.[\w-]+\//.test(specifier);
  if (!isDotted && NO_PACKAGE.test(specifier)) return undefined;
  const [first = '', second] = specifier.split('/');
  const isScoped = first.startsWith('@') || isDotted;
  if (!isScoped) return first;
  return second === undefined || second === '' ? undefined : `${first}/${second}`;
}
