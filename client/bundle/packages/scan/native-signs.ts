import type { PackageJson } from '../installed/package-json.js';

/** Packages that find, build or download a native addon for the package that depends on them. */
const NATIVE_HELPERS = [
  '@mapbox/node-pre-gyp',
  '@node-rs/helper',
  'bindings',
  'cmake-js',
  'nan',
  'neon-load-or-build',
  'node-addon-api',
  'node-cmake',
  'node-gyp',
  'node-gyp-build',
  'node-gyp-build-optional-packages',
  'node-pre-gyp',
  'pkg-prebuilds',
  'prebuild-install',
  'prebuildify',
  'require-addon',
];

/** Returns whether a package finds, builds or downloads the native addons of others. */
export function isNativeHelper(name: string | undefined): boolean {
  return name !== undefined && NATIVE_HELPERS.includes(name);
}

/** Scripts that npm runs when it installs a package. They may create files. */
const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall'];

/** Matches a name with an operating system and a processor, such as `@esbuild/linux-x64`. */
const PLATFORM_NAME =
  /(?:^|[^a-z])(?:linux(?:musl)?|darwin|win32|windows|freebsd|android|openbsd|sunos)[^a-z].*(?:x64|arm64|arm|ia32|x86|amd64|universal|ppc64|s390x|riscv64)/;

/** Returns the reason, found in `package.json`, why the package must be kept as files; undefined if there is none. */
export function nativeSignOf(json: PackageJson): string | undefined {
  if (json.raw['gypfile'] === true) return 'builds a native addon';
  const declared = [...json.dependencies, ...json.optionalDependencies];
  const helper = NATIVE_HELPERS.find((name) => declared.includes(name));
  if (helper !== undefined) return `has a native addon, by ${helper}`;
  if (json.os.length + json.cpu.length + json.libc.length > 0) return 'is made for one platform';
  const platform = json.optionalDependencies.find((name) => PLATFORM_NAME.test(name));
  if (platform !== undefined) return `loads a package for its platform, such as ${platform}`;
  if (json.raw['napi'] !== undefined || json.raw['binary'] !== undefined) return 'has a native addon';
  const script = INSTALL_SCRIPTS.find((name) => json.scripts[name] !== undefined);
  return script === undefined ? undefined : `has the script ${script}, which may create files`;
}

/** Returns whether npm runs a script of the package, or builds its addon, when it installs the package. */
export function hasInstallStep(json: PackageJson): boolean {
  return json.raw['gypfile'] === true || INSTALL_SCRIPTS.some((name) => json.scripts[name] !== undefined);
}
