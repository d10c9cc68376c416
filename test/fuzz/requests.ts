import fc from 'fast-check';

import { aRunRequest } from '../contract/builders.js';
import { nastyText } from './nasty.js';

const texts = fc.array(nastyText, { maxLength: 3 });

/** Generates build options with values that have a special meaning for a shell or YAML. */
export const buildArbitrary: fc.Arbitrary<Record<string, unknown>> = fc.record(
  {
    timeoutMinutes: fc.integer({ min: 1, max: 3_000 }),
    image: nastyText,
    role: nastyText,
    privileged: fc.boolean(),
    runtimeVersions: fc.dictionary(nastyText, nastyText, { maxKeys: 2 }),
    packages: fc.dictionary(nastyText, nastyText, { maxKeys: 2 }),
    pythonModules: texts,
    pipxModules: texts,
    pypiMirror: nastyText,
    npmMirror: nastyText,
    installCommands: texts,
    preBuildCommands: texts,
    preExecutionCommands: texts,
    buildCommands: texts,
    postBuildCommands: texts,
    environment: fc.dictionary(
      nastyText,
      fc.record({ value: nastyText, type: fc.constantFrom('PLAINTEXT', 'SECRETS_MANAGER') }),
      { maxKeys: 3 },
    ),
    exportedVariables: texts,
    abortPhasesOnFailure: fc.boolean(),
  },
  { requiredKeys: [] },
);

/** Generates a run request. Its options may be invalid. */
export const requestArbitrary: fc.Arbitrary<unknown> = fc
  .record({
    build: fc.oneof(fc.constant({}), buildArbitrary),
    labels: fc.dictionary(nastyText, nastyText, { maxKeys: 3 }),
  })
  .map((overrides) => ({ ...aRunRequest(), ...overrides }));
