/** Environment variables of the CodeBuild project, with the names that aws-codeseeder uses. */
export const PROJECT_VARIABLES = {
  account: 'AWS_ACCOUNT_ID',
  seedkit: 'AWS_CODESEEDER_NAME',
  dockerSecret: 'AWS_CODESEEDER_DOCKER_SECRET',
  pypiMirrorSecret: 'AWS_CODESEEDER_PYPI_MIRROR_SECRET',
  npmMirrorSecret: 'AWS_CODESEEDER_NPM_MIRROR_SECRET',
  mirrorSecret: 'AWS_CODESEEDER_MIRROR_SECRET',
} as const;

/** Value of a variable of {@link PROJECT_VARIABLES} that names no secret. */
export const NO_SECRET = 'NONE';
