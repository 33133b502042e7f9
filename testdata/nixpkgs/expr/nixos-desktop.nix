# A workstation with Plasma: users, sound, printing, fonts, programs, virtual
# machines, a mesh of overlays and overridden packages.
{ nixpkgs }:
let
  system = import (nixpkgs + "/nixos/lib/eval-config.nix") {
    system = null;
    modules = [
      (
        { config, lib, pkgs, ... }:
        {
          nixpkgs.hostPlatform = "x86_64-linux";
          nixpkgs.config.allowUnfree = true;
          nixpkgs.overlays = [
            (final: prev: {
              hello = prev.hello.overrideAttrs (old: {
                pname = "hello-local";
                doCheck = false;
                postInstall = (old.postInstall or "") + ''
                  echo ${final.figlet} > $out/made-with
                '';
              });
              python3 = prev.python3.override {
                packageOverrides = pfinal: pprev: {
                  requests = pprev.requests.overridePythonAttrs (old: { doCheck = false; });
                };
              };
            })
            (final: prev: { greeting = final.writeText "greeting" "hello from ${final.hello}"; })
          ];
          boot = {
            loader.systemd-boot.enable = true;
            loader.efi.canTouchEfiVariables = true;
            kernelPackages = pkgs.linuxPackages_latest;
            kernelParams = [ "quiet" ];
            kernel.sysctl."vm.swappiness" = 10;
            initrd.systemd.enable = true;
            initrd.luks.devices.root.device = "/dev/disk/by-uuid/0000-1111";
            supportedFilesystems = [ "btrfs" "ntfs" ];
            extraModulePackages = [ config.boot.kernelPackages.v4l2loopback ];
          };
          fileSystems."/" = { device = "/dev/mapper/root"; fsType = "btrfs"; options = [ "subvol=root" "compress=zstd" ]; };
          fileSystems."/boot" = { device = "/dev/disk/by-uuid/AAAA-BBBB"; fsType = "vfat"; };
          swapDevices = [ { device = "/dev/sda3"; randomEncryption.enable = true; } ];
          networking = {
            hostName = "desk";
            networkmanager.enable = true;
            firewall.allowedTCPPorts = [ 22 8080 ];
            wireguard.interfaces.wg0 = { ips = [ "10.0.0.2/24" ]; privateKeyFile = "/run/key"; peers = [ ]; };
          };
          time.timeZone = "Europe/Berlin";
          i18n.defaultLocale = "de_DE.UTF-8";
          i18n.inputMethod = { enable = true; type = "fcitx5"; fcitx5.addons = [ pkgs.fcitx5-gtk ]; };
          console.keyMap = "de";
          services.desktopManager.plasma6.enable = true;
          services.displayManager.sddm = { enable = true; wayland.enable = true; };
          services.xserver = { enable = true; xkb.layout = "de"; videoDrivers = [ "amdgpu" ]; };
          services.pipewire = { enable = true; alsa.enable = true; pulse.enable = true; jack.enable = true; };
          services.printing = { enable = true; drivers = [ pkgs.hplip ]; };
          services.avahi = { enable = true; nssmdns4 = true; };
          services.flatpak.enable = true;
          services.fwupd.enable = true;
          services.udev.packages = [ pkgs.yubikey-personalization ];
          services.syncthing = { enable = true; user = "alice"; settings.options.urAccepted = -1; };
          security.rtkit.enable = true;
          security.sudo.wheelNeedsPassword = false;
          hardware.bluetooth.enable = true;
          hardware.graphics = { enable = true; enable32Bit = true; };
          programs = {
            steam.enable = true;
            zsh = { enable = true; ohMyZsh.enable = true; syntaxHighlighting.enable = true; };
            neovim = { enable = true; configure.packages.mine.start = with pkgs.vimPlugins; [ vim-nix telescope-nvim ]; };
            firefox = { enable = true; languagePacks = [ "de" ]; policies.DisableTelemetry = true; };
            git = { enable = true; config.init.defaultBranch = "main"; };
            gnupg.agent = { enable = true; enableSSHSupport = true; };
            wireshark.enable = true;
            virt-manager.enable = true;
            direnv.enable = true;
          };
          fonts.packages = with pkgs; [ noto-fonts noto-fonts-cjk-sans fira-code nerd-fonts.hack ];
          virtualisation = { docker.enable = true; libvirtd.enable = true; podman.enable = true; };
          users.users.alice = {
            isNormalUser = true;
            extraGroups = [ "wheel" "docker" "libvirtd" ];
            shell = pkgs.zsh;
            packages = with pkgs; [ thunderbird libreoffice-fresh vscode gimp inkscape (python3.withPackages (p: with p; [ numpy requests pandas ])) ];
            openssh.authorizedKeys.keys = [ "ssh-ed25519 AAAA alice@example" ];
          };
          environment.systemPackages = with pkgs; [ hello htop ripgrep kdePackages.kate greeting (emacs.pkgs.withPackages (e: [ e.magit e.org ])) (haskellPackages.ghcWithPackages (h: [ h.lens ])) ];
          environment.etc."motd".text = lib.concatMapStringsSep "\n" (u: u.name) (lib.attrValues config.users.users);
          specialisation.travel.configuration = { services.tlp.enable = true; services.power-profiles-daemon.enable = false; };
          nix.settings.experimental-features = [ "nix-command" "flakes" ];
          nix.gc = { automatic = true; dates = "weekly"; };
          system.autoUpgrade.enable = true;
          system.stateVersion = "26.05";
        }
      )
    ];
  };
in
{
  toplevel = system.config.system.build.toplevel.drvPath;
  warnings = system.config.warnings;
  services = builtins.attrNames system.config.systemd.services;
  units = builtins.mapAttrs (_: u: builtins.unsafeDiscardStringContext u.text) system.config.systemd.units;
}
