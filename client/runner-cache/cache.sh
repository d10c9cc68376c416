# Restores and saves the cache of a build. CodeBuild transfers the files of one folder between S3 and the build; this
# script packs what a run caches into archives there and unpacks them, because AWS does not document what CodeBuild does
# with links, modes and empty folders. Needs only bash, tar and coreutils, or busybox.
#
#   bash cache.sh restore --folder=DIR [--key=KEY [--fallback=KEY]... --path=PATH... [--base=DIR]]
#                         [--installs=DIGEST [--installed=PATH]... [--environment=DIR]]
#   bash cache.sh keep-installs     packs what the build installed, when the installation has succeeded
#   bash cache.sh save SUCCEEDING   fills the folder for CodeBuild; SUCCEEDING is 1 unless the build has failed
#   bash cache.sh report            prints KEY HIT INSTALLS RESTORE_MS SAVE_MS BYTES
#
# Each archive has a stamp with the key under which it was saved. This script compares the stamp with the key of the
# run: whatever CodeBuild restored, an archive of another key is ignored. A fault of the cache never fails a build. It
# counts as a miss.
#
# CodeBuild never changes the copy of a key, so a failed build must leave the folder empty: an incomplete copy would
# stay until it expires. Written for bash 3.2.
LC_ALL=C
export LC_ALL
unset IFS CDPATH GLOBIGNORE
shopt -s nullglob
set +e

readonly STATE=$(cd -- "${BASH_SOURCE[0]%/*}" && pwd)/cache-state
# Maximum size of the archives of one cache together. Larger ones are not saved.
readonly MAX_BYTES=${CODESEEDER_CACHE_MAX_BYTES:-5368709120}

note() {
  printf 'codeseeder: cache: %s\n' "$1"
}

now_ms() {
  local now=${EPOCHREALTIME-}
  if [[ -n $now ]]; then printf '%s' $((${now/[.,]/} / 1000)); else printf '%s000' "$(date +%s)"; fi
}

seconds() {
  printf '%d.%d s' $(($1 / 1000)) $(($1 % 1000 / 100))
}

# Reads the arguments of `restore`, which the other commands find in a file.
read_arguments() {
  local word
  FOLDER='' KEY='' BASE=$CODEBUILD_SRC_DIR INSTALLS='' ENVIRONMENT='' FALLBACKS=() PATHS=() INSTALLED=()
  while IFS= read -r word; do
    case $word in
      --folder=*) FOLDER=${word#*=} ;;
      --key=*) KEY=${word#*=} ;;
      --fallback=*) FALLBACKS+=("${word#*=}") ;;
      --path=*) PATHS+=("${word#*=}") ;;
      --base=*) BASE=$CODEBUILD_SRC_DIR/${word#*=} ;;
      --installs=*) INSTALLS=${word#*=} ;;
      --installed=*) INSTALLED+=("${word#*=}") ;;
      --environment=*) ENVIRONMENT=${word#*=} ;;
    esac
  done <"$STATE/arguments"
  NEW=$FOLDER.new
}

# Prints the folder that a kind of path starts from.
root_of() {
  case $1 in
    home) printf '%s' "$HOME" ;;
    root) printf / ;;
    base) printf '%s' "$2" ;;
  esac
}

