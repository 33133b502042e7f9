# What is made of systems: installation media, images of machines, netboot.
{ nixpkgs }:
let
  eval = system: modules: (import (nixpkgs + "/nixos/lib/eval-config.nix") { inherit system modules; }).config;
  profile = p: nixpkgs + "/nixos/modules/${p}";
  base = { fileSystems."/" = { device = "x"; fsType = "ext4"; }; boot.loader.grub.device = (import (nixpkgs + "/lib")).mkDefault "nodev"; system.stateVersion = "26.05"; };
  build = system: modules: (eval system modules).system.build;
in
{
  iso = (build "x86_64-linux" [ (profile "installer/cd-dvd/installation-cd-minimal.nix") { system.stateVersion = "26.05"; } ]).isoImage.drvPath;
  isoPlasma = (build "x86_64-linux" [ (profile "installer/cd-dvd/installation-cd-graphical-calamares-plasma6.nix") { system.stateVersion = "26.05"; } ]).isoImage.drvPath;
  sd = (build "aarch64-linux" [ (profile "installer/sd-card/sd-image-aarch64.nix") { system.stateVersion = "26.05"; } ]).sdImage.drvPath;
  netboot = (build "x86_64-linux" [ (profile "installer/netboot/netboot-minimal.nix") { system.stateVersion = "26.05"; } ]).netbootRamdisk.drvPath;
  vm = (build "x86_64-linux" [ base (profile "profiles/qemu-guest.nix") ]).vm.drvPath;
  image = builtins.mapAttrs (_: i: i.drvPath) { inherit ((build "x86_64-linux" [ base ]).images) amazon qemu oci; };
  container = (build "x86_64-linux" [ { boot.isContainer = true; system.stateVersion = "26.05"; } ]).toplevel.drvPath;
}
