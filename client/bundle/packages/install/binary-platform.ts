import { closeSync, openSync, readFileSync, readSync } from 'node:fs';

/** A platform of programs and addons, with Node's names. */
export interface Platform {
  readonly os: 'linux';
  readonly cpu: 'x64' | 'arm64';
  readonly libc: 'glibc' | 'musl';
}

/** The platform in the header of a program or addon. */
export interface BinaryPlatform {
  /** As `process.platform`. */
  readonly os: string;
  /** As `process.arch`; several for a universal file of macOS. */
  readonly cpus: readonly string[];
}

const HEADER_BYTES = 4096;

/**
 * Node's names of architectures by the value of `e_machine` in an ELF header.
 * @see https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html
 */
const ELF_MACHINES: Readonly<Record<number, string>> = {
  0x03: 'ia32',
  0x15: 'ppc64',
  0x16: 's390x',
  0x28: 'arm',
  0x3e: 'x64',
  0xb7: 'arm64',
  0xf3: 'riscv64',
};
const ELF_FREEBSD = 9;

const MACH_O_CPUS: Readonly<Record<number, string>> = { 0x01000007: 'x64', 0x0100000c: 'arm64', 7: 'ia32' };

/** @see https://learn.microsoft.com/windows/win32/debug/pe-format#machine-types */
const PE_MACHINES: Readonly<Record<number, string>> = { 0x014c: 'ia32', 0x8664: 'x64', 0xaa64: 'arm64' };

/** Reads the platform of a file; undefined if it is not a program or addon. */
export function binaryPlatformOf(file: string): BinaryPlatform | undefined {
  const header = readHeader(file);
  if (header.length < 64) return undefined;
  switch (header.readUInt32BE(0)) {
    case 0x7f454c46:
      return elfPlatform(header);
    case 0xcffaedfe:
    case 0xcefaedfe:
      return { os: 'darwin', cpus: [MACH_O_CPUS[header.readUInt32LE(4)] ?? 'unknown'] };
    case 0xcafebabe:
      return { os: 'darwin', cpus: universalCpus(header) };
    default:
      return header.toString('latin1', 0, 2) === 'MZ' ? pePlatform(header) : undefined;
  }
}

/** Returns whether a program or addon runs on a platform. @param binary from {@link binaryPlatformOf} */
export function fitsPlatform(file: string, binary: BinaryPlatform, { os, cpu, libc }: Platform): boolean {
  if (binary.os !== os || !binary.cpus.includes(cpu)) return false;
  const built = libcOf(file);
  return built === undefined || built === libc;
}

/** Returns the C library that a program of Linux needs; undefined if it needs none. */
function libcOf(file: string): Platform['libc'] | undefined {
  const content = readFileSync(file);
  if (content.includes('libc.musl-') || content.includes('/ld-musl-')) return 'musl';
  return content.includes('libc.so.6') ? 'glibc' : undefined;
}

function elfPlatform(header: Buffer): BinaryPlatform {
  const isLittleEndian = header[5] === 1;
  const machine = isLittleEndian ? header.readUInt16LE(18) : header.readUInt16BE(18);
  return { os: header[7] === ELF_FREEBSD ? 'freebsd' : 'linux', cpus: [ELF_MACHINES[machine] ?? 'unknown'] };
}

function universalCpus(header: Buffer): string[] {
  const count = Math.min(header.readUInt32BE(4), 8);
  return Array.from({ length: count }, (_, index) => {
    const at = 8 + index * 20;
    return (at + 4 <= header.length && MACH_O_CPUS[header.readUInt32BE(at)]) || 'unknown';
  });
}

function pePlatform(header: Buffer): BinaryPlatform | undefined {
  const start = header.readUInt32LE(0x3c);
  if (start + 6 > header.length || header.readUInt32BE(start) !== 0x50450000) return undefined;
  return { os: 'win32', cpus: [PE_MACHINES[header.readUInt16LE(start + 4)] ?? 'unknown'] };
}

function readHeader(file: string): Buffer {
  const handle = openSync(file, 'r');
  try {
    const header = Buffer.alloc(HEADER_BYTES);
    return header.subarray(0, readSync(handle, header, 0, HEADER_BYTES, 0));
  } finally {
    closeSync(handle);
  }
}
