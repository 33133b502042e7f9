# A NixOS system with nothing but what must be there.
(import <nixpkgs/nixos/lib/eval-config.nix> {
  system = "x86_64-linux";
  modules = [
    {
      boot.loader.grub.device = "nodev";
      fileSystems."/" = { device = "/dev/disk/by-label/root"; fsType = "ext4"; };
      system.stateVersion = "26.05";
    }
  ];
}).config.system.build.toplevel.drvPath
