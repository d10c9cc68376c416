/** Version of this package. A test compares it with `package.json`, which a handler or a construct does not have. */
export const PACKAGE_VERSION = '0.1.0';

/**
 * Stack output with the version of the package that deployed the seedkit. It is not exported, because CloudFormation
 * does not change an export that another stack imports.
 */
export const SEEDKIT_VERSION_OUTPUT = 'CodeseederVersion';
