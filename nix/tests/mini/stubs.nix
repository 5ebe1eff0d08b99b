# The options of NixOS that our module sets, as far as it matters what may be put there.
{ lib, ... }:
let
  inherit (lib) types;
  option = type: default: lib.mkOption { inherit type default; };
  required = type: lib.mkOption { inherit type; };
  # Of a unit: a value, or lines, but not both.
  directive = types.nullOr (
    types.oneOf [
      types.bool
      types.int
      types.str
      (types.listOf types.str)
    ]
  );
  section = option (types.attrsOf directive) { };
  words = option (types.listOf types.str) [ ];
  unit =
    own:
    option (types.attrsOf (
      types.submodule {
        options = {
          unitConfig = section;
          wantedBy = words;
          restartTriggers = option (types.listOf types.raw) [ ];
          reloadTriggers = option (types.listOf types.raw) [ ];
        }
        // own;
      }
    )) { };
in
{
  options = {
    assertions = option (types.listOf types.raw) [ ];
    warnings = words;
    environment.etc = option (types.attrsOf (
      types.submodule {
        options = {
          source = required types.path;
          mode = option types.str "symlink";
        };
      }
    )) { };
    environment.systemPackages = option (types.listOf types.package) [ ];
    networking.firewall.allowedUDPPorts = option (types.listOf types.port) [ ];
    systemd.package = required types.raw;
    systemd.packages = option (types.listOf types.raw) [ ];
    systemd.services = unit { serviceConfig = section; };
    systemd.sockets = unit { socketConfig = section; };
    systemd.slices = unit { sliceConfig = section; };
    systemd.tmpfiles.rules = words;
    users.groups = option (types.attrsOf (types.submodule { })) { };
    users.users = option (types.attrsOf (
      types.submodule {
        options = {
          isSystemUser = option types.bool false;
          group = required types.str;
          description = option types.str "";
          home = option types.path "/var/empty";
        };
      }
    )) { };
  };
}
