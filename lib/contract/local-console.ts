/**
 * Environment variable with the URL of the console that `codeseeder local up` serves. The URL contains no token: a
 * browser without a session shows the command that opens a session.
 */
export const LOCAL_CONSOLE_VARIABLE = 'CODESEEDER_CONSOLE_URL';
