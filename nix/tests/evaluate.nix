# One configuration, evaluated: what NixOS would make of it, as plain data.
{
  lib,
  pkgs ? import ./mini/pkgs.nix,
}:
{
  # Of services.archNodeAgent.
  config,
  systemd ? "260.1",
  # Of anything else.
  beside ? { },
}:
let
  evaluated = lib.evalModules {
    specialArgs = { inherit pkgs; };
    modules = [
      ./mini/stubs.nix
      ../module
      {
        systemd.package.version = systemd;
        services.archNodeAgent = config;
      }
      beside
    ];
  };
  all = evaluated.config;
  said = lib.filterAttrs (_: value: value != null);
  units =
    kind: section: found:
    lib.mapAttrs' (name: unit: {
      name = "${name}.${kind}";
      value = {
        Unit = said unit.unitConfig;
        ${section} = said unit.${"${lib.toLower section}Config"};
        inherit (unit) wantedBy;
      };
    }) found;
  lines = value: map toString (lib.toList value);
in
{
  refused = map (one: one.message) (lib.filter (one: !one.assertion) all.assertions);
  inherit (all) warnings;
  units =
    units "service" "Service" all.systemd.services
    // units "socket" "Socket" all.systemd.sockets
    // units "slice" "Slice" all.systemd.slices;
  triggers = lib.mapAttrs (_: unit: {
    restart = lines unit.restartTriggers;
    reload = lines unit.reloadTriggers;
  }) all.systemd.services;
  etc = lib.mapAttrs (_: file: {
    source = toString file.source;
    inherit (file) mode;
  }) all.environment.etc;
  settings = builtins.fromJSON (all.environment.etc."arch/node.yaml".source.text or "{}");
  closures = map (package: { inherit (package) env script; }) all.systemd.packages;
  packages = map toString all.environment.systemPackages;
  folders = all.systemd.tmpfiles.rules;
  udp = all.networking.firewall.allowedUDPPorts;
  users = all.users.users;
  groups = builtins.attrNames all.users.groups;
}
