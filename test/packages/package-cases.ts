/** A package, and a typical function that must return the same value in a build as on this machine. */
export interface PackageCase {
  readonly name: string;
  /**
   * The packages to install, with exact versions, so that a new failure is caused by this project and not by a
   * package.
   */
  readonly install: readonly string[];
  /** Name of the exported function in `test/fixtures/packages/NAME.ts`. It is called without arguments. */
  readonly functionName: string;
}

/** The ten packages that are most likely in deployment code. The comment in `main.ts` has the reasons. */
export const PACKAGE_CASES: readonly PackageCase[] = [
  {
    name: 'aws-cdk-lib',
    install: ['aws-cdk-lib@2.276.0', 'constructs@10.8.1'],
    functionName: 'synthesize',
  },
  { name: 'client-s3', install: ['@aws-sdk/client-s3@3.1169.0'], functionName: 'readObjects' },
  { name: 'esbuild', install: ['esbuild@0.28.2'], functionName: 'bundleHandler' },
  { name: 'typescript', install: ['typescript@6.0.3'], functionName: 'checkTypes' },
  { name: 'knex', install: ['knex@3.3.0', 'pg@8.23.1'], functionName: 'migrate' },
  {
    name: 'typeorm',
    install: ['typeorm@1.1.1', 'sql.js@1.17.0', 'reflect-metadata@0.2.2'],
    functionName: 'recordReleases',
  },
  { name: 'sharp', install: ['sharp@0.35.5'], functionName: 'makeIcons' },
  { name: 'pino', install: ['pino@10.4.0'], functionName: 'log' },
  { name: 'playwright-core', install: ['playwright-core@1.65.1'], functionName: 'smokeTest' },
  { name: 'shelljs', install: ['shelljs@0.10.0'], functionName: 'prepareFolder' },
];

/**
 * Returns the cases with these names, or all cases if there are no names.
 * @throws Error for an unknown name
 */
export function casesNamed(names: readonly string[]): readonly PackageCase[] {
  const unknown = names.filter((wanted) => !PACKAGE_CASES.some(({ name }) => name === wanted));
  if (unknown.length > 0) {
    const known = PACKAGE_CASES.map(({ name }) => name).join(', ');
    throw new Error(`No case is named ${unknown.join(', ')}. The cases are ${known}.`);
  }
  return names.length === 0 ? PACKAGE_CASES : PACKAGE_CASES.filter(({ name }) => names.includes(name));
}
