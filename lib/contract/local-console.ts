/**
 * Environment variable with the URL of the console that `codeseeder local up` serves. It has no token: a browser
 * without a session gets the command that opens one.
 */
export const LOCAL_CONSOLE_VARIABLE = 'CODESEEDER_CONSOLE_URL';
