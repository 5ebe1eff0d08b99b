# Settings, documents, users, folders, the firewall.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  cfg = config.services.archNodeAgent;
  table = import ./table.nix;
  documents = import ./documents.nix { inherit lib table; };
  inherit (lib)
    mapAttrs
    mkDefault
    mkIf
    ;

  # What is not set is left to the agent.
  isSet = value: value != null && value != { };
  written =
    value:
    if builtins.isAttrs value then lib.filterAttrs (_: isSet) (mapAttrs (_: written) value) else value;
  settings = pkgs.writeText "node.yaml" (builtins.toJSON (written cfg.settings));

  offered =
    documents.named "jobs" "yaml" cfg.manifests // documents.named "modules" "wasm" cfg.modules;

  port = lib.toInt (lib.last (lib.splitString ":" cfg.listenAddress));
  # Folders of a role that is off are not made. The agent's are: the others' sockets are there.
  of = word: lib.hasInfix word;
  wanted =
    rule:
    (cfg.roles.executor.enable || !of "executor" rule)
    && (cfg.roles.prover.enable || !(of "prover" rule || of "arch-circuits" rule));
in
{
  config = mkIf cfg.enable {
    services.archNodeAgent.settings = {
      trustRoot = mkDefault cfg.trustRoot.digest;
      mode = mkIf (cfg.mode != "sovereign") (mkDefault cfg.mode);
      prover.socket = mkIf cfg.roles.prover.enable (
        mkDefault table.units."arch-prover.socket".Socket.ListenStream
      );
      metrics.enabled = mkIf (!cfg.sockets.metrics.enable) (mkDefault false);
      nodeKey = mkIf (
        cfg.credentials.nodeKey != null || cfg.credentials.nodeKeyEncrypted != null
      ) (mkDefault "credential");
    };

    environment.etc = {
      "arch/node.yaml" = documents.laidDown settings;
    }
    // documents.trusted cfg
    // offered;
    environment.systemPackages = [ cfg.package ];

    users.users = mapAttrs (name: user: {
      isSystemUser = true;
      group = name;
      inherit (user) description home;
    }) table.users;
    users.groups = mapAttrs (_: _: { }) table.users;

    systemd.tmpfiles.rules = lib.filter wanted table.folders;

    networking.firewall.allowedUDPPorts = mkIf cfg.openFirewall [ port ];
  };
}
