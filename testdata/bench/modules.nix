# evalModules with as many services as `services` says: each is a module with
# options, defaults, definitions that depend on others, and what it adds to
# options of all. The result is a hash of the whole configuration.
{ services }:
let
  lib = import <nixpkgs/lib>;
  inherit (lib) mkDefault mkEnableOption mkIf mkMerge mkOption types;

  common = {
    options = {
      ports = mkOption { type = types.listOf types.port; default = [ ]; };
      users = mkOption {
        default = { };
        type = types.attrsOf (types.submodule ({ name, ... }: {
          options = {
            name = mkOption { type = types.str; default = name; };
            uid = mkOption { type = types.nullOr types.int; default = null; };
            groups = mkOption { type = types.listOf types.str; default = [ ]; };
          };
        }));
      };
      files = mkOption { type = types.attrsOf types.lines; default = { }; };
    };
  };

  service = n: { config, ... }:
    let
      name = "service${toString n}";
      cfg = config.services.${name};
    in
    {
      options.services.${name} = {
        enable = mkEnableOption name;
        port = mkOption { type = types.port; default = 1024 + n; description = "The port of ${name}."; };
        user = mkOption { type = types.str; default = name; };
        settings = mkOption { type = types.attrsOf (types.oneOf [ types.bool types.int types.str ]); default = { }; };
        extraConfig = mkOption { type = types.lines; default = ""; };
      };
      config = mkMerge [
        { services.${name}.enable = mkDefault (n / 2 * 2 == n); }
        (mkIf cfg.enable {
          ports = [ cfg.port ];
          users.${cfg.user} = { uid = 1000 + n; groups = [ "services" ]; };
          services.${name}.settings = { listen = "0.0.0.0:${toString cfg.port}"; workers = mkDefault 4; };
          files."${name}.conf" = mkMerge [
            (lib.concatStringsSep "\n" (lib.mapAttrsToList (key: value: "${key} = ${toString value}") cfg.settings))
            cfg.extraConfig
          ];
        })
      ];
    };

  evaluated = lib.evalModules {
    modules = [ common ] ++ builtins.genList service services;
  };
in
builtins.hashString "sha256" (builtins.toJSON evaluated.config)
