/** Variables of the CodeBuild project itself, as aws-codeseeder names them. */
export const PROJECT_VARIABLES = {
  account: 'AWS_ACCOUNT_ID',
  seedkit: 'AWS_CODESEEDER_NAME',
  dockerSecret: 'AWS_CODESEEDER_DOCKER_SECRET',
  pypiMirrorSecret: 'AWS_CODESEEDER_PYPI_MIRROR_SECRET',
  npmMirrorSecret: 'AWS_CODESEEDER_NPM_MIRROR_SECRET',
  mirrorSecret: 'AWS_CODESEEDER_MIRROR_SECRET',
} as const;

/** What {@link PROJECT_VARIABLES} say when there is no secret. */
export const NO_SECRET = 'NONE';

/** Names of secrets with credentials that every build of the account and region may read, as patterns of IAM. */
export const CREDENTIALS_SECRET_NAMES = {
  docker: '*-docker-credentials*',
  mirror: '*-mirror-credentials*',
} as const;
