# The tests that nixpkgs' library has of itself: those that fail.
import <nixpkgs/lib/tests/misc.nix>
