{ name ? "set" }:
{
  inherit name;
  # Not a documentation comment.
  answer = 42;
  /**
    Adds one.

    # Example

        next 41
        => 42
  */
  next = n: n + 1;
  nested = { deep = { er = "x"; }; list = [ 1 2 3 ]; };
}
