# What cannot be meant. Each says which option to change.
{ config, lib, ... }:
let
  cfg = config.services.archNodeAgent;
  table = import ./table.nix;
  documents = import ./documents.nix { inherit lib table; };
  inherit (lib) concatStringsSep;
  inherit (import ./types.nix { inherit lib; }) isPlace;

  must = assertion: option: what: {
    inherit assertion;
    message = "services.archNodeAgent.${option}: ${what}";
  };
  names = builtins.attrNames;
  shown = words: concatStringsSep ", " (map (word: "`${word}`") words);

  # Below a folder, or the folder itself.
  isBelow = folder: path: path == folder || lib.hasPrefix "${folder}/" path;

  plain = name: builtins.match "[A-Za-z0-9][A-Za-z0-9._-]*" name != null;
  plainNames =
    option: files:
    let
      others = lib.filter (name: !plain name) (names files);
    in
    must (others == [ ]) option "${shown others} cannot be the name of a file; use letters, digits, `.`, `_` and `-`";

  isDefault = value: default: value == null || value == default;

  policy = toString cfg.policyFile;
  folderOfPolicy = builtins.dirOf policy;
  policyIsOurs = documents.isOurs cfg.policyFile;
  # Folders whose other files are nothing to the agent; and those that ProtectHome= closes.
  shared = [
    "/"
    "/etc"
    "/nix"
    "/run"
    "/tmp"
    "/usr"
    "/var"
    "/var/lib"
  ];
  closed = path: lib.any (folder: isBelow folder path) [
    "/home"
    "/root"
    "/run/user"
  ];

  port = lib.toInt (lib.last (lib.splitString ":" cfg.listenAddress));
  isLoopback = lib.hasPrefix "127." cfg.listenAddress || lib.hasPrefix "[::1]" cfg.listenAddress;

  nodeKeys = lib.filter (key: key != null) [
    cfg.credentials.nodeKey
    cfg.credentials.nodeKeyEncrypted
  ];

  folder =
    option: path:
    must (
      path == null || !lib.hasPrefix "/" path || isPlace path
    ) option "`${toString path}` would need quotes in a unit, or has `..`; use another name";

  secret =
    option: path:
    must (
      path == null || !lib.hasPrefix "${builtins.storeDir}/" path
    ) option "is in the store, which everybody reads; name a place on the machine";

  # What jobs must not be granted, whatever a policy says.
  ownFolders = [
    "/etc/arch"
    "/run/archagent"
    "/var/cache/arch-executor-wasm"
    "/var/cache/arch-prover"
    "/var/lib/arch-circuits"
    "/var/lib/archagent"
  ];
  touches = path: lib.any (own: isBelow own path || isBelow path own || path == "/") ownFolders;
  granted =
    option: paths:
    let
      bad = lib.filter touches paths;
    in
    must (bad == [ ]) option "${shown bad} holds the node's own state or configuration; name folders of the jobs' own";

  flags =
    option: changed:
    let
      others = lib.filter (flag: !lib.elem flag table.flags) (names changed);
    in
    must (others == [ ]) option "${shown others} is no flag of docs/HARDENING.md; what else a unit says is changed in systemd.services";
  reasons =
    unit: option: changed:
    map (
      flag: "services.archNodeAgent.${option}.${flag}: is off, because ${table.off.${unit}.${flag}}"
    ) (lib.filter (flag: table.off.${unit} ? ${flag}) (names changed));
