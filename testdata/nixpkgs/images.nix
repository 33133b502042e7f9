# Images of NixOS: all that a system makes of itself, and the installation media,
# by name: the derivation and the name of the file. Without names, what names
# there are.
{ nixpkgs, names ? null }:
let
  lib = import (nixpkgs + "/lib");
  file = p: nixpkgs + "/nixos/modules/installer/${p}.nix";
  eval = system: modules: import (nixpkgs + "/nixos/lib/eval-config.nix") { inherit system; modules = [ { system.stateVersion = "26.05"; } ] ++ modules; };
  system = (eval "x86_64-linux" [
    ({ pkgs, ... }: {
      services.openssh.enable = true;
      users.users.root.openssh.authorizedKeys.keys = [ "ssh-ed25519 AAAA root" ];
      environment.systemPackages = [ pkgs.hello ];
    })
  ]).config.system.build.images;
  media = lib.mapAttrs (_: m: let c = (eval m.system or "x86_64-linux" [ (file m.file) (m.module or { }) ]).config; in c.system.build.${m.build}) {
    installer-minimal = { file = "cd-dvd/installation-cd-minimal"; build = "isoImage"; };
    installer-new-kernel = { file = "cd-dvd/installation-cd-minimal-new-kernel"; build = "isoImage"; };
    installer-combined = { file = "cd-dvd/installation-cd-minimal-combined"; build = "isoImage"; };
    installer-arm = { file = "cd-dvd/installation-cd-minimal"; build = "isoImage"; system = "aarch64-linux"; };
    installer-gnome = { file = "cd-dvd/installation-cd-graphical-calamares-gnome"; build = "isoImage"; };
    installer-plasma = { file = "cd-dvd/installation-cd-graphical-calamares-plasma6"; build = "isoImage"; };
    netboot-ramdisk = { file = "netboot/netboot-minimal"; build = "netbootRamdisk"; };
    netboot-script = { file = "netboot/netboot-minimal"; build = "netbootIpxeScript"; };
    netboot-arm = { file = "netboot/netboot-minimal"; build = "kernel"; system = "aarch64-linux"; };
    sd-arm = { file = "sd-card/sd-image-aarch64"; build = "sdImage"; system = "aarch64-linux"; };
    sd-arm-installer = { file = "sd-card/sd-image-aarch64-installer"; build = "sdImage"; system = "aarch64-linux"; };
    sd-arm7 = { file = "sd-card/sd-image-armv7l-multiplatform"; build = "sdImage"; module.nixpkgs.crossSystem.system = "armv7l-linux"; };
    sd-riscv = { file = "sd-card/sd-image-riscv64-qemu"; build = "sdImage"; module.nixpkgs.crossSystem.system = "riscv64-linux"; };
    sd-x86 = { file = "sd-card/sd-image-x86_64"; build = "sdImage"; };
    vm = { file = "../profiles/qemu-guest"; build = "vm"; module.fileSystems."/".device = "x"; };
    vm-loader = { file = "../profiles/qemu-guest"; build = "vmWithBootLoader"; module = { fileSystems."/".device = "x"; boot.loader.systemd-boot.enable = true; }; };
  };
  manual = let b = (eval "x86_64-linux" [ { fileSystems."/".device = "x"; } ]).config.system.build.manual; in lib.mapAttrs' (n: lib.nameValuePair "manual-${n}") { inherit (b) manualHTML manualEpub nixos-configuration-reference-manpage optionsJSON; };
  all = system // media // manual;
in
if names == null then builtins.attrNames all else map (n: [ all.${n}.drvPath (all.${n}.passthru.filePath or null) ]) names
