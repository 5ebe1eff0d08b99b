# The node as a modular service, for whatever manages services: one process that starts its executor
# itself. Where systemd is the manager, it is confined as far as agent and executor can be together;
# services.archNodeAgent, with a unit for each, confines them further.
{
  config,
  lib,
  options,
  ...
}:
let
  cfg = config.archNodeAgent;
  table = import ./module/table.nix;
  inherit (lib) mkOption types;

  agent = table.units."arch-node-agent.service";
  executor = table.units."arch-executor-wasm.service".Service;
  newest = lib.foldl' (below: since: below // since."arch-node-agent.service".Service or { }) { } (
    builtins.attrValues table.since
  );

  # What both are denied alike, but for a root of their own, which is one for each.
  files = [
    "BindPaths"
    "BindReadOnlyPaths"
    "ExecPaths"
    "NoExecPaths"
    "ReadOnlyPaths"
    "ReadWritePaths"
    "RootDirectory"
  ];
  isCommon =
    flag: _:
    !lib.elem flag files
    && agent.Service ? ${flag}
    && executor ? ${flag}
    && agent.Service.${flag} == executor.${flag};
  denied = lib.filterAttrs isCommon (lib.filterAttrs (flag: _: lib.elem flag table.flags) agent.Service);
  # How the agent is started, watched and stopped, and its folders.
  life = lib.filterAttrs (
    key: _:
    !lib.elem key (
      table.flags
      ++ [
        "ExecReload"
        "ExecStart"
        "Slice"
        "Sockets"
        "TasksMax"
      ]
    )
  ) agent.Service;
in
{
  _class = "service";

  options.archNodeAgent = {
    package = mkOption {
      type = types.package;
      description = "Package with the agent and its executor.";
    };
    configuration = mkOption {
      type = types.path;
      default = "/etc/${table.places.configuration}";
      description = "Folder with node.yaml, root.yaml, policy.yaml, jobs/ and modules/.";
    };
    state = mkOption {
      type = types.path;
      default = "/var/lib/${table.places.state}";
      description = "Folder with the node's key, ledger and archive; the service's user owns it.";
    };
    policyFile = mkOption {
      type = types.nullOr types.path;
      default = null;
      description = "The signed policy, if it is not policy.yaml of the configuration.";
    };
  };

  config = {
    process.argv = [
      (lib.getExe' cfg.package "arch-node-agent")
      "--config"
      cfg.configuration
      "--state"
      cfg.state
      "--executor"
      (lib.getExe' cfg.package "arch-executor")
    ]
    ++ lib.optionals (cfg.policyFile != null) [
      "--policy"
      cfg.policyFile
    ];
  }
  // lib.optionalAttrs (options ? systemd) {
    # The user has to be there: a modular service cannot make one.
    systemd.service = {
      wantedBy = [ "multi-user.target" ];
      unitConfig = {
        inherit (agent.Unit) StartLimitBurst StartLimitIntervalSec;
      };
      serviceConfig = life // removeAttrs newest [ "ExecReload" "PrivateUsers" ] // denied;
    };
  };
}
