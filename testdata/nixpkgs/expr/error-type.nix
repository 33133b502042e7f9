# A value of the wrong type, deep in a submodule.
{ nixpkgs }:
(import (nixpkgs + "/nixos/lib/eval-config.nix") {
  system = "x86_64-linux";
  modules = [
    {
      fileSystems."/" = { device = "x"; fsType = "ext4"; };
      boot.loader.grub.device = "nodev";
      system.stateVersion = "26.05";
    }
    { services.nginx.virtualHosts."a".locations."/".proxyPass = 80; services.nginx.enable = true; }
  ];
}).config.services.nginx.virtualHosts
