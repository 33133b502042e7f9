# Options that are defined by themselves.
{ nixpkgs }:
(import (nixpkgs + "/nixos/lib/eval-config.nix") {
  system = "x86_64-linux";
  modules = [
    {
      fileSystems."/" = { device = "x"; fsType = "ext4"; };
      boot.loader.grub.device = "nodev";
      system.stateVersion = "26.05";
    }
    ({ config, lib, ... }: { networking.hostName = lib.mkIf (config.networking.hostName != "b") "a"; })
  ];
}).config.networking.hostName
