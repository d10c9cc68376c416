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

/** Licences that ask for nothing but their notice. */
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

/** Packages that run a script when they are installed, and what it is for. */
const INSTALL_SCRIPTS: Record<string, string> = {
  'classic-level': 'Finds the prebuilt addon for the machine, and compiles one where there is none.',
  esbuild: 'Makes its command start the binary of the machine without Node.js; it works without.',
};

const { packages } = read<{ packages: Record<string, LockedPackage> }>('package-lock.json');
/** Every package, by the folder it is installed in. */
const locked = Object.entries(packages).filter(([folder]) => folder !== '');
/** Those that an installation of this package brings, or that a user brings for the constructs. */
const shipped = locked.filter(([, { dev }]) => dev !== true);

function read<Content>(file: string): Content {
  return JSON.parse(readFileSync(path.join(ROOT, file), 'utf8')) as Content;
}

/** What npm says of known advisories, undefined where there is nobody to ask. */
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

describe('every dependency', () => {
  it('is named with its exact version', () => {
    const { dependencies, devDependencies } = read<Manifest>('package.json');
    const ranges = Object.entries({ ...dependencies, ...devDependencies }).filter(
      ([, version]) => !/^\d+\.\d+\.\d+$/.test(version),
    );
    expect(ranges).toEqual([]);
  });

  it('is locked with its content', () => {
    expect(locked.length).toBeGreaterThan(200);
    const unlocked = locked.filter(
      // What lies inside another package comes with that one's content.
      ([, { version, integrity, inBundle }]) =>
        version === undefined || (integrity?.startsWith('sha512-') !== true && inBundle !== true),
    );
    expect(unlocked).toEqual([]);
  });

  it('comes from the public registry', () => {
    const elsewhere = locked.filter(
      ([, { resolved }]) => resolved !== undefined && !resolved.startsWith('https://registry.npmjs.org/'),
    );
    expect(elsewhere).toEqual([]);
  });
});

describe('every dependency that users get', () => {
  it('has a licence that asks for nothing but its notice', () => {
    expect(shipped.length).toBeGreaterThan(100);
    const others = shipped
      .filter(([, { license = '' }]) => !LICENCES.includes(license))
      .map(([folder, { license }]) => `${folder}: ${license}`);
    expect(others).toEqual([]);
  });

  it('runs no script when it is installed, but those that are known', () => {
    const scripts = shipped
      .filter(([, { hasInstallScript }]) => hasInstallScript === true)
      .map(([folder]) => folder.replace(/^.*node_modules\//, ''));
    expect(scripts.sort()).toEqual(Object.keys(INSTALL_SCRIPTS));
  });
});

const report = await audit();

describe('npm’s list of advisories', () => {
  if (report === undefined) {
    it.skip('names no dependency that users get (the registry cannot be asked here)', () => undefined);
  } else {
    it('names no dependency that users get', () => {
      expect(Object.keys(report.vulnerabilities)).toEqual([]);
    });
  }
});
