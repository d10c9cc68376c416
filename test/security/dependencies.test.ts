import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';

const ROOT = path.resolve(import.meta.dirname, '../..');

interface LockedPackage {
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly inBundle?: boolean;
  readonly hasInstallScript?: boolean;
}

interface Manifest {
  readonly dependencies: Record<string, string>;
  readonly devDependencies: Record<string, string>;
}

/** Licences that require only that their notice is included. */
const LICENCES = [
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'ISC',
  'MIT',
  'MIT-0',
];

/** Packages with an install script, and its purpose. */
const INSTALL_SCRIPTS: Record<string, string> = {
  'classic-level': 'Finds the prebuilt addon for the machine, and compiles one where there is none.',
  esbuild: 'Makes its command start the binary of the machine without Node.js; it works without.',
};

const { packages } = read<{ packages: Record<string, LockedPackage> }>('package-lock.json');
/** All packages by the folder in which they are installed. */
const locked = Object.entries(packages).filter(([folder]) => folder !== '');
/** Production and peer dependencies. */
const shipped = locked.filter(([, { dev }]) => dev !== true);

function read<Content>(file: string): Content {
  return JSON.parse(readFileSync(path.join(ROOT, file), 'utf8')) as Content;
}

/** Returns the report of `npm audit`; undefined if the registry cannot be reached. */
async function audit(): Promise<{ vulnerabilities: Record<string, unknown> } | undefined> {
  const options = ['audit', '--omit=dev', '--json', '--fetch-retries=0', '--fetch-timeout=10000'];
  const output = await new Promise<string>((resolve) => {
    execFile('npm', options, { cwd: ROOT, timeout: 30_000 }, (_error, stdout) => resolve(stdout));
  });
  try {
    const report = JSON.parse(output) as { vulnerabilities?: Record<string, unknown> };
    return report.vulnerabilities === undefined ? undefined : { vulnerabilities: report.vulnerabilities };
  } catch {
    return undefined;
  }
}

describe('Dependencies', () => {
  it('Every dependency is named with its exact version', () => {
    const { dependencies, devDependencies } = read<Manifest>('package.json');
    const ranges = Object.entries({ ...dependencies, ...devDependencies }).filter(
      ([, version]) => !/^(npm:[\w/@-]+@)?\d+\.\d+\.\d+$/.test(version),
    );
    expect(ranges).toEqual([]);
  });

  it('Every dependency is locked with the digest of its content', () => {
    expect(locked.length).toBeGreaterThan(200);
    const unlocked = locked.filter(
      // A bundled dependency needs no digest of its own. That of the package that contains it covers it.
      ([, { version, integrity, inBundle }]) =>
        version === undefined || (integrity?.startsWith('sha512-') !== true && inBundle !== true),
    );
    expect(unlocked).toEqual([]);
  });

  it('Every dependency comes from the public registry', () => {
    const elsewhere = locked.filter(
      ([, { resolved }]) => resolved !== undefined && !resolved.startsWith('https://registry.npmjs.org/'),
    );
    expect(elsewhere).toEqual([]);
  });
});

describe('Production dependencies', () => {
  it('Every production dependency has a licence that only requires its notice', () => {
    expect(shipped.length).toBeGreaterThan(100);
    const others = shipped
      .filter(([, { license = '' }]) => !LICENCES.includes(license))
      .map(([folder, { license }]) => `${folder}: ${license}`);
    expect(others).toEqual([]);
  });

  it('No production dependency runs an unknown script when it is installed', () => {
    const scripts = shipped
      .filter(([, { hasInstallScript }]) => hasInstallScript === true)
      .map(([folder]) => folder.replace(/^.*node_modules\//, ''));
    expect(scripts.sort()).toEqual(Object.keys(INSTALL_SCRIPTS));
  });
});

const report = await audit();

describe('npm advisories', () => {
  if (report === undefined) {
    it.skip('Advisories of npm name no production dependency (the registry cannot be reached)', () =>
      undefined);
  } else {
    it('Advisories of npm name no production dependency', () => {
      expect(Object.keys(report.vulnerabilities)).toEqual([]);
    });
  }
});
