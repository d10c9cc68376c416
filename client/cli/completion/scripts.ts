/** Shells that the command line completes for. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/**
 * Scripts of the shells. Each asks `codeseeder complete` how the line goes on, so that new commands and options need no
 * new script. The answer has a line with the kind and the part of the word before it, and then a line for each word
 * with its description. Words are quoted before they become part of a line, because the name of an environment may have
 * characters that the shell would evaluate.
 */
export const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: String.raw`# Completes codeseeder in bash. For this shell: source <(codeseeder completion bash)
_codeseeder() {
  local program="${'$'}{COMP_WORDS[0]/#\~/$HOME}" kind='' whole='' before='' value rest
  COMPREPLY=()
  while IFS=$'\t' read -r value rest; do
    if [ -z "$kind" ]; then
      kind=$value whole=$rest
      # bash replaces only what is after the last = or : of the word.
      case "$whole" in *"$2") before="${'$'}{whole%"$2"}" ;; esac
      continue
    fi
    value="${'$'}{value#"$before"}"
    printf -v value %q "$value"
    COMPREPLY+=("$value")
  done < <("$program" complete bash -- "${'$'}{COMP_LINE:0:COMP_POINT}" 2>/dev/null)
  # bash 3 has no compopt, and then completes files where nothing else is known.
  case "$kind" in
    values) compopt +o default 2>/dev/null ;;
    folders) compopt +o default -o dirnames 2>/dev/null ;;
  esac
}
complete -o default -F _codeseeder codeseeder
`,
  zsh: String.raw`#compdef codeseeder
# Completes codeseeder in zsh. For this shell: source <(codeseeder completion zsh)
_codeseeder() {
  local program="${'$'}{${'$'}{(Q)words[1]}/#\~/$HOME}" kind prefix line
  local -a lines values displays
  lines=("${'$'}{(@f)$("$program" complete zsh -- "${'$'}{(@Q)words[2,CURRENT-1]}" "${'$'}{(Q)PREFIX}" 2>/dev/null)}")
  kind="${'$'}{lines[1]%%$'\t'*}"
  prefix="${'$'}{lines[1]#*$'\t'}"
  for line in "${'$'}{(@)lines[2,-1]}"; do
    values+=("${'$'}{line%%$'\t'*}")
    displays+=("${'$'}{line/$'\t'/  -- }")
  done
  case "$kind" in
    files) compset -p ${'$'}{#prefix}; _files ;;
    folders) compset -p ${'$'}{#prefix}; _files -/ ;;
    values) (( $#values )) && compadd -l -d displays -a values ;;
  esac
}
if [[ "${'$'}{funcstack[1]}" == _codeseeder ]]; then
  _codeseeder "$@"
else
  (( $+functions[compdef] )) || { autoload -Uz compinit && compinit -u }
  compdef _codeseeder codeseeder
fi
`,
  fish: String.raw`# Completes codeseeder in fish. For this shell: codeseeder completion fish | source
function __codeseeder_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l program (string replace -r '^~' -- $HOME $words[1])
    set -e words[1]
    set -l lines ($program complete fish -- $words "$current" 2>/dev/null)
    set -l header (string split \t -- $lines[1])
    set -e lines[1]
    set -l prefix "$header[2]"
    set -l rest (string sub -s (math (string length -- $prefix) + 1) -- "$current")
    switch "$header[1]"
        case files
            string replace -r '^' -- $prefix (__fish_complete_path $rest)
        case folders
            string replace -r '^' -- $prefix (__fish_complete_directories $rest)
        case values
            printf '%s\n' $lines
    end
end
complete -c codeseeder -f -k -a '(__codeseeder_complete)'
`,
};
