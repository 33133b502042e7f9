let
  option = attrs: { _type = "option"; } // attrs;
  bool = { name = "bool"; description = "boolean"; };
in
{
  config = { };
  options = {
    _module.args = throw "not an option";
    services.web = {
      enable = option { type = bool; default = false; value = true; description = "Whether to serve the web."; };
      port = option { type.description = "16 bit unsigned integer"; defaultText = { _type = "literalExpression"; text = "80"; }; value = throw "no port"; files = [ "/src/host.nix" ]; };
      broken = throw "this part cannot be evaluated";
    };
    services.mail.enable = option { type = bool; value = false; description = { _type = "mdDoc"; text = "Whether to\nsend mail."; }; declarationPositions = [ { file = "/src/mail.nix"; line = 7; column = 3; } ]; };
  };
}