# Prints the path of a cached folder or file.
place_of() {
  case $1 in
    '~/'*) printf '%s/%s' "$HOME" "${1#'~/'}" ;;
    /*) printf '%s' "$1" ;;
    *) printf '%s/%s' "$2" "$1" ;;
  esac
}

# Packs paths: pack NAME BASE FIRST_LINE [PATH]... Leaves NAME.stamp and the archives NAME.KIND.tar in the folder NEW, or
# none of them.
pack() {
  local name=$1 base=$2 line=$3 path kind root bytes=0 base_paths=() home_paths=() root_paths=() paths file
  shift 3
  for path; do
    [[ -e $(place_of "$path" "$base") ]] || continue
    case $path in
      '~/'*) home_paths+=("${path#'~/'}") ;;
      /*) root_paths+=("${path#/}") ;;
      *) base_paths+=("$path") ;;
    esac
  done
  mkdir -p -- "$NEW" && rm -f -- "$NEW/$name".* || return 1
  for kind in base home root; do
    case $kind in
      base) paths=(${base_paths[@]+"${base_paths[@]}"}) ;;
      home) paths=(${home_paths[@]+"${home_paths[@]}"}) ;;
      root) paths=(${root_paths[@]+"${root_paths[@]}"}) ;;
    esac
    ((${#paths[@]} > 0)) || continue
    root=$(root_of "$kind" "$base")
    file=$NEW/$name.$kind.tar
    if ! tar -cf "$file" -C "$root" -- "${paths[@]}"; then
      note "tar could not pack $name: it is not saved"
      rm -f -- "$NEW/$name".*
      return 1
    fi
    bytes=$((bytes + $(wc -c <"$file")))
  done
  if ((bytes == 0)); then
    note "nothing to save: none of the paths exists"
    return 1
  fi
  if ((bytes > MAX_BYTES)); then
    note "$bytes bytes are not saved: a cache has at most $MAX_BYTES"
    rm -f -- "$NEW/$name".*
    return 1
  fi
  # Written last, so that archives without it are known to be incomplete.
  printf '%s\n%s\n%s\n' "$line" "$bytes" "$CODEBUILD_SRC_DIR" >"$NEW/$name.stamp" || return 1
}

# Reads the stamp NAME into STAMP_LINE, STAMP_BYTES and STAMP_SOURCE. Fails if it is missing or archives are incomplete.
read_stamp() {
  local file bytes=0
  STAMP_LINE='' STAMP_BYTES='' STAMP_SOURCE=''
  [[ -f $FOLDER/$1.stamp ]] || return 1
  { IFS= read -r STAMP_LINE && IFS= read -r STAMP_BYTES && IFS= read -r STAMP_SOURCE; } <"$FOLDER/$1.stamp" || return 1
  for file in "$FOLDER/$1".*.tar; do bytes=$((bytes + $(wc -c <"$file"))); done
  [[ $STAMP_BYTES == "$bytes" ]] || {
    note "the copy of $1 has $bytes bytes, not ${STAMP_BYTES}: it is ignored"
    return 1
  }
}

# Unpacks the archives NAME: unpack NAME BASE [PATH]... Removes the paths if it fails, because a part of them is of no use.
unpack() {
  local name=$1 base=$2 kind root file path
  shift 2
  for kind in base home root; do
    file=$FOLDER/$name.$kind.tar
    [[ -f $file ]] || continue
    root=$(root_of "$kind" "$base")
    # With -o, root does not restore the owners of another machine.
    if ! { mkdir -p -- "$root" && tar -xof "$file" -C "$root"; }; then
      note "tar could not unpack $name: the build goes on without it"
      for path; do rm -rf -- "$(place_of "$path" "$base")"; done
      return 1
    fi
  done
}

# Sets FOUND to exact, fallback or miss: whether the stamp has the key of the run, a key of a fallback, or another key.
compare_key() {
  local start
  FOUND=miss
  [[ $STAMP_LINE != "$KEY" ]] || FOUND=exact
  [[ $FOUND == miss ]] || return 0
  for start in ${FALLBACKS[@]+"${FALLBACKS[@]}"}; do
    [[ $STAMP_LINE != "$start"* ]] || FOUND=fallback
  done
}

# Prints what an installation depends on: the digest of its requirements, and the version and path of Python.
installs_line() {
  local python=-
  if [[ -n $ENVIRONMENT ]]; then
    python=$(python3 -I -c 'import sys; print(sys.version.split()[0], sys.base_prefix)' 2>/dev/null)
  fi
  printf '%s %s' "$INSTALLS" "$python"
}

# Replaces the path of an earlier build in the programs of the virtual environment, whose first lines name its Python.
relocate_environment() {
  local file old new=$CODEBUILD_SRC_DIR first
  [[ -n $ENVIRONMENT && $STAMP_SOURCE != "$new" ]] || return 0
  old=$(printf '%s' "$STAMP_SOURCE" | sed 's/[][\.*^$|]/\\&/g')
  new=$(printf '%s' "$new" | sed 's/[\&|]/\\&/g')
  for file in "$CODEBUILD_SRC_DIR/$ENVIRONMENT"/bin/*; do
    [[ -f $file && ! -L $file ]] || continue
    first=
    IFS= read -r -n 2 first <"$file"
    [[ $first == '#!' ]] || continue
    sed "1,3s|$old|$new|g" "$file" >"$STATE/program" && cat "$STATE/program" >"$file" || return 1
  done
  rm -f -- "$STATE/program"
}

# Creates the file that tells the installation that the environment is complete. The file is never packed, because a
# restored environment is not packed again.
mark_restored() {
  [[ -z $ENVIRONMENT ]] || : >"$CODEBUILD_SRC_DIR/$ENVIRONMENT/restored"
}

restore_own() {
  FOUND=miss
  [[ -n $KEY ]] || return 0
  if read_stamp own; then compare_key; fi
  if [[ $FOUND != miss ]] && ! unpack own "$BASE" "${PATHS[@]}"; then FOUND=miss; fi
  case $FOUND in
    miss) note "no copy for the key $KEY" ;;
    *) note "$FOUND copy of $STAMP_LINE for the key $KEY, $STAMP_BYTES bytes" ;;
  esac
  # Only the copy of the key itself may be saved under the key again.
  [[ $FOUND == exact ]] || rm -f -- "$FOLDER"/own.*
  printf '%s' "$FOUND" >"$STATE/own"
}

restore_installs() {
  local found=miss
  [[ -n $INSTALLS ]] || return 0
  if read_stamp installs && [[ $STAMP_LINE == "$(installs_line)" ]]; then
    found=exact
    unpack installs "$CODEBUILD_SRC_DIR" ${INSTALLED[@]+"${INSTALLED[@]}"} && relocate_environment && mark_restored || found=miss
  fi
  case $found in
    exact) note "restored what was installed for ${INSTALLS}, $STAMP_BYTES bytes" ;;
    miss)
      note "nothing installed for $INSTALLS yet"
      [[ -z $ENVIRONMENT ]] || rm -rf -- "${CODEBUILD_SRC_DIR:?}/$ENVIRONMENT"
      rm -f -- "$FOLDER"/installs.*
      ;;
  esac
  printf '%s' "$found" >"$STATE/installs"
}

restore() {
  local start=$(now_ms)
  rm -rf -- "$STATE"
  mkdir -p -- "$STATE" && printf '%s\n' "$@" >"$STATE/arguments" || return 1
  read_arguments
  printf 0 >"$STATE/save-ms"
  printf 0 >"$STATE/restore-ms"
  rm -rf -- "$NEW"
  restore_own
  restore_installs
  printf '%s' $(($(now_ms) - start)) >"$STATE/restore-ms"
  [[ $(cat "$STATE/own" "$STATE/installs" 2>/dev/null) =~ exact|fallback ]] || return 0
  note "restored in $(seconds "$(cat "$STATE/restore-ms")")"
}

add_save_ms() {
  printf '%s' $(($(cat "$STATE/save-ms") + $(now_ms) - $1)) >"$STATE/save-ms"
}

keep_installs() {
  local start=$(now_ms)
  [[ $(cat "$STATE/installs" 2>/dev/null) == miss ]] || return 0
  pack installs "$CODEBUILD_SRC_DIR" "$(installs_line)" ${INSTALLED[@]+"${INSTALLED[@]}"} && add_save_ms "$start"
}

save() {
  local start=$(now_ms) files
  if [[ -n $KEY && $(cat "$STATE/own" 2>/dev/null) != exact ]]; then
    if [[ $1 != 1 ]]; then
      note "the build failed: nothing is saved for the key $KEY"
      rm -rf -- "$FOLDER" "$NEW"
      return
    fi
    if ! pack own "$BASE" "$KEY" "${PATHS[@]}"; then
      rm -rf -- "$FOLDER" "$NEW"
      return
    fi
  fi
  files=("$NEW"/*)
  ((${#files[@]} > 0)) || return 0
  mkdir -p -- "$FOLDER" && mv -f -- "${files[@]}" "$FOLDER/" && rmdir -- "$NEW" || return 1
  add_save_ms "$start"
  note "packed for the next run in $(seconds "$(cat "$STATE/save-ms")")"
}

report() {
  local file bytes=0 own installs
  own=$(cat "$STATE/own" 2>/dev/null)
  installs=$(cat "$STATE/installs" 2>/dev/null)
  for file in "$FOLDER"/*.tar; do bytes=$((bytes + $(wc -c <"$file"))); done
  printf '%s %s %s %s %s %s' "${KEY:-$INSTALLS}" "${own:-$installs}" "${installs:--}" \
    "$(cat "$STATE/restore-ms")" "$(cat "$STATE/save-ms")" "$bytes"
}

COMMAND=$1
shift
if [[ $COMMAND == restore ]]; then
  restore "$@"
elif [[ -f $STATE/arguments ]]; then
  read_arguments
  case $COMMAND in
    keep-installs) keep_installs ;;
    save) save "$1" ;;
    report) report ;;
  esac
fi
exit 0
