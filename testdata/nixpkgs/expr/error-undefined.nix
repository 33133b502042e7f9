# An option without a value.
{ nixpkgs }:
(import (nixpkgs + "/nixos/lib/eval-config.nix") {
  system = "x86_64-linux";
  modules = [
    {
      fileSystems."/" = { device = "x"; fsType = "ext4"; };
      boot.loader.grub.device = "nodev";
      system.stateVersion = "26.05";
    }
    ({ lib, ... }: { options.site.name = lib.mkOption { type = lib.types.str; description = "x"; }; })
  ];
}).config.site.name
