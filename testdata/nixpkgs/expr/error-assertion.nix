# Assertions that do not hold.
{ nixpkgs }:
(import (nixpkgs + "/nixos/lib/eval-config.nix") {
  system = "x86_64-linux";
  modules = [
    {
      fileSystems."/" = { device = "x"; fsType = "ext4"; };
      boot.loader.grub.device = "nodev";
      system.stateVersion = "26.05";
    }
    { users.mutableUsers = false; networking.useNetworkd = true; networking.networkmanager.enable = true; boot.loader.systemd-boot.enable = true; users.users.a = { isNormalUser = true; isSystemUser = true; }; }
  ];
}).config.system.build.toplevel.drvPath
