import { afterEach, describe, expect, test } from '@jest/globals';

import type { Platform } from '../../../../../client/bundle/packages/install/binary-platform.js';
import { buildPlatformOf } from '../../../../../client/bundle/packages/install/build-platform.js';
import { closureOf } from '../../../../../client/bundle/packages/closure/closure-of.js';
import {
  foreignBinaries,
  type ForeignBinary,
} from '../../../../../client/bundle/packages/install/foreign-binaries.js';
import { openPackages } from '../../../../../client/bundle/packages/closure/package-catalog.js';
import { aPackage, installedFolders, type Files } from '../installed.js';

const folders = installedFolders();
afterEach(() => folders.removeAll());

const X64: Platform = { os: 'linux', cpu: 'x64', libc: 'glibc' };
const ARM64: Platform = { ...X64, cpu: 'arm64' };
const MUSL: Platform = { ...X64, libc: 'musl' };

function elf(machine: number, needs = ''): Buffer {
  const header = Buffer.alloc(64);
  header.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  header.writeUInt16LE(machine, 18);
  return Buffer.concat([header, Buffer.from(needs)]);
}

function machO(cpu: number): Buffer {
  const header = Buffer.alloc(64);
  header.writeUInt32BE(0xcffaedfe, 0);
  header.writeUInt32LE(cpu, 4);
  return header;
}

function pe(): Buffer {
  const header = Buffer.alloc(128);
  header.write('MZ', 0, 'latin1');
  header.writeUInt32LE(64, 0x3c);
  header.write('PE\0\0', 64, 'latin1');
  header.writeUInt16LE(0x8664, 68);
  return header;
}

const LINUX_X64 = elf(0x3e, 'libc.so.6');
const LINUX_ARM64 = elf(0xb7, 'libc.so.6');
const LINUX_MUSL = elf(0x3e, 'libc.musl-x86_64.so.1');
const MACOS = machO(0x0100000c);

function find(files: Files, target: Platform): readonly ForeignBinary[] {
  const project = folders.make(files);
  const packages = openPackages();
  return foreignBinaries(packages, closureOf(packages, [{ from: project, name: 'a' }], { project }), target);
}

const addon = (content: Uint8Array): Files => aPackage('a', { files: { 'build/Release/a.node': content } });

describe('foreignBinaries', () => {
  test.each([
    ['of macOS', MACOS, X64, /a\.node is for darwin arm64/],
    ['of Windows', pe(), X64, /a\.node is for win32 x64/],
    ['of another processor', LINUX_X64, ARM64, /a\.node is for linux x64/],
    ['of another C library', LINUX_X64, MUSL, /a\.node is for linux x64/],
    ['of musl', LINUX_MUSL, X64, /a\.node is for linux x64/],
  ])('`foreignBinaries` reports an addon %s', (_, content, target, what) => {
    expect(find(addon(content), target)).toEqual([
      { name: 'a', version: '1.0.0', problem: expect.stringMatching(what) },
    ]);
  });

  test.each([
    ['for the platform', LINUX_X64, X64],
    ['for ARM', LINUX_ARM64, ARM64],
    ['for musl', LINUX_MUSL, MUSL],
    ['that needs no C library', elf(0x3e), MUSL],
    ['that is no binary', Buffer.from('a file of a test'), X64],
  ])('`foreignBinaries` accepts an addon %s', (_, content, target) => {
    expect(find(addon(content), target)).toEqual([]);
  });

  test('`foreignBinaries` ignores binaries for other platforms if one for the build is beside them', () => {
    const files = { 'prebuilds/darwin-arm64/a.node': MACOS, 'prebuilds/linux-x64/a.glibc.node': LINUX_X64 };
    expect(find(aPackage('a', { files }), X64)).toEqual([]);
    expect(find(aPackage('a', { files }), ARM64)).toHaveLength(1);
  });

  test('`foreignBinaries` reports a program for another platform if its package has an install script', () => {
    const files = { 'bin/tool': MACOS };
    expect(
      find(aPackage('a', { json: { scripts: { postinstall: 'node get.js' } }, files }), X64),
    ).toHaveLength(1);
    expect(find(aPackage('a', { files }), X64)).toEqual([]);
  });

  const forDarwin = aPackage('@a/lib-darwin-arm64', {
    json: { os: ['darwin'], cpu: ['arm64'] },
    files: { 'a.node': MACOS },
  });
  const forLinux = aPackage('@a/lib-linux-x64', {
    json: { os: ['linux'], cpu: ['x64'], libc: ['glibc'] },
    files: { 'a.node': LINUX_X64 },
  });
  const variants = (...names: string[]): Files =>
    aPackage('a', { json: { optionalDependencies: Object.fromEntries(names.map((name) => [name, '1'])) } });

  test('`foreignBinaries` reports a package for each platform if that for the build is missing', () => {
    const all = variants(
      '@a/lib-darwin-arm64',
      '@a/lib-linux-x64',
      '@a/lib-linux-arm64',
      '@a/lib-linuxmusl-x64',
    );
    expect(find({ ...all, ...forDarwin }, X64)).toEqual([
      { name: 'a', version: '1.0.0', problem: '@a/lib-linux-x64 is not installed' },
    ]);
    expect(find({ ...all, ...forDarwin, ...forLinux }, X64)).toEqual([]);
    expect(find({ ...all, ...forLinux }, ARM64)).toMatchObject([
      { problem: '@a/lib-linux-arm64 is not installed' },
    ]);
    expect(find({ ...all, ...forLinux }, MUSL)).toMatchObject([
      { problem: '@a/lib-linuxmusl-x64 is not installed' },
    ]);
  });

  test('`foreignBinaries` ignores a package that exists only for one other platform', () => {
    const watcher = aPackage('watcher', { json: { os: ['darwin'] }, files: { 'w.node': MACOS } });
    expect(find({ ...variants('watcher'), ...watcher }, X64)).toEqual([]);
  });
});

describe('buildPlatformOf', () => {
  test.each([
    [{}, X64],
    [{ environmentType: 'LINUX_CONTAINER', image: 'aws/codebuild/standard:8.0' }, X64],
    [{ environmentType: 'ARM_CONTAINER' }, ARM64],
    [{ environmentType: 'ARM_LAMBDA_CONTAINER' }, ARM64],
    [{ image: 'aws/codebuild/amazonlinux2-aarch64-standard:3.0' }, ARM64],
    [{ image: 'public.ecr.aws/docker/library/node:22-alpine' }, MUSL],
  ])('A build with %j runs on %j', (build, platform) => {
    expect(buildPlatformOf(build)).toEqual(platform);
  });
});
