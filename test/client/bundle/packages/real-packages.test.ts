import path from 'node:path';

import { describe, expect, test } from '@jest/globals';

import { closureOf } from '../../../../client/bundle/packages/closure/closure-of.js';
import { judgePackage } from '../../../../client/bundle/packages/closure/judge-package.js';
import { openPackages } from '../../../../client/bundle/packages/closure/package-catalog.js';
import { packagesLayer } from '../../../../client/bundle/packages/places/packages-layer.js';
import { installedFolders } from './installed.js';
import { runLaidOut } from './lay-out.js';

const ROOT = process.cwd();
const packages = openPackages();

describe('Packages of this project', () => {
  test.each(['aws-cdk-lib', 'typescript', 'esbuild', 'classic-level'])('%s is kept as files', (name) => {
    expect(judgePackage(packages, path.join(ROOT, 'node_modules', name))).toMatchObject({ keep: true });
  });

  test.each(['constructs', 'zod', 'uuid', 'yaml', 'commander', '@aws-sdk/client-s3', '@aws-sdk/client-sfn'])(
    '%s is bundled',
    (name) => {
      expect(judgePackage(packages, path.join(ROOT, 'node_modules', name))).toEqual({ keep: false });
    },
  );

  test('The included files of classic-level and esbuild suffice to run them', () => {
    const folders = installedFolders();
    const project = folders.make({ 'package.json': { name: 'empty' } });
    folders.link(project, 'node_modules', path.join(ROOT, 'node_modules'));
    try {
      const closure = closureOf(
        packages,
        ['classic-level', 'esbuild'].map((name) => ({ from: ROOT, name })),
        { project },
      );
      const entries = packagesLayer(packages, closure, ROOT);
      const code = `
        const { ClassicLevel } = require('classic-level');
        const { transformSync } = require('esbuild');
        const level = new ClassicLevel('./data');
        level.put('a', transformSync('let a: number = 1', { loader: 'ts' }).code.trim())
          .then(() => level.get('a')).then(console.log).then(() => level.close());`;
      expect(runLaidOut(entries, code)).toBe('let a = 1;');
    } finally {
      folders.removeAll();
    }
  });

  test('The closure of aws-cdk-lib has its dependencies, also those that it bundles', () => {
    const closure = closureOf(packages, [{ from: ROOT, name: 'aws-cdk-lib' }], {
      project: path.join(ROOT, 'test'),
    });
    const names = [...closure.packages.values()].map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining(['aws-cdk-lib', 'constructs', '@aws-cdk/cloud-assembly-schema', 'fs-extra']),
    );
    expect(names).not.toContain('@aws-sdk/client-ssm');
  });
});
