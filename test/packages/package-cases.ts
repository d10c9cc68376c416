/** A package in a function as people write it: does it give in a build what it gives at home? */
export interface PackageCase {
  readonly name: string;
  /** What is installed: names and exact versions, so that a row that fails later fails by our doing. */
  readonly install: readonly string[];
  /** What `test/fixtures/packages/NAME.ts` exports, called without arguments. */
  readonly functionName: string;
}

/** The ten most likely in deployment code; `main.ts` says why each. */
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
 * The cases of these names, all where none is given.
 * @throws Error for a name that no case has
 */
export function casesNamed(names: readonly string[]): readonly PackageCase[] {
  const unknown = names.filter((wanted) => !PACKAGE_CASES.some(({ name }) => name === wanted));
  if (unknown.length > 0) {
    const known = PACKAGE_CASES.map(({ name }) => name).join(', ');
    throw new Error(`No case is named ${unknown.join(', ')}. The cases are ${known}.`);
  }
  return names.length === 0 ? PACKAGE_CASES : PACKAGE_CASES.filter(({ name }) => names.includes(name));
}
