import type { Platform } from './binary-platform.js';
import type { PackageJson } from '../installed/package-json.js';

/** Words for platforms in the names of packages, such as those in `@esbuild/linux-x64`. */
const PLATFORM_WORDS = new Set(
  `aix android darwin freebsd linux linuxmusl mac macos netbsd openbsd openharmony osx sunos win win32 windows
  amd64 arm arm64 armhf armv6 armv7 armv7l ia32 loong64 mips64el ppc64 ppc64le riscv64 s390x universal wasi wasm wasm32
  x64 x86 eabi eabihf glibc gnu gnueabi gnueabihf musl musleabi musleabihf msvc`.split(/\s+/),
);
const CPU_WORDS: Readonly<Record<Platform['cpu'], readonly string[]>> = {
  x64: ['x64', 'amd64'],
  arm64: ['arm64'],
};

/** Returns whether a package is for certain platforms only. */
export function isForPlatform({ os, cpu, libc }: PackageJson): boolean {
  return os.length + cpu.length + libc.length > 0;
}

/**
 * Returns whether npm would install a package on a platform.
 * @see https://docs.npmjs.com/cli/configuring-npm/package-json#os
 */
export function isInstalledOn(json: PackageJson, { os, cpu, libc }: Platform): boolean {
  return allows(json.os, os) && allows(json.cpu, cpu) && allows(json.libc, libc);
}

function allows(list: readonly string[], value: string): boolean {
  if (list.includes(`!${value}`)) return false;
  const named = list.filter((item) => !item.startsWith('!'));
  return named.length === 0 || named.includes(value) || named.includes('any');
}

/** Returns a name without the words for platforms. It is the same for all platforms of a package. */
export function nameWithoutPlatform(name: string): string {
  return wordsOf(name)
    .filter((word) => !PLATFORM_WORDS.has(word))
    .join(' ');
}

/** Returns whether the name of a package has the words for a platform. */
export function isNamedFor(name: string, { cpu, libc }: Platform): boolean {
  const words = wordsOf(name);
  if (!CPU_WORDS[cpu].some((word) => words.includes(word))) return false;
  if (!words.includes('linux') && !words.includes('linuxmusl')) return false;
  const isMusl = words.some((word) => word.includes('musl'));
  const isGlibc = words.some((word) => word.startsWith('gnu') || word === 'glibc');
  return libc === 'musl' ? !isGlibc : !isMusl;
}

function wordsOf(name: string): string[] {
  return name.toLowerCase().split(/[-_./@]/);
}
