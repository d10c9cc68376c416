import path from 'node:path';

import type { ExampleForm } from './example-files.js';
import type { Manifest, Project } from './find-project.js';
import type { Language } from './init-flags.js';
import { indentationOf, jsonOf } from './json-text.js';

/** The change of `package.json`. */
export interface ManifestPlan {
  /** The new text, or the present one if nothing is missing. */
  readonly text: string;
  /** Name of the script that runs the test. */
  readonly testScript: string;
  /** What the file has that differs from what `init` would add. */
  readonly left: readonly string[];
}

/** What `npm init` writes as the script `test`. */
const NO_TEST = /^echo "Error: no test specified" && exit 1$/;

/** This package, as its own `package.json` describes it. */
export interface OwnPackage {
  readonly version: string;
  readonly devDependencies: Readonly<Record<string, string>>;
}

/** Plans to add what is missing in `package.json`. Values that it has stay, except for the `test` of `npm init`. */
export function planManifest(
  { folder, manifest, manifestText, testRunner }: Project,
  { testCommand }: ExampleForm,
  { language, seedkit, own }: { language: Language; seedkit: string; own: OwnPackage },
): ManifestPlan {
  const presentTest = manifest.scripts?.['test'];
  const hasOwnTest = typeof presentTest === 'string' && !NO_TEST.test(presentTest);
  // The project's own script runs vitest or jest on all tests.
  const runsAll = hasOwnTest && (testRunner !== 'node' || presentTest === testCommand);
  const testScript = hasOwnTest && !runsAll ? 'test:hello' : 'test';
  const scripts: Record<string, string> = { local: `codeseeder local up ${seedkit}` };
  if (!runsAll) scripts[testScript] = testCommand;
  const left = Object.entries(scripts).flatMap(([name, command]) => {
    const present = manifest.scripts?.[name];
    return present === undefined || present === command || (name === 'test' && !hasOwnTest)
      ? []
      : [`the script ${name} is another one; this runs it by hand: ${command}`];
  });
  const presentScripts = hasOwnTest ? manifest.scripts : without(manifest.scripts, 'test');
  const start = manifestText === undefined ? newManifest(folder, language) : manifest;
  const text = write(manifestText, {
    ...start,
    scripts: { ...presentScripts, ...scripts, ...presentScripts },
    devDependencies: sorted({
      ...without(neededPackages(language, own), ...Object.keys(manifest.dependencies ?? {})),
      ...manifest.devDependencies,
    }),
  });
  return { text, testScript, left };
}

function newManifest(folder: string, language: Language): Manifest & Record<string, unknown> {
  const name = path
    .basename(folder)
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replace(/^[._-]+/, '');
  const type = language === 'python' ? {} : { type: 'module' };
  return { name: name || 'my-project', private: true, ...type };
}

/**
 * Returns the packages that the example needs. `local up` and `deploy` synthesize the seedkit with the CDK, and its
 * toolkit deploys.
 */
function neededPackages(
  language: Language,
  { version, devDependencies }: OwnPackage,
): Record<string, string> {
  const names = ['@aws-cdk/toolkit-lib', 'aws-cdk-lib', 'constructs'];
  if (language === 'typescript') names.push('@types/node', 'tsx', 'typescript');
  const versions = names.map((name) => [name, devDependencies[name] ?? '*'] as const);
  return { codeseeder: version, ...Object.fromEntries(versions) };
}

function write(former: string | undefined, manifest: object): string {
  const text = jsonOf(manifest, indentationOf(former ?? ''));
  const isSame = former !== undefined && JSON.stringify(JSON.parse(former)) === JSON.stringify(manifest);
  return isSame ? former : text;
}

function without<Value>(
  values: Readonly<Record<string, Value>> = {},
  ...names: string[]
): Record<string, Value> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !names.includes(name)));
}

function sorted<Value>(values: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(values).sort(([one], [other]) => (one < other ? -1 : 1)));
}
