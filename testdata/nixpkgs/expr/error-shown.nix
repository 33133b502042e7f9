# Values of many types that are not right, each shown in the message.
{ nixpkgs }:
(import (nixpkgs + "/nixos/lib/eval-config.nix") {
  system = "x86_64-linux";
  modules = [
    {
      fileSystems."/" = { device = "x"; fsType = "ext4"; };
      boot.loader.grub.device = "nodev";
      system.stateVersion = "26.05";
    }
    ({ lib, ... }: { options.site = lib.mapAttrs (_: type: lib.mkOption { inherit type; }) { a = lib.types.either lib.types.int (lib.types.listOf lib.types.path); }; config.site.a = { b = [ 1.5 null (x: x) ./. ]; "odd \${name}" = "text\nof lines"; }; })
  ];
}).config.site.a
