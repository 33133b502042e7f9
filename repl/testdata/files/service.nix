{ port, name ? "web" }:
let
  check = p:
    assert p > 0;
    if p > 65535 then throw "no such port: ${toString p}" else p;
  listen = check (port * 2);
in
{
  inherit name;
  line = "${name}:${toString listen}";
  half = builtins.break (port / 2);
}
