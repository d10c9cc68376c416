/** What codeseeder writes to the log of a build, so that readers can tell its lines from those of the user's code. */

/**
 * End of the first line of each command that codeseeder adds to a buildspec. CodeBuild logs a command before it runs
 * it. For the shell, the mark is a comment.
 */
export const OWN_COMMAND_MARK = '# codeseeder';

/** Line that a runner prints before the error of the target. The lines after it describe the error. */
export const TARGET_ERROR_LINE = 'codeseeder: the target failed:';
