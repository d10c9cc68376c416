import type { ParityRow } from './parity-row.js';

const OUTPUTS = 'seedkit: exports each output of the contract but those of CodeArtifact';

/** Section D: the stack `aws-codeseeder-<name>`. */
export const STACK_ROWS: readonly ParityRow[] = [
  {
    id: 'D.build_image',
    reference: 'parameter BuildImage',
    tests: ['seedkit: takes the build image as a parameter'],
  },
  {
    id: 'D.deploy_id',
    reference: 'deploy_id: six letters, kept on update',
    tests: [
      'client/deploy/settings-context: makes six letters once, takes those that are given, and never changes those that are deployed',
      'seedkit: refuses a deploy id that is not six letters',
    ],
  },
  {
    id: 'D.bucket',
    reference: 'bucket: name, encrypted, private, TLS only, expiry that matches its prefixes',
    tests: [
      'seedkit: is named, encrypted with the key, private and kept',
      'seedkit: removes what lies under its prefixes after thirty days',
      'seedkit: and the queue refuse what does not come over TLS',
    ],
  },
  {
    id: 'D.key',
    reference: 'KMS key: retained, rotated, alias; encrypts; can be turned off',
    tests: ['seedkit: is rotated, kept and has its alias', 'seedkit: is nowhere when encryption is off'],
  },
  {
    id: 'D.role',
    reference: 'managed policy and build role: further policies, boundary, path prefixes',
    tests: [
      'seedkit: has a role that bears the contract’s name and stands on the resources policy alone',
      'seedkit: are attached to the build role beside the seedkit’s own',
      'seedkit: bounds every role',
      'seedkit: are on every role and managed policy',
    ],
  },
  {
    id: 'D.project',
    reference: 'project: container, size, no source, log group; VPC optional',
    tests: [
      'seedkit: has the names, limits and variables that clients rely on',
      'seedkit: is where builds run, by its ids alone',
    ],
  },
  {
    id: 'D.code_artifact',
    reference: 'CodeArtifact: domain, repository, upstream pypi; here also npm',
    tests: ['seedkit: is a domain under the key, with one repository that has PyPI’s and npm’s packages'],
  },
  {
    id: 'D.tags',
    reference: 'tags; all partitions',
    tests: [
      'seedkit: tags what can be tagged with the seedkit’s name',
      'seedkit: names the partition %s alone in a stack of the region %s',
    ],
  },
  {
    id: 'D.outputs',
    reference: 'outputs and their export names',
    tests: [OUTPUTS, 'seedkit: is told by the outputs that clients of aws-codeseeder read'],
  },
  {
    id: 'D.project_environment',
    reference: "the project's environment variables",
    tests: ['seedkit: has the names, limits and variables that clients rely on'],
  },
  {
    id: 'D.image_credentials',
    reference: 'image credentials CODEBUILD for aws/ images, else SERVICE_ROLE',
    tests: ["lambdas/prepare-run/prepare-run: pulls CodeBuild's own images with CodeBuild's credentials"],
  },
  {
    id: 'D.reference_client',
    reference: 'the unmodified Python client works against the stack',
    tests: [
      'end-to-end/reference-client: the calls of aws-codeseeder 1.3.1 start a build and bring its value back',
    ],
  },
];
