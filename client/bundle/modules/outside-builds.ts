/** Replaces the entry points of this package that have nothing to do in a build. */

/** Specifiers of the entry points: they start a local AWS, or define stacks to deploy. */
const ENTRIES: ReadonlySet<string> = new Set(['codeseeder/cdk', 'codeseeder/local', 'codeseeder/testing']);

/** Namespace of the modules that take the place of the entry points. Their paths are the specifiers. */
export const OUTSIDE_NAMESPACE = 'codeseeder-outside';

/** Returns whether an import names an entry point that is replaced in a bundle. */
export function isOutsideBuilds(specifier: string): boolean {
  return ENTRIES.has(specifier);
}

/**
 * Returns a CommonJS module that stands for an entry point. Any name can be imported from it, because the imports of a
 * module that also has tests or a stack are evaluated in the build, too. What is called throws an error.
 */
export function outsideModule(specifier: string): string {
  const problem = `is not part of a build: ${specifier} is for code that runs where you start runs. Import it in a module of its own, or call it only there.`;
  return `
const absent = new Set(['then', '__esModule']);
const get = (_, name) => {
  if (typeof name === 'symbol' || absent.has(name)) return undefined;
  return function () { throw new Error(name + ${JSON.stringify(` ${problem}`)}); };
};
module.exports = Object.create(new Proxy({}, { get }));
`;
}
