import { type BuildOptions } from '../../lib/contract/index.js';

/** Returns the names of the variables whose values are secrets or parameters. */
export function secretNames({ environment = {} }: BuildOptions): string[] {
  return Object.entries(environment)
    .filter(([, { type }]) => type !== 'PLAINTEXT')
    .map(([name]) => name);
}

/**
 * Returns the command that replaces secrets in the values of exported variables by `***`; no command if the build has
 * no secrets or no exported variables. CodeBuild shows these values to every principal that may read builds. The
 * command is the last one of POST_BUILD, so that no later command changes the values. It hides the texts that
 * `lib/contract/hidden-texts.ts` returns.
 */
export function hideExportedCommands(build: BuildOptions): string[] {
  const exported = [...new Set(build.exportedVariables)];
  const secrets = secretNames(build);
  if (exported.length === 0 || secrets.length === 0) return [];
  return [`${HIDE}codeseeder_hide '${secrets.join(' ')}' '${exported.join(' ')}'`];
}

/**
 * Defines the shell function that hides secrets. It starts no process and writes no file, so the secrets stay in the
 * shell. Its variables have a prefix, because `local` variables hide variables of the build with the same name.
 */
const HIDE = `codeseeder_add() { # adds a text of $2 or more characters, the longest first
  [ "\${#1}" -ge "$2" ] || return 0
  local __cs_at=0
  while [ "$__cs_at" -lt "\${#__cs_texts[@]}" ] && [ "\${#__cs_texts[__cs_at]}" -ge "\${#1}" ]; do
    __cs_at=$((__cs_at + 1))
  done
  __cs_texts=("\${__cs_texts[@]:0:__cs_at}" "$1" "\${__cs_texts[@]:__cs_at}")
}
codeseeder_add_lines() { # adds a value and each of its lines
  local __cs_rest=$1 __cs_line
  codeseeder_add "$1" 6
  while [ -n "$__cs_rest" ]; do
    __cs_line=\${__cs_rest%%$'\\n'*}
    __cs_rest=\${__cs_rest#"$__cs_line"}
    __cs_rest=\${__cs_rest#$'\\n'}
    __cs_line=\${__cs_line#"\${__cs_line%%[![:space:]]*}"}
    codeseeder_add "\${__cs_line%"\${__cs_line##*[![:space:]]}"}" 6
  done
}
codeseeder_add_json() { # adds the texts and numbers of a JSON object or array
  local __cs_rest=$1 __cs_value __cs_start='^[[:space:]]*[[{]'
  local __cs_next='("(([^"\\]|\\\\.)*)"|-?[0-9][0-9.eE+-]*)[[:space:]]*(:?)(.*)$'
  [[ $1 =~ $__cs_start ]] || return 0
  while [[ $__cs_rest =~ $__cs_next ]]; do
    __cs_rest=\${BASH_REMATCH[5]}
    [ -z "\${BASH_REMATCH[4]}" ] || continue
    __cs_value=\${BASH_REMATCH[1]}
    if [ "$__cs_value" != "\${__cs_value#\\"}" ]; then
      __cs_value=\${BASH_REMATCH[2]//\\\\\\//\\/}
      printf -v __cs_value %b "\${__cs_value//\\\\\\"/\\"}"
    fi
    codeseeder_add_lines "$__cs_value"
  done
}
codeseeder_hide() { # hides the values of the variables $1 in those of the variables $2
  local __cs_name __cs_text __cs_texts=() LC_ALL=C IFS=' '
  for __cs_name in $1; do
    codeseeder_add "\${!__cs_name-}" 1
    codeseeder_add_lines "\${!__cs_name-}"
    codeseeder_add_json "\${!__cs_name-}"
  done
  for __cs_name in $2; do
    for __cs_text in "\${__cs_texts[@]}"; do
      printf -v "$__cs_name" %s "\${!__cs_name//"$__cs_text"/***}" || return 1
    done
  done
}
`;