in
{
  config = lib.mkIf cfg.enable {
    assertions = [
      (must (cfg.settings.trustRoot != null) "trustRoot.digest"
        "has to be set; `archctl root show root.yaml` prints it"
      )
      (must (isDefault cfg.trustRoot.digest cfg.settings.trustRoot) "settings.trustRoot"
        "is another digest than trustRoot.digest; set one of them"
      )
      (must (
        cfg.trustRoot.file == null || documents.isOurs cfg.trustRoot.file
      ) "trustRoot.file" "is a place on the machine; leave it unset and put the document at /etc/arch/root.yaml")

      (must (
        policyIsOurs || isPlace policy
      ) "policyFile" "`${policy}` would need quotes in a unit, or has `..`; use another name")
      (must (
        policyIsOurs || !lib.elem folderOfPolicy shared
      ) "policyFile" "the agent would see all of `${folderOfPolicy}`; give the policy a folder of its own")
      (must (
        policyIsOurs || !closed policy
      ) "policyFile" "`${policy}` is in somebody's home, which the unit closes; put it below /etc/arch")

      (must (cfg.roles.agent.enable || cfg.roles.executor.enable || cfg.roles.prover.enable) "roles"
        "none is on; set services.archNodeAgent.enable to false instead"
      )
      (must (lib.elem cfg.settings.mode [
        null
        cfg.mode
      ]) "settings.mode" "says otherwise than mode; leave it unset")
      (must (
        cfg.mode != "consumer" || !cfg.roles.executor.enable
      ) "roles.executor.enable" "a consumer runs nothing; leave it unset, or set mode to \"sovereign\"")
      (must (
        !cfg.openFirewall || cfg.mode == "provider"
      ) "openFirewall" "nothing listens in mode `${cfg.mode}`; set mode to \"provider\" or leave the firewall closed")
      (must (!cfg.openFirewall || !isLoopback) "openFirewall"
        "listenAddress is of this machine alone; leave the firewall closed or set listenAddress"
      )
      (must (port <= 65535) "listenAddress" "`${toString port}` is no port")

      (secret "credentials.nodeKey" cfg.credentials.nodeKey)
      (secret "credentials.nodeKeyEncrypted" cfg.credentials.nodeKeyEncrypted)
      (must (lib.length nodeKeys < 2) "credentials.nodeKeyEncrypted"
        "is set beside credentials.nodeKey; set one of them"
      )
      (must (
        cfg.settings.nodeKey != "credential" || nodeKeys != [ ]
      ) "settings.nodeKey" "is `credential` and there is none; set credentials.nodeKey")
      (must (
        cfg.settings.nodeKey != "state" || nodeKeys == [ ]
      ) "settings.nodeKey" "is `state`, and a key is handed in; leave credentials.nodeKey unset")

      (must (
        cfg.manifests == { } || isDefault cfg.settings.jobs.folder "jobs"
      ) "manifests" "are laid down in /etc/arch/jobs, and settings.jobs.folder is another; leave that unset")
      (must (
        cfg.modules == { } || isDefault cfg.settings.jobs.modules "modules"
      ) "modules" "are laid down in /etc/arch/modules, and settings.jobs.modules is another; leave that unset")
      (folder "settings.jobs.folder" cfg.settings.jobs.folder)
      (folder "settings.jobs.modules" cfg.settings.jobs.modules)
      (plainNames "manifests" cfg.manifests)
      (plainNames "modules" cfg.modules)
      (plainNames "revocations" cfg.revocations)
      (plainNames "trustRoot.chain" cfg.trustRoot.chain)

      (granted "executor.readPaths" cfg.executor.readPaths)
      (granted "executor.writePaths" cfg.executor.writePaths)
      (granted "inputPaths" cfg.inputPaths)

      (must (cfg.settings.control.socket == null) "settings.control.socket"
        "the socket is handed in; leave it unset"
      )
      (must (cfg.settings.metrics.socket == null) "settings.metrics.socket"
        "the socket is handed in; leave it unset"
      )
      (must (cfg.settings.executor.socket == null) "settings.executor.socket"
        "the units say where the executor is; leave it unset"
      )
      (must (
        !(cfg.settings.metrics.enabled == true && !cfg.sockets.metrics.enable)
        && !(cfg.settings.metrics.enabled == false && cfg.sockets.metrics.enable)
      ) "settings.metrics.enabled" "says otherwise than sockets.metrics.enable; leave it unset")

      (flags "hardening.agent" cfg.hardening.agent)
      (flags "hardening.executor" cfg.hardening.executor)
      (flags "hardening.prover" cfg.hardening.prover)
      (must (cfg.prover.keys == "none" || cfg.roles.prover.enable) "prover.keys"
        "names keys for a prover that is off; set roles.prover.enable"
      )
      (must (lib.versionAtLeast config.systemd.package.version "252") "enable"
        "the units need systemd 252 or newer"
      )
    ];
    warnings =
      lib.optional (cfg.mode != "sovereign")
        "services.archNodeAgent.mode: this version has no mesh; a ${cfg.mode} talks to no peer yet"
      ++ reasons "arch-node-agent" "hardening.agent" cfg.hardening.agent
      ++ reasons "arch-executor-wasm" "hardening.executor" cfg.hardening.executor
      ++ reasons "arch-prover" "hardening.prover" cfg.hardening.prover
      ++
        lib.optional (cfg.prover.keys == "dev")
          "services.archNodeAgent.prover.keys: anybody can forge proofs for dev keys; a policy has to allow them";
  };
}
