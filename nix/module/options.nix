# The options, and nothing that follows from them.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  ours = import ./types.nix { inherit lib; };

  option =
    type: default: description:
    mkOption { inherit type default description; };
  # What is left to the program, the unit or systemd unless it is set.
  unset = type: option (types.nullOr type) null;
  yes = option types.bool true;
  no = option types.bool false;
in
{
  options.services.archNodeAgent = {
    enable = lib.mkEnableOption "the Arch node agent, which runs other people's signed jobs";
    package = lib.mkPackageOption pkgs "arch-node-agent" { };

    mode =
      option
        (types.enum [
          "sovereign"
          "provider"
          "consumer"
        ])
        "sovereign"
        ''
          `sovereign` opens nothing beyond its local sockets. `provider` listens for peers on
          `listenAddress`. `consumer` runs nothing, and has no executor. This version has no mesh
          yet, so `provider` listens on nothing and says so in the journal.
        '';
    listenAddress = option ours.address "0.0.0.0:7340" ''
      Where a provider listens for peers: an address and a port, `[::]:7340` for IPv6 and IPv4.
      Only used in mode `provider`.
    '';
    openFirewall = no ''
      Open the UDP port of `listenAddress` in the firewall.
    '';

    trustRoot = {
      digest = unset ours.digest ''
        Digest of the first root document: the only trust that is configured. `archctl root show`
        prints it. Has to be set.
      '';
      file = unset ours.document ''
        The newest root document. A file of this configuration is laid down as
        /etc/arch/root.yaml; unset, somebody else puts it there.
      '';
      chain = option ours.documents { } ''
        Further root documents, from the pinned one to the newest, by any name; each becomes
        /etc/arch/roots/NAME.yaml.
      '';
    };
    revocations = option ours.documents { } ''
      Signed revocation lists by any name; each becomes /etc/arch/revocations/NAME.yaml.
    '';
    policyFile = option ours.document "/etc/arch/policy.yaml" ''
      The signed policy. A file of this configuration (`./policy.yaml`) is laid down as
      /etc/arch/policy.yaml; anything else is a place on the machine, written as a string, whose
      folder the agent may then read.
    '';
    manifests = option ours.documents { } ''
      Signed jobs by name; each becomes /etc/arch/jobs/NAME.yaml, where the agent finds it. A job is
      run once, however often the system is rebuilt.
    '';
    modules = option ours.documents { } ''
      Compiled modules that jobs name by digest; each becomes /etc/arch/modules/NAME.wasm.
    '';
    inputPaths = option (types.listOf ours.place) [ ] ''
      Files and folders that `file:///` inputs of jobs may be read from, by the agent.
    '';

    credentials = {
      nodeKey = unset ours.place ''
        File with the node's key on the machine, handed in by systemd and never in the store. Unset,
        the agent makes its own at the first start.
      '';
      nodeKeyEncrypted = unset ours.place ''
        The same, encrypted by `systemd-creds encrypt --name=node.key`.
      '';
    };

    roles = {
      agent.enable = yes "The agent: keys, trust, policy, scheduling, ledger.";
      executor.enable = mkOption {
        type = types.bool;
        default = config.services.archNodeAgent.mode != "consumer";
        defaultText = lib.literalExpression ''config.services.archNodeAgent.mode != "consumer"'';
        description = ''
          The executor of wasm jobs, a service of its own. On, except in mode `consumer`.
        '';
      };
      prover.enable = mkOption {
        type = types.bool;
        default = config.services.archNodeAgent.mode != "consumer";
        defaultText = lib.literalExpression ''config.services.archNodeAgent.mode != "consumer"'';
        description = ''
          What makes and checks proofs in a dispute, a service of its own. On, except in mode
          `consumer`.
        '';
      };
    };

    executor = {
      readPaths = option (types.listOf ours.place) [ ] ''
        Files and folders that jobs may be granted for reading. They keep their permissions: the
        user `archexecutor` has to be able to read them.
      '';
      writePaths = option (types.listOf ours.place) [ ] ''
        Folders that jobs may be granted for writing; likewise.
      '';
      memoryMax = unset ours.limit "Memory of the executor and all its jobs, as `MemoryMax=`.";
      tasksMax = unset types.ints.positive "Threads and processes of the same, as `TasksMax=`.";
    };

    prover = {
      keys =
        option
          (types.enum [
            "none"
            "ceremony"
            "dev"
          ])
          "none"
          ''
            With which keys proofs are made. `ceremony`: those that `archctl circuit import` left in
            /var/lib/arch-circuits. `dev`: keys that are made here, for which anybody can forge
            proofs; for trying things out. `none`: proofs are checked, and none is made.
          '';
      memoryMax = unset ours.limit "Memory of the prover with a proof that it makes, as `MemoryMax=`.";
    };

    sockets = {
      control.mode = unset ours.fileMode ''
        Mode of the control socket. Everyone may knock unless this says otherwise: the agent asks the
        kernel who it is.
      '';
      control.group = unset types.str "Group of the control socket, for a mode such as `0660`.";
      metrics.enable = yes "Whether there is a metrics socket.";
      metrics.mode = unset ours.fileMode "Mode of the metrics socket.";
    };

    resources = {
      memoryMax = unset ours.limit "Memory of agent, executor and jobs together, as `MemoryMax=`.";
      cpuQuota = unset (types.strMatching "[1-9][0-9]*%") ''
        Processor time of all together, as `CPUQuota=`: `200%` is two processors.
      '';
      cpuWeight = unset ours.weight "Share of the processors, as `CPUWeight=`.";
      ioWeight = unset ours.weight "Share of the disks, as `IOWeight=`.";
      tasksMax = unset types.ints.positive "Threads and processes of all together, as `TasksMax=`.";
    };

    watchdogSec = unset ours.duration ''
      How long the agent may be silent before systemd starts it again.
    '';

    hardening = {
      agent = option (types.attrsOf ours.directive) { } ''
        Flags of docs/HARDENING.md that are to stand otherwise in the agent's unit. A list adds lines
        where the unit has a list; anything else replaces.
      '';
      executor = option (types.attrsOf ours.directive) { } "The same for the executor's unit.";
      prover = option (types.attrsOf ours.directive) { } "The same for the prover's unit.";
    };

    settings = option (types.submodule ./settings.nix) { } ''
      What stands in /etc/arch/node.yaml, by the same names: docs/FORMATS.md §8. What is not set is
      left to the agent. Names that are not listed are passed on as they are.
    '';
  };
}
