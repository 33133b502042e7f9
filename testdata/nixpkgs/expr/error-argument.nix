# A module that needs an argument that nobody gives.
{ nixpkgs }:
(import (nixpkgs + "/nixos/lib/eval-config.nix") {
  system = "x86_64-linux";
  modules = [
    {
      fileSystems."/" = { device = "x"; fsType = "ext4"; };
      boot.loader.grub.device = "nodev";
      system.stateVersion = "26.05";
    }
    ({ pkgs, secrets, ... }: { networking.hostName = secrets.name; })
  ];
}).config.networking.hostName
