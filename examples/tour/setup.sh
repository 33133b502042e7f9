# The builder of every package of the tour: phases in order, each announced to
# whoever watches the build.

phase() {
  printf '@nix {"action":"setPhase","phase":"%s"}\n' "$1" >&2
}

# blob FILE KIB writes KIB KiB of numbered text lines, 64 bytes each.
blob() {
  mkdir -p "$out/$(dirname "$1")"
  awk -v name="$name" -v lines="$(($2 * 16))" 'BEGIN {
    for (i = 0; i < lines; i++) printf "%-40.40s %022d\n", name, i
  }' > "$out/$1"
}

phase configure
for dep in $needs $buildNeeds; do
  echo "using $dep"
  test -e "$dep"
done

phase build
eval "$buildPhase"

if test -n "$checkPhase"; then
  phase check
  eval "$checkPhase"
fi

phase install
if test -z "${outputHash-}"; then
  mkdir -p "$out/share/$pname"
  for dep in $needs; do
    echo "$dep"
  done > "$out/share/$pname/uses"
fi
if test -n "$program"; then
  mkdir -p "$out/bin"
  printf '#!/bin/sh\n# %s %s, with:\n' "$pname" "$version" > "$out/bin/$pname"
  for dep in $needs; do
    echo "#   $dep"
  done >> "$out/bin/$pname"
  echo "$program" >> "$out/bin/$pname"
  chmod +x "$out/bin/$pname"
fi
echo "installed $name"
