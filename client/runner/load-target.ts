import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { BUNDLE_PATHS } from '../../lib/contract/bundle-paths.js';
import type { BundleManifest } from '../../lib/contract/bundle-manifest.js';
import { CodeseederError } from '../../lib/contract/codeseeder-error.js';
import type { NodeTarget } from '../../lib/contract/invocation.js';

export type TargetFunction = (...args: unknown[]) => unknown;

/** Imports the function of a target. @throws CodeseederError `TargetNotFound`, or the error of importing its module */
export async function loadTarget(target: NodeTarget, bundleFolder: string): Promise<TargetFunction> {
  const manifest = JSON.parse(
    readFileSync(path.join(bundleFolder, BUNDLE_PATHS.manifest), 'utf8'),
  ) as BundleManifest;
  const { modules } = manifest;
  const file = Object.hasOwn(modules, target.module) ? modules[target.module] : undefined;
  if (file === undefined) {
    throw new CodeseederError(
      'TargetNotFound',
      `The bundle has no module ${target.module}; it has ${Object.keys(modules).join(', ') || 'none'}.`,
    );
  }
  const module = (await import(pathToFileURL(path.join(bundleFolder, file)).href)) as Record<string, unknown>;
  const exported = findExport(module, target.exportName);
  if (exported === undefined) {
    throw new CodeseederError(
      'TargetNotFound',
      `${target.module} exports no function ${target.exportName}; it exports ${namesOf(module).join(', ') || 'nothing'}.`,
    );
  }
  return exported;
}

/** Finds an export. The exports of a CommonJS module are the `default` of its namespace. */
function findExport(module: Readonly<Record<string, unknown>>, name: string): TargetFunction | undefined {
  const { default: commonJs } = module;
  const values = [module, commonJs].map((exports) => (hasOwn(exports, name) ? exports[name] : undefined));
  return values.find((value) => typeof value === 'function') as TargetFunction | undefined;
}

function hasOwn(exports: unknown, name: string): exports is Readonly<Record<string, unknown>> {
  return exports !== null && exports !== undefined && Object.hasOwn(exports, name);
}

function namesOf(module: Readonly<Record<string, unknown>>): string[] {
  const { default: commonJs } = module;
  const isObject = typeof commonJs === 'object' && commonJs !== null;
  return [...new Set([...Object.keys(module), ...(isObject ? Object.keys(commonJs) : [])])];
}
