# A server: web, mail, databases, monitoring, containers, timers, secrets.
{ nixpkgs }:
let
  config = (import (nixpkgs + "/nixos/lib/eval-config.nix") {
    system = "x86_64-linux";
    specialArgs.domain = "example.org";
    modules = [
      (
        { config, lib, pkgs, domain, ... }:
        {
          imports = [
            (nixpkgs + "/nixos/modules/profiles/headless.nix")
            (lib.mkAliasOptionModule [ "site" "ports" ] [ "networking" "firewall" "allowedTCPPorts" ])
          ];
          options.site.vhosts = lib.mkOption {
            type = lib.types.attrsOf (lib.types.submodule ({ name, ... }: {
              options.root = lib.mkOption { type = lib.types.str; default = "/srv/${name}"; };
              options.tls = lib.mkEnableOption "encryption" // { default = true; };
            }));
            default = { };
          };
          config = lib.mkMerge [
            {
              boot.loader.grub.devices = [ "/dev/sda" "/dev/sdb" ];
              boot.swraid.enable = true;
              boot.swraid.mdadmConf = "MAILADDR root";
              boot.zfs.forceImportRoot = false;
              networking.hostId = "deadbeef";
              fileSystems."/" = { device = "tank/root"; fsType = "zfs"; };
              networking.useNetworkd = true;
              networking.nftables.enable = true;
              systemd.network.networks."10-lan" = { matchConfig.Name = "en*"; networkConfig.DHCP = "yes"; routes = [ { Gateway = "10.0.0.1"; } ]; };
              site.vhosts = { "www" = { }; "git" = { root = "/srv/g"; tls = false; }; };
              site.ports = lib.mkAfter [ 8443 ];
              security.acme = { acceptTerms = true; defaults.email = "root@${domain}"; };
              services.nginx = {
                enable = true;
                recommendedProxySettings = true;
                recommendedTlsSettings = true;
                virtualHosts = lib.mapAttrs' (n: v: lib.nameValuePair "${n}.${domain}" { inherit (v) root; enableACME = v.tls; forceSSL = v.tls; locations."/api/" = { proxyPass = "http://127.0.0.1:3000"; proxyWebsockets = true; }; }) config.site.vhosts;
              };
              services.postgresql = { enable = true; package = pkgs.postgresql_16; extensions = ps: [ ps.postgis ps.pgvector ]; ensureDatabases = [ "app" ]; ensureUsers = [ { name = "app"; ensureDBOwnership = true; } ]; settings.max_connections = 50; };
              services.postgresqlBackup.enable = true;
              services.redis.servers.cache = { enable = true; port = 6379; };
              services.mysql = { enable = true; package = pkgs.mariadb; };
              services.openssh = { enable = true; settings.PasswordAuthentication = false; };
              services.fail2ban.enable = true;
              services.prometheus = { enable = true; exporters.node.enable = true; scrapeConfigs = [ { job_name = "node"; static_configs = [ { targets = [ "localhost:9100" ]; } ]; } ]; };
              services.grafana = { enable = true; settings.server.domain = domain; settings.security.secret_key = "$__file{/run/key}"; };
              services.loki = { enable = true; configuration.auth_enabled = false; };
              services.gitea.enable = true;
              services.nextcloud = { enable = true; hostName = "cloud.${domain}"; package = pkgs.nextcloud33 or pkgs.nextcloud32; config = { adminpassFile = "/run/pw"; dbtype = "pgsql"; }; database.createLocally = true; };
              services.postfix = { enable = true; settings.main.myhostname = domain; };
              services.dovecot2.enable = false;
              services.bind = { enable = true; zones.${domain} = { master = true; file = pkgs.writeText "zone" "$ORIGIN ${domain}."; }; };
              services.restic.backups.all = { paths = [ "/srv" ]; repository = "sftp:b@h:/r"; passwordFile = "/run/restic"; };
              services.borgbackup.jobs.home = { paths = "/home"; repo = "/b"; encryption.mode = "none"; startAt = "daily"; };
              services.cron.systemCronJobs = [ "0 3 * * * root true" ];
              services.jellyfin.enable = true;
              services.home-assistant = { enable = true; config = { homeassistant.name = "x"; default_config = { }; }; };
              services.matrix-synapse = { enable = true; settings.server_name = domain; };
              services.k3s.enable = true;
              services.minio.enable = false;
              services.rabbitmq.enable = true;
              services.samba = { enable = true; settings.global.workgroup = "W"; };
              services.kerberos_server.enable = false;
              services.tor = { enable = true; relay.onionServices.web.map = [ 80 ]; };
              users.groups.ops.gid = 1500;
              users.users = lib.genAttrs [ "ann" "ben" "cid" ] (n: { isNormalUser = true; group = "ops"; hashedPassword = "!"; description = "User ${n}"; });
              systemd.services.app = { wantedBy = [ "multi-user.target" ]; after = [ "postgresql.target" ]; path = [ pkgs.jq ]; environment.HOME = "/var/lib/app"; script = "exec ${lib.getExe pkgs.hello}"; serviceConfig = { DynamicUser = true; StateDirectory = "app"; Restart = "on-failure"; }; };
              systemd.timers.app = { wantedBy = [ "timers.target" ]; timerConfig.OnCalendar = [ "daily" "Mon *-*-* 04:00:00" ]; };
              systemd.tmpfiles.rules = [ "d /srv 0755 root root -" ];
              containers.inner = { autoStart = true; privateNetwork = true; hostAddress = "192.168.100.10"; localAddress = "192.168.100.11"; config = { pkgs, ... }: { services.httpd = { enable = true; adminAddr = "a@b"; }; system.stateVersion = "26.05"; }; };
              virtualisation.oci-containers.containers.web = { image = "nginx:1"; ports = [ "80:80" ]; volumes = [ "/srv:/srv:ro" ]; environment.A = "1"; };
              system.stateVersion = "26.05";
            }
            (lib.mkIf (config.services.nginx.enable) { services.nginx.appendHttpConfig = lib.mkBefore "server_tokens off;"; })
          ];
        }
      )
    ];
  }).config;
in
{
  toplevel = config.system.build.toplevel.drvPath;
  inner = config.containers.inner.config.system.build.toplevel.drvPath;
  etc = builtins.mapAttrs (_: e: e.target) config.environment.etc;
  ports = config.networking.firewall.allowedTCPPorts;
  script = builtins.unsafeDiscardStringContext config.system.activationScripts.script;
}
