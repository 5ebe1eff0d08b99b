# Services, sockets and the slice, from the table and the options.
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
  service = import ./hardening.nix { inherit lib table; };
  closure = import ./closure.nix { inherit lib pkgs; };
  inherit (lib)
    mkIf
    mkMerge
    optional
    optionals
    optionalAttrs
    ;

  version = config.systemd.package.version;
  kill = pkgs.coreutils;
  programs = {
    agent = lib.getExe' cfg.package "arch-node-agent";
    executor = lib.getExe' cfg.package "arch-executor";
    prover = lib.getExe' cfg.package "arch-prover";
    kill = lib.getExe' kill "kill";
  };
  agentUnit = "arch-node-agent.service";
  executorUnit = "arch-executor-wasm.service";
  proverUnit = "arch-prover.service";

  # Sockets that are not there are not waited for.
  absent =
    optional (!cfg.sockets.metrics.enable) "arch-node-agent-metrics.socket"
    ++ optional (!cfg.roles.executor.enable) "arch-executor-wasm.socket"
    ++ optional (!cfg.roles.prover.enable) "arch-prover.socket";
  without =
    words: lib.concatStringsSep " " (lib.filter (word: !lib.elem word absent) (lib.splitString " " words));
  section = unit: name: table.units.${unit}.${name};
  wanted = unit: lib.splitString " " (section unit "Install").WantedBy;
  unitOf = unit: lib.filterAttrs (_: value: value != "") (lib.mapAttrs (_: without) (section unit "Unit"));

  set = lib.filterAttrs (_: value: value != null);

  policy = toString cfg.policyFile;
  policyElsewhere = !documents.isOurs cfg.policyFile && policy != "${documents.configuration}/policy.yaml";
  policyOutside = policyElsewhere && !lib.hasPrefix "${documents.configuration}/" policy;
  folders = lib.filter (folder: folder != null && lib.hasPrefix "/" folder) [
    cfg.settings.jobs.folder
    cfg.settings.jobs.modules
  ];

  arguments =
    optionals (cfg.mode == "provider") [
      "--listen"
      cfg.listenAddress
    ]
    ++ optionals policyElsewhere [
      "--policy"
      policy
    ];
  # Before systemd knows PrivateUsers=identity, whoever is to be told apart has to be seen.
  users = cfg.settings.control.users or null;
  seen = users != null && users != [ ] && !lib.versionAtLeast version "257";
  choice = table.choices.control-users.${agentUnit}.Service or { };

  grace = cfg.settings.shutdown.grace;

  agent = service {
    unit = agentUnit;
    inherit version programs;
    added = {
      BindReadOnlyPaths =
        cfg.inputPaths ++ folders ++ optional policyOutside (builtins.dirOf policy);
    }
    // optionalAttrs seen choice
    // optionalAttrs (cfg.credentials.nodeKey != null) {
      LoadCredential = [ "node.key:${cfg.credentials.nodeKey}" ];
    }
    // optionalAttrs (cfg.credentials.nodeKeyEncrypted != null) {
      LoadCredentialEncrypted = [ "node.key:${cfg.credentials.nodeKeyEncrypted}" ];
    }
    // set {
      WatchdogSec = cfg.watchdogSec;
      # As long as running jobs have, and then some for the agent itself.
      TimeoutStopSec = if grace == null then null else "${grace} 20s";
    };
    changed = cfg.hardening.agent;
  };

  executor = service {
    unit = executorUnit;
    inherit version programs;
    added = {
      BindReadOnlyPaths = cfg.executor.readPaths;
      BindPaths = cfg.executor.writePaths;
    }
    // set {
      MemoryMax = cfg.executor.memoryMax;
      TasksMax = cfg.executor.tasksMax;
    };
    changed = cfg.hardening.executor;
  };

  prover = service {
    unit = proverUnit;
    inherit version programs;
    chosen =
      {
        none = { };
        ceremony = table.choices.circuits.${proverUnit}.Service;
        dev = table.choices.dev-keys.${proverUnit}.Service;
      }
      .${cfg.prover.keys};
    added = set { MemoryMax = cfg.prover.memoryMax; };
    changed = cfg.hardening.prover;
  };

  socket = unit: changed: {
    wantedBy = wanted unit;
    unitConfig = unitOf unit;
    socketConfig = section unit "Socket" // set changed;
  };
in
{
  config = mkIf cfg.enable (mkMerge [
    {
      systemd.slices.arch = {
        unitConfig = unitOf "arch.slice";
        sliceConfig =
          section "arch.slice" "Slice"
          // set {
            MemoryMax = cfg.resources.memoryMax;
            CPUQuota = cfg.resources.cpuQuota;
            CPUWeight = cfg.resources.cpuWeight;
            IOWeight = cfg.resources.ioWeight;
            TasksMax = cfg.resources.tasksMax;
          };
      };
      systemd.packages = [
        (closure {
          units =
            optional cfg.roles.agent.enable agentUnit
            ++ optional cfg.roles.executor.enable executorUnit
            ++ optional cfg.roles.prover.enable proverUnit;
          packages = [ cfg.package ] ++ optional (agent ? ExecReload) kill;
          named = map toString ([ cfg.package ] ++ optional (agent ? ExecReload) kill);
        })
      ];
    }
    (mkIf cfg.roles.agent.enable {
      systemd.services.arch-node-agent = {
        wantedBy = wanted agentUnit;
        unitConfig = unitOf agentUnit;
        serviceConfig = agent // {
          ExecStart = lib.concatStringsSep " " ([ agent.ExecStart ] ++ arguments);
          Sockets = without agent.Sockets;
        };
        # Settings are read at the start, documents again and again.
        restartTriggers = [ config.environment.etc."arch/node.yaml".source ];
        reloadTriggers = map (file: file.source) (builtins.attrValues (documents.trusted cfg));
      };
      systemd.sockets.arch-node-agent = socket "arch-node-agent.socket" {
        SocketMode = cfg.sockets.control.mode;
        SocketGroup = cfg.sockets.control.group;
      };
    })
    (mkIf (cfg.roles.agent.enable && cfg.sockets.metrics.enable) {
      systemd.sockets.arch-node-agent-metrics = socket "arch-node-agent-metrics.socket" {
        SocketMode = cfg.sockets.metrics.mode;
      };
    })
    (mkIf cfg.roles.executor.enable {
      systemd.services.arch-executor-wasm = {
        unitConfig = unitOf executorUnit;
        serviceConfig = executor;
      };
      systemd.sockets.arch-executor-wasm = socket "arch-executor-wasm.socket" { };
    })
    (mkIf cfg.roles.prover.enable {
      systemd.services.arch-prover = {
        unitConfig = unitOf proverUnit;
        serviceConfig = prover;
      };
      systemd.sockets.arch-prover = socket "arch-prover.socket" { };
    })
  ]);
}
