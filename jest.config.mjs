import path from 'node:path';

// The SDK says at every start that it will need a newer Node.js one day; the output is for the tests.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
// Each stack would take seven seconds of validation; one test has the whole template validated, and strictly.
process.env['CDK_VALIDATION'] = 'false';

// Tests leave the user's cache alone.
process.env['CODESEEDER_CACHE_DIR'] = path.resolve('node_modules/.cache/codeseeder-tests');

/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
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
  testSequencer: '<rootDir>/test/long-files-first.mjs',
  randomize: true,
  // The longest without a limit of its own takes 30 seconds on two processors: a slow machine may take eight times that.
  testTimeout: 240_000,
  // More than two processors: the long files spend much of their time waiting for what they have started.
  maxWorkers: 3,
  // What the modules of earlier files leave behind makes each collection of garbage slower.
  workerIdleMemoryLimit: '800MB',
};
