# Two values for one option, in two modules.
{ nixpkgs }:
(import (nixpkgs + "/nixos/lib/eval-config.nix") {
  system = "x86_64-linux";
  modules = [
    {
      fileSystems."/" = { device = "x"; fsType = "ext4"; };
      boot.loader.grub.device = "nodev";
      system.stateVersion = "26.05";
    }
    { networking.hostName = "a"; }
    { networking.hostName = "b"; }
  ];
}).config.networking.hostName
