# The smallest system that passes its assertions.
{ nixpkgs }:
(import (nixpkgs + "/nixos/lib/eval-config.nix") {
  system = "x86_64-linux";
  modules = [
    {
      fileSystems."/" = {
        device = "/dev/sda1";
        fsType = "ext4";
      };
      boot.loader.grub.device = "nodev";
      system.stateVersion = "26.05";
    }
  ];
}).config.system.build.toplevel.drvPath
