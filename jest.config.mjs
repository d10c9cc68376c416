import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import path from 'node:path';

// Silences the SDK's warning about its future Node.js version, which each process prints.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
// The CDK's validation takes seven seconds per stack. One test validates the whole template.
process.env['CDK_VALIDATION'] = 'false';
// Without the stack traces of constructs, which no test reads, tests that synthesize take a tenth less processor time.
process.env['CDK_CONTEXT_JSON'] = JSON.stringify({
  'aws:cdk:disable-creation-stack-traces': true,
  'aws:cdk:disable-stack-trace': true,
});

// Keeps tests from using the AWS, the seedkit or the console of the shell that starts them.
for (const name of Object.keys(process.env)) {
  if (/^(AWS_(?!SDK_)|CODESEEDER_(?!FUZZ_|TEST_))/.test(name)) delete process.env[name];
}

// Keeps tests from using the user's cache.
process.env['CODESEEDER_CACHE_DIR'] = path.resolve('node_modules/.cache/codeseeder-tests');

// Tests start Python some hundred times. A script that is called `python3`, such as pyenv's, takes longer than Python.
const { stdout: python } = spawnSync('python3', ['-I', '-c', 'import sys; print(sys.executable, end="")'], {
  encoding: 'utf8',
});
const commands = process.env['PATH']?.split(path.delimiter) ?? [];
if (path.isAbsolute(python ?? '') && !commands.includes(path.dirname(python))) {
  process.env['PATH'] = [path.dirname(python), ...commands].join(path.delimiter);
}

/** @type {import('jest').Config} */
export default {
  testEnvironment: '<rootDir>/test/one-realm-environment.cjs',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  reporters: ['default', '<rootDir>/test/closing-line-reporter.mjs'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { target: 'es2022', parser: { syntax: 'typescript' }, keepClassNames: true },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  globalSetup: '<rootDir>/test/shared-seedkit.mjs',
  globalTeardown: '<rootDir>/test/end-shared-seedkit.mjs',
  runtime: '<rootDir>/test/shared-modules-runtime.cjs',
  testSequencer: '<rootDir>/test/long-files-first.mjs',
  randomize: true,
  // Ends a test that hangs. The longest one takes 30 seconds on two processors, and twelve times as long at a load of 25.
  testTimeout: 600_000,
  // More than two processors: the long files mostly wait for the processes that they started.
  maxWorkers: Math.max(5, availableParallelism()),
  // Modules of earlier files stay in memory and slow garbage collection down.
  workerIdleMemoryLimit: '800MB',
};
