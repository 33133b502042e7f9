# A desktop with GNOME, on another architecture and built by the first.
{ nixpkgs }:
let
  desktop = { lib, pkgs, ... }: {
    boot.loader.grub.enable = false;
    boot.loader.generic-extlinux-compatible.enable = true;
    fileSystems."/" = { device = "/dev/disk/by-label/NIXOS"; fsType = "ext4"; };
    services.desktopManager.gnome.enable = true;
    services.displayManager.gdm.enable = true;
    services.displayManager.autoLogin = { enable = true; user = "bob"; };
    environment.gnome.excludePackages = [ pkgs.epiphany ];
    environment.systemPackages = with pkgs; [ gnome-tweaks gnomeExtensions.appindicator ];
    programs.dconf.profiles.user.databases = [
      { settings."org/gnome/desktop/interface" = { clock-show-seconds = true; text-scaling-factor = lib.gvariant.mkDouble 1.25; }; }
    ];
    users.users.bob = { isNormalUser = true; initialPassword = "bob"; };
    system.stateVersion = "26.05";
  };
  eval = platform: (import (nixpkgs + "/nixos/lib/eval-config.nix") {
    system = null;
    modules = [ desktop platform ];
  }).config;
in
{
  native = (eval { nixpkgs.hostPlatform = "aarch64-linux"; }).system.build.toplevel.drvPath;
  minimalCross = (import (nixpkgs + "/nixos/lib/eval-config.nix") {
    system = null;
    modules = [
      (nixpkgs + "/nixos/modules/profiles/minimal.nix")
      {
        nixpkgs.buildPlatform = "x86_64-linux";
        nixpkgs.hostPlatform = "riscv64-linux";
        boot.loader.grub.enable = false;
        fileSystems."/" = { device = "/dev/vda"; fsType = "ext4"; };
        system.stateVersion = "26.05";
      }
    ];
  }).config.system.build.toplevel.drvPath;
}
