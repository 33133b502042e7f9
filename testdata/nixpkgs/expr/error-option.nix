# An option that does not exist, close to one that does.
{ nixpkgs }:
(import (nixpkgs + "/nixos/lib/eval-config.nix") {
  system = "x86_64-linux";
  modules = [
    {
      fileSystems."/" = { device = "x"; fsType = "ext4"; };
      boot.loader.grub.device = "nodev";
      system.stateVersion = "26.05";
    }
    { services.opensssh.enable = true; }
  ];
}).config.system.build.toplevel.drvPath
