# A NixOS system with a desktop, servers, virtual machines and development
# tools.
(import <nixpkgs/nixos/lib/eval-config.nix> {
  system = "x86_64-linux";
  modules = [
    ({ pkgs, ... }: {
      boot.loader.systemd-boot.enable = true;
      boot.loader.efi.canTouchEfiVariables = true;
      boot.initrd.luks.devices.root.device = "/dev/disk/by-label/crypt";
      fileSystems."/" = { device = "/dev/mapper/root"; fsType = "btrfs"; };
      fileSystems."/boot" = { device = "/dev/disk/by-label/boot"; fsType = "vfat"; };
      swapDevices = [ { device = "/dev/disk/by-label/swap"; } ];
      networking = {
        hostName = "full";
        networkmanager.enable = true;
        firewall.allowedTCPPorts = [ 22 80 443 ];
      };
      time.timeZone = "Europe/Vienna";
      i18n.defaultLocale = "de_AT.UTF-8";
      services = {
        xserver.enable = true;
        displayManager.sddm.enable = true;
        desktopManager.plasma6.enable = true;
        pipewire = { enable = true; pulse.enable = true; alsa.enable = true; };
        printing.enable = true;
        avahi = { enable = true; nssmdns4 = true; };
        openssh = { enable = true; settings.PasswordAuthentication = false; };
        postgresql = { enable = true; ensureDatabases = [ "app" ]; ensureUsers = [ { name = "app"; ensureDBOwnership = true; } ]; };
        nginx = {
          enable = true;
          recommendedProxySettings = true;
          recommendedTlsSettings = true;
          virtualHosts."example.org" = { forceSSL = true; enableACME = true; locations."/".proxyPass = "http://127.0.0.1:3000"; };
        };
        grafana = { enable = true; settings.security.secret_key = "none"; };
        prometheus = { enable = true; exporters.node.enable = true; };
        fwupd.enable = true;
        flatpak.enable = true;
        tlp.enable = true;
        power-profiles-daemon.enable = false;
      };
      security.acme = { acceptTerms = true; defaults.email = "admin@example.org"; };
      security.rtkit.enable = true;
      virtualisation = { libvirtd.enable = true; podman = { enable = true; dockerCompat = true; }; };
      programs = { zsh.enable = true; steam.enable = false; git.enable = true; firefox.enable = true; neovim.enable = true; };
      hardware.bluetooth.enable = true;
      users.users.alice = { isNormalUser = true; extraGroups = [ "wheel" "networkmanager" "libvirtd" ]; shell = pkgs.zsh; };
      environment.systemPackages = with pkgs; [ vim htop ripgrep fd jq tmux gcc python3 go rustc cargo nodejs gimp inkscape libreoffice vlc thunderbird ];
      fonts.packages = with pkgs; [ dejavu_fonts noto-fonts liberation_ttf ];
      system.stateVersion = "26.05";
    })
  ];
}).config.system.build.toplevel.drvPath
