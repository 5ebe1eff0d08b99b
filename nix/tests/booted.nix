# What a machine has of one configuration, as files, for those who boot it without NixOS. Text as
# NixOS writes it: nixos/lib/systemd-lib.nix.
{
  # Of the first root document.
  digest,
  # Of the machine that will be booted.
  systemd,
}:
let
  lib = import ./mini/lib.nix;
  pkgs = import ./mini/pkgs.nix;
  stored = name: {
    type = "derivation";
    name = "${name}-0";
    outPath = "/nix/store/${name}";
  };
  found =
    import ./evaluate.nix
      {
        inherit lib;
        pkgs = pkgs // {
          arch-node-agent = stored "ccc-arch-node-agent";
          coreutils = stored "bbb-coreutils";
        };
      }
      {
        inherit systemd;
        config = {
          enable = true;
          trustRoot.digest = digest;
          executor.memoryMax = "512M";
          settings = {
            lend = {
              cpu = "2";
              memory = "1Gi";
            };
            groups = [ "lab" ];
            facts."energy.price_eur_kwh" = 0.25;
          };
        };
      };
  section =
    name: keys:
    "[${name}]\n"
    + lib.concatStringsSep "" (
      lib.concatMap (
        key: map (line: "${key}=${toString line}\n") (lib.toList keys.${key})
      ) (builtins.attrNames keys)
    );
  text =
    unit:
    lib.concatStringsSep "\n" (
      lib.mapAttrsToList section (removeAttrs unit [ "wantedBy" ])
    );
  # The modular service, as a manager of services would have it run by systemd.
  solo =
    (lib.evalModules {
      modules = [
        {
          options.process.argv = lib.mkOption { type = lib.types.listOf lib.types.str; };
          options.systemd.service = lib.mkOption { type = lib.types.anything; };
        }
        ../service.nix
        { archNodeAgent.package = stored "ccc-arch-node-agent"; }
      ];
    }).config;
  # The manager's systemd is older than what the service says.
  known = removeAttrs solo.systemd.service.serviceConfig (
    lib.optionals (!lib.versionAtLeast systemd "254") [
      "FileDescriptorStorePreserve"
      "RestartMaxDelaySec"
      "RestartSteps"
    ]
  );
  soloUnit = {
    Service =
      known
      // lib.optionalAttrs (!lib.versionAtLeast systemd "253") { Type = "notify"; }
      // { ExecStart = lib.concatStringsSep " " solo.process.argv; };
    Unit = solo.systemd.service.unitConfig;
  };
  user = name: user: "u ${name} - \"${user.description}\" ${user.home}\n";
in
{
  files =
    lib.mapAttrs' (name: unit: {
      name = "/etc/systemd/system/${name}";
      value = text unit;
    }) found.units
    // {
      "/etc/systemd/system/arch-solo.service" = text soloUnit;
      "/usr/lib/sysusers.d/arch.conf" = lib.concatStringsSep "" (lib.mapAttrsToList user found.users);
      "/usr/lib/tmpfiles.d/arch.conf" = lib.concatStringsSep "\n" found.folders + "\n";
      "/etc/arch/node.yaml" = builtins.toJSON found.settings;
    };
  sockets = lib.filter (lib.hasInfix ".socket") (builtins.attrNames found.units);
  closure = builtins.head found.closures;
}
