# How a package of the tour is made: one derivation, whose builder is /bin/sh
# running setup.sh beside this file.
{ system }:

{
  # A line of shell that writes `kib` KiB of text, the same at every build, to
  # a file of the package.
  blob = file: kib: ''
    blob ${file} ${toString kib}
  '';

  package =
    {
      pname,
      version,
      # Packages that this one uses at run time: their paths are written into it.
      needs ? [ ],
      # Packages that only its build uses.
      buildNeeds ? [ ],
      # Shell code of the phases of those names.
      build ? "",
      check ? "",
      # The text of bin/<pname>, or none.
      program ? null,
      ...
    }@args:
    derivation (
      removeAttrs args [
        "needs"
        "buildNeeds"
        "build"
        "check"
        "program"
      ]
      // {
        name = "${pname}-${version}";
        inherit system;
        builder = "/bin/sh";
        args = [
          "-eu"
          ./setup.sh
        ];
        # Names as the shell reads them, so that no phase is lost to a variable of the caller.
        needs = toString needs;
        buildNeeds = toString buildNeeds;
        buildPhase = build;
        checkPhase = check;
        program = if program == null then "" else program;
      }
    );
}
