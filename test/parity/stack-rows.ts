import type { ParityRow } from './parity-row.js';

const OUTPUTS =
  'seedkit: The stack exports each output of the contract except those of CodeArtifact and debug sessions';

/** Section D of the comparison with aws-codeseeder: the stack `aws-codeseeder-<name>`. */
export const STACK_ROWS: readonly ParityRow[] = [
  {
    id: 'D.build_image',
    reference: 'parameter BuildImage',
    tests: ['seedkit: The stack has the build image as a parameter'],
  },
  {
    id: 'D.deploy_id',
    reference: 'deploy_id: six letters, kept on update',
    tests: [
      'client/deploy/settings-context: `contextToDeploy` creates a deploy id once, accepts a given one, and never changes a deployed one',
      'seedkit: The stack refuses a deploy id that is not six letters',
    ],
  },
  {
    id: 'D.bucket',
    reference: 'bucket: name, encrypted, private, TLS only, expiry that matches its prefixes',
    tests: [
      'seedkit: The bucket is named, encrypted with the key, private and retained',
      'seedkit: The bucket deletes objects of its prefixes after thirty days, and caches after seven',
      'seedkit: Bucket and queues refuse requests without TLS',
    ],
  },
  {
    id: 'D.key',
    reference: 'KMS key: retained, rotated, alias; encrypts; can be turned off',
    tests: [
      'seedkit: The key is rotated and retained and has its alias',
      'seedkit: Without encryption, the template has no key',
    ],
  },
  {
    id: 'D.role',
    reference: 'managed policy and build role: further policies, boundary, path prefixes',
    tests: [
      "seedkit: The build role has the contract's name and only the resources policy",
      "seedkit: `policyArns` are attached to the build role beside the seedkit's own policy",
      'seedkit: `permissionsBoundary` applies to every role',
      'seedkit: The path prefixes apply to every role and managed policy',
    ],
  },
  {
    id: 'D.project',
    reference: 'project: container, size, no source, log group; VPC optional',
    tests: [
      'seedkit: The build project has the names, limits and variables that clients use',
      'seedkit: Builds run in the VPC that is given by its ids',
    ],
  },
  {
    id: 'D.code_artifact',
    reference: 'CodeArtifact: domain, repository, upstream pypi; here also npm',
    tests: [
      'seedkit: The CodeArtifact domain uses the key and has one repository with the packages of PyPI and npm',
    ],
  },
  {
    id: 'D.tags',
    reference: 'tags; all partitions',
    tests: [
      "seedkit: The stack tags its resources with the seedkit's name",
      'seedkit: A stack in the partition %s and the region %s names no other partition',
    ],
  },
  {
    id: 'D.outputs',
    reference: 'outputs and their export names',
    tests: [OUTPUTS, 'seedkit: The outputs name domain and repository as clients of aws-codeseeder expect'],
  },
  {
    id: 'D.project_environment',
    reference: "the project's environment variables",
    tests: ['seedkit: The build project has the names, limits and variables that clients use'],
  },
  {
    id: 'D.image_credentials',
    reference: 'image credentials CODEBUILD for aws/ images, else SERVICE_ROLE',
    tests: [
      "lambdas/prepare-run/prepare-run: CodeBuild's own images are pulled with CodeBuild's credentials",
    ],
  },
  {
    id: 'D.reference_client',
    reference: 'the unmodified Python client works against the stack',
    tests: [
      'end-to-end/reference-client: The calls of aws-codeseeder 1.3.1 start a build and return its value',
    ],
  },
];
