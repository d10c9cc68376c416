# Checks a bundle's layers and moves them to their folders. Runs in every build with layers before all other commands.
# Needs only bash and coreutils, or busybox.
#
#   bash place-layers.sh [FOLDER DIGEST]...
#
# The layer in FOLDER is moved below $CODEBUILD_SRC_DIR, which is the first layer's own folder. DIGEST is the SHA-256
# of the layer's manifest, or "-" for a zip that is not checked. The manifest has a line for each file, link and folder
# (lib/contract/layer-manifest.ts). This script creates links and empty folders and sets modes, because AWS does not
# document how CodeBuild unzips them.
#
# Exits with 64 plus the layer's number, from 0, if a layer differs from the packed one, and with 1 for other faults.
# Written for bash 3.2, which has no associative arrays.
LC_ALL=C
export LC_ALL
umask 022
unset IFS CDPATH GLOBIGNORE
shopt -s dotglob nullglob
set +e

readonly HEADER='codeseeder layer 1'
readonly TAB=$'\t' NEWLINE=$'\n'
# DONE_FILE shows later phases that all layers are in place. OWN_FOLDER belongs to no layer.
readonly OWN_FOLDER=${BASH_SOURCE[0]%/*}
readonly DONE_FILE=$OWN_FOLDER/layers-placed CHECKSUMS=$OWN_FOLDER/layer-checksums
# Number of paths that are passed to one command, whose arguments have a limited size.
readonly BATCH=500

FILES_PLACED=0
# Modes of the folders of all layers. They are set last, because no file can be moved into a read-only folder.
FOLDER_MODES=()

fail() {
  printf 'codeseeder: %s\n' "$1" >&2
  exit 1
}

refuse() {
  printf 'codeseeder: the layer %s is not what was packed: %s\n' "$DIGEST" "$1" >&2
  exit "$LAYER_STATUS"
}

sha256() {
  if command -v sha256sum >/dev/null; then sha256sum "$@"; else shasum -a 256 "$@"; fi
}

# Reads the manifest. PLAIN gets the paths of files with mode 644. OTHERS, LINKS and EMPTY get "mode or target, tab,
# path" of other files, links and folders. The file $CHECKSUMS is a list for sha256sum. Paths start with ./, so that
# commands do not read them as options.
read_manifest() {
  local file=.codeseeder/layers/$DIGEST found kind first second third
  [[ -f $file ]] || refuse "$file is missing"
  found=$(sha256 <"$file")
  [[ ${found%% *} == "$DIGEST" ]] || refuse "$file has another SHA-256"
  PLAIN=() OTHERS=() LINKS=() EMPTY=()
  {
    IFS= read -r first
    [[ $first == "$HEADER" ]] || refuse "$file starts with another line than $HEADER"
    while IFS=$TAB read -r kind first second third; do
      case $kind in
        f)
          if [[ $first == 644 ]]; then PLAIN+=("./$third"); else OTHERS+=("$first$TAB./$third"); fi
          printf '%s  ./%s\n' "$second" "$third" >&3
          ;;
        l) LINKS+=("$first$TAB./$second") ;;
        d) EMPTY+=("$first$TAB./$second") ;;
        *) refuse "$file has a line that starts with $kind" ;;
      esac
    done
  } <"$file" 3>"$CHECKSUMS" || fail "$CHECKSUMS cannot be written"
  FILES=$((${#PLAIN[@]} + ${#OTHERS[@]}))
}

# Counts the files below a folder in FOUND, and lists its folders in SUBFOLDERS. Refuses a link that is not in the
# manifest, before a command follows it.
count_files() {
  local entry
  for entry in "$1"/*; do
    if [[ -L $entry ]]; then
      [[ $LINK_PATHS == *"$NEWLINE$entry$NEWLINE"* ]] || refuse "$entry is a link that was not packed"
    elif [[ -d $entry ]]; then
      SUBFOLDERS+=("$entry")
      count_files "$entry"
    else
      FOUND=$((FOUND + 1))
    fi
  done
}

# Removes unzipped links, which may have become text files. They are created again from the manifest.
remove_unzipped_links() {
  local link path
  for link in ${LINKS[@]+"${LINKS[@]}"}; do
    path=${link#*"$TAB"}
    if [[ -L $path ]]; then
      rm -f -- "$path" || fail "$path cannot be replaced"
    elif [[ -f $path ]]; then
      rm -f -- "$path" || fail "$path cannot be replaced"
      FOUND=$((FOUND - 1))
    fi
  done
}

# Checks that the layer has the files of the manifest, unchanged, and no others: by their SHA-256 and their number.
check_files() {
  local line link
  LINK_PATHS=$NEWLINE
  for link in ${LINKS[@]+"${LINKS[@]}"}; do LINK_PATHS+=${link#*"$TAB"}$NEWLINE; done
  FOUND=0 SUBFOLDERS=()
  count_files .
  remove_unzipped_links
  if ((FILES > 0)) && ! sha256 -c "$CHECKSUMS" >"$CHECKSUMS.report" 2>&1; then
    while IFS= read -r line; do
      [[ $line == *': OK' ]] || refuse "$line"
    done <"$CHECKSUMS.report"
    refuse 'sha256sum failed'
  fi
  ((FOUND == FILES + 1)) || refuse "it has $((FOUND - 1)) files where $FILES were packed"
}

# Changes the mode of files. Adds paths one by one, because a slice of an array takes as long as the whole array.
change_mode() {
  local mode=$1 path batch=()
  shift
  for path; do
    batch+=("$path")
    ((${#batch[@]} < BATCH)) && continue
    chmod "$mode" -- "${batch[@]}" || fail "a mode cannot be changed to $mode"
    batch=()
  done
  ((${#batch[@]} == 0)) || chmod "$mode" -- "${batch[@]}" || fail "a mode cannot be changed to $mode"
}

restore_modes() {
  local seen=' ' entry mode file same
  change_mode 755 ${SUBFOLDERS[@]+"${SUBFOLDERS[@]}"}
  change_mode 644 ${PLAIN[@]+"${PLAIN[@]}"}
  for entry in ${OTHERS[@]+"${OTHERS[@]}"}; do
    mode=${entry%%"$TAB"*}
    [[ $seen == *" $mode "* ]] && continue
    seen+="$mode "
    same=()
    for file in "${OTHERS[@]}"; do
      [[ $file == "$mode$TAB"* ]] && same+=("${file#*"$TAB"}")
    done
    change_mode "$mode" "${same[@]}"
  done
}

restore_links_and_folders() {
  local entry path
  for entry in ${EMPTY[@]+"${EMPTY[@]}"}; do
    path=${entry#*"$TAB"}
    mkdir -p -- "$path" || fail "$path cannot be made"
    FOLDER_MODES+=("$entry")
  done
  for entry in ${LINKS[@]+"${LINKS[@]}"}; do
    path=${entry#*"$TAB"}
    [[ ! -e $path ]] || refuse "$path is a folder where a link was packed"
    [[ -d ${path%/*} ]] || mkdir -p -- "${path%/*}" || fail "${path%/*} cannot be made"
    ln -s -- "${entry%%"$TAB"*}" "$path" || fail "the link $path cannot be made"
  done
}

# Moves the contents of one folder into another. Merges the folders that both have.
move_into() {
  local entry name start both=() moved=()
  for entry in "$1"/*; do
    name=${entry##*/}
    if [[ ! -e $2/$name && ! -L $2/$name ]]; then
      moved+=("$entry")
    elif [[ -d $entry && ! -L $entry && -d $2/$name && ! -L $2/$name ]]; then
      both+=("$name")
    else
      fail "${2#"$CODEBUILD_SRC_DIR"}/$name is in two layers of the bundle"
    fi
  done
  for ((start = 0; start < ${#moved[@]}; start += BATCH)); do
    mv -- "${moved[@]:start:BATCH}" "$2/" || fail "a layer cannot be moved to $2"
  done
  for name in ${both[@]+"${both[@]}"}; do move_into "$1/$name" "$2/$name"; done
}

check_layer() {
  cd -- "$1" || fail "the folder $1 of a layer is missing"
  [[ $DIGEST != - ]] || return
  read_manifest
  check_files
  restore_modes
  restore_links_and_folders
  FILES_PLACED=$((FILES_PLACED + FILES))
}

main() {
  local folders=() folder index
  # Checked first, so that a missing program is not reported as a fault of a layer.
  command -v sha256sum >/dev/null || command -v shasum >/dev/null || fail 'the build image has no sha256sum'
  rm -f -- "$DONE_FILE"
  while (($# >= 2)); do
    LAYER_STATUS=$((64 + ${#folders[@]})) DIGEST=$2
    check_layer "$1"
    folders+=("$1")
    shift 2
  done
  # Layers are moved only after all were checked.
  for folder in "${folders[@]}"; do
    [[ $folder -ef $CODEBUILD_SRC_DIR ]] || move_into "$folder" "$CODEBUILD_SRC_DIR"
  done
  cd -- "$CODEBUILD_SRC_DIR" || fail "$CODEBUILD_SRC_DIR is missing"
  # Inner folders come before outer ones.
  for ((index = ${#FOLDER_MODES[@]} - 1; index >= 0; index--)); do
    folder=${FOLDER_MODES[index]}
    chmod "${folder%%"$TAB"*}" -- "${folder#*"$TAB"}" || fail "the mode of ${folder#*"$TAB"} cannot be changed"
  done
  rm -f -- "$CHECKSUMS" "$CHECKSUMS.report"
  : >"$DONE_FILE" || fail "$DONE_FILE cannot be written"
  printf 'codeseeder: placed %d layers, %d files\n' "${#folders[@]}" "$FILES_PLACED"
}

main "$@"
