# What options do together. Each case: a configuration, and what must hold of it.
{ lib }:
let
  inherit (lib) all any elem hasInfix hasPrefix;
  agent = found: found.units."arch-node-agent.service".Service;
  executor = found: found.units."arch-executor-wasm.service".Service;
  prover = found: found.units."arch-prover.service".Service;
  services = found: [
    (agent found)
    (executor found)
    (prover found)
  ];
  text = builtins.toJSON;
  says = words: found: any (hasInfix words) found.refused;
  good = found: found.refused == [ ];
  provider.mode = "provider";
in
{
  # ---- faults of the first example of this module ----
  "the first example's use of it works, with the place as a string" = {
    config.policyFile = "/etc/arch/policy.yaml";
    holds = found: good found && !(found.etc ? "arch/policy.yaml") && !hasInfix "--policy" (agent found).ExecStart;
  };
  "a place that was written without quotes is not copied onto itself" = {
    config.policyFile = /etc/arch/policy.yaml;
    holds = found: good found && !(found.etc ? "arch/policy.yaml");
  };
  "no file in /etc/arch is a link" = {
    config = {
      policyFile = ./documents/policy.yaml;
      trustRoot.file = ./documents/root.yaml;
      manifests.a = ./documents/job.yaml;
    };
    holds =
      found:
      builtins.length (builtins.attrNames found.etc) == 4
      && all (file: file.mode == "0444") (builtins.attrValues found.etc);
  };
  "a directive that stands beside serviceConfig is told, as NixOS does" = {
    beside.systemd.services.arch-node-agent.readOnlyPaths = [ "/" ];
    fails = true;
  };
  "the agent makes no executable memory, and the executor says why it does" = {
    config.hardening.executor.MemoryDenyWriteExecute = "yes";
    holds =
      found:
      (agent found).MemoryDenyWriteExecute == "yes"
      && any (hasInfix "hardening.executor.MemoryDenyWriteExecute: is off, because") found.warnings;
  };
  "executable memory is left to the executor" = {
    holds = found: !(executor found ? MemoryDenyWriteExecute) && found.warnings == [ ];
  };
  "state, sockets and cache are folders of the units, and no home is made" = {
    holds =
      found:
      (agent found).StateDirectory == "archagent"
      && (agent found).StateDirectoryMode == "0700"
      && (agent found).RuntimeDirectory == "archagent"
      && (executor found).CacheDirectory == "arch-executor-wasm"
      && !(found.users.archagent ? createHome)
      && found.users.archagent.isSystemUser;
  };
  "the address feeds the firewall" = {
    config = provider // {
      listenAddress = "[::]:9000";
      openFirewall = true;
    };
    holds = found: good found && found.udp == [ 9000 ];
  };
  "the firewall stays shut unless it is opened" = {
    config = provider;
    holds = found: good found && found.udp == [ ];
  };
  "a package that is not there is told" = {
    without = "arch-node-agent";
    fails = true;
  };
  "an agent that cannot start is not started for ever" = {
    holds =
      found:
      (agent found).RestartPreventExitStatus == "2 78"
      && found.units."arch-node-agent.service".Unit.StartLimitBurst == "10"
      && (agent found).Restart == "on-failure";
  };
  "the agent says when it is ready, and is watched" = {
    holds =
      found:
      hasPrefix "notify" (agent found).Type && (agent found).NotifyAccess == "main" && agent found ? WatchdogSec;
  };
  "nothing that is a secret can come from the store" = {
    config.credentials.nodeKey = "${builtins.storeDir}/x/node.key";
    holds = says "credentials.nodeKey:";
  };

  # ---- modes ----
  "a sovereign node has no address, and no socket of the internet" = {
    config.listenAddress = "0.0.0.0:7340";
    holds =
      found:
      good found
      && found.udp == [ ]
      && !hasInfix "7340" (text found)
      && all (unit: hasPrefix "/run/archagent/" (unit.Socket.ListenStream or "/run/archagent/")) (
        builtins.attrValues found.units
      )
      && all (service: service.PrivateNetwork == "yes" && service.IPAddressDeny == "any") (services found);
  };
  "a sovereign node's firewall is not opened" = {
    config.openFirewall = true;
    holds = says "services.archNodeAgent.openFirewall: nothing listens in mode `sovereign`";
  };
  "a consumer's firewall is not opened" = {
    config = {
      mode = "consumer";
      openFirewall = true;
    };
    holds = says "services.archNodeAgent.openFirewall: nothing listens in mode `consumer`";
  };
  "a loopback address needs no firewall" = {
    config = provider // {
      listenAddress = "127.0.0.1:7340";
      openFirewall = true;
    };
    holds = says "services.archNodeAgent.openFirewall: listenAddress";
  };
  "a provider has sockets and executor as a sovereign node has, and is told what it is not yet" = {
    config = provider;
    holds =
      found:
      good found
      && hasInfix " --listen 0.0.0.0:7340" (agent found).ExecStart
      && found.units ? "arch-executor-wasm.service"
      && any (hasInfix "no mesh") found.warnings;
  };
  "a consumer has no executor" = {
    config = {
      mode = "consumer";
      roles.executor.enable = true;
    };
    holds = says "services.archNodeAgent.roles.executor.enable: a consumer runs nothing";
  };

  "a prover makes no proofs unless keys are named" = {
    holds =
      found:
      hasInfix "/arch-prover --keys /var/lib/arch-circuits" (prover found).ExecStart
      && !(prover found ? BindPaths)
      && !(prover found ? CacheDirectory);
  };
  "the agent calls the prover that is there" = {
    holds =
      found: found.settings.prover.socket == found.units."arch-prover.socket".Socket.ListenStream;
  };
  "keys of a ceremony come with their list" = {
    config.prover.keys = "ceremony";
    holds =
      found:
      good found
      && found.warnings == [ ]
      && hasInfix " --keys /var/lib/arch-circuits --manifest /var/lib/arch-circuits/manifest.json" (prover found).ExecStart;
  };
  "keys for a prover that is off are told" = {
    config = {
      prover.keys = "dev";
      roles.prover.enable = false;
    };
    holds = says "services.archNodeAgent.prover.keys: names keys for a prover that is off";
  };
  "a consumer has no prover unless it is asked for" = {
    config.mode = "consumer";
    holds = found: good found && !(found.units ? "arch-prover.service");
  };

  # ---- documents ----
  "a policy below /etc/arch is read there" = {
    config.policyFile = "/etc/arch/policies/mine.yaml";
    holds =
      found:
      good found
      && hasInfix " --policy /etc/arch/policies/mine.yaml" (agent found).ExecStart
      && !elem "/etc/arch/policies" (agent found).BindReadOnlyPaths;
  };
  "a policy elsewhere is seen with its folder, so that its successor is seen too" = {
    config.policyFile = "/srv/policies/mine.yaml";
    holds =
      found:
      good found
      && hasInfix " --policy /srv/policies/mine.yaml" (agent found).ExecStart
      && elem "/srv/policies" (agent found).BindReadOnlyPaths;
  };
  "a policy in the store is laid down" = {
    config.policyFile = "${builtins.storeDir}/0000-policy.yaml";
    holds = found: good found && found.etc."arch/policy.yaml".mode == "0444";
  };
  "declared jobs need the drop folder that they are laid down in" = {
    config = {
      manifests.a = ./documents/job.yaml;
      settings.jobs.folder = "drop";
    };
    holds = says "services.archNodeAgent.manifests:";
  };
  "declared modules likewise" = {
    config = {
      modules.a = ./documents/module.wasm;
      settings.jobs.modules = "/srv/modules";
    };
    holds = says "services.archNodeAgent.modules:";
  };
  "a drop folder elsewhere is seen by the agent" = {
    config.settings.jobs.folder = "/srv/jobs";
    holds = found: good found && elem "/srv/jobs" (agent found).BindReadOnlyPaths;
  };
  "settings are read at the start, documents again" = {
    config.trustRoot.file = ./documents/root.yaml;
    holds =
      found:
      found.triggers.arch-node-agent.restart == [ found.etc."arch/node.yaml".source ]
      && found.triggers.arch-node-agent.reload == [ found.etc."arch/root.yaml".source ];
  };

  # ---- settings ----
  "what is not set is left to the agent" = {
    config.roles.prover.enable = false;
    holds = found: builtins.attrNames found.settings == [ "trustRoot" ];
  };
  "a setting that is newer than this module is passed on" = {
    config.settings = {
      peers.max = 8;
      lend.quantum = "1";
    };
    holds =
      found: good found && found.settings.peers.max == 8 && found.settings.lend.quantum == "1";
  };
  "the digest may stand in the settings alone" = {
    config = {
      trustRoot.digest = null;
      settings.trustRoot = "sha256:2222222222222222222222222222222222222222222222222222222222222222";
    };
    holds = good;
  };
  "two digests are one too many" = {
    config.settings.trustRoot = "sha256:2222222222222222222222222222222222222222222222222222222222222222";
    holds = says "services.archNodeAgent.settings.trustRoot:";
  };
  "two ways of handing in a key are one too many" = {
    config.credentials = {
      nodeKey = "/run/keys/a";
      nodeKeyEncrypted = "/run/keys/b";
    };
    holds = says "services.archNodeAgent.credentials.nodeKeyEncrypted:";
  };
  "a key that is handed in is not made" = {
    config = {
      credentials.nodeKey = "/run/keys/a";
      settings.nodeKey = "state";
    };
    holds = says "services.archNodeAgent.settings.nodeKey:";
  };
  "no role at all is no node" = {
    config.roles = {
      agent.enable = false;
      executor.enable = false;
      prover.enable = false;
    };
    holds = says "services.archNodeAgent.roles:";
  };

  "jobs that may go on after a stop are not killed by the manager before" = {
    config.settings.shutdown.grace = "2m";
    holds = found: (agent found).TimeoutStopSec == "2m 20s";
  };
  "a hidden place is a place" = {
    config.executor.readPaths = [ "/srv/.data/x.y" ];
    holds = good;
  };

  # ---- systemd and NixOS ----
  "systemd 252 reloads by a signal, and no newer flag is there" = {
    systemd = "252.5";
    holds =
      found:
      (agent found).Type == "notify"
      && (agent found).ExecReload == "/usr/bin/kill -HUP $MAINPID"
      && !(agent found ? FileDescriptorStorePreserve);
  };
  "systemd 253 reloads by itself, and nothing else can be started" = {
    systemd = "253";
    holds =
      found:
      (agent found).Type == "notify-reload"
      && !(agent found ? ExecReload)
      && !hasInfix "/bin/kill" (text (agent found));
  };
  "systemd 251 is too old" = {
    systemd = "251.4";
    holds = says "systemd 252 or newer";
  };
  "users of the control socket are told apart on every systemd" = {
    systemd = "256.10";
    config.settings.control.users = [ 1000 ];
    holds = found: !((agent found).PrivateUsers == "yes");
  };
  "lines are added to a unit by the system's configuration" = {
    beside.systemd.services.arch-executor-wasm.serviceConfig.BindReadOnlyPaths = [ "/srv/more" ];
    holds =
      found: elem "/srv/more" (executor found).BindReadOnlyPaths && builtins.length (executor found).BindReadOnlyPaths == 2;
  };
  "a value is forced by the system's configuration" = {
    beside.systemd.services.arch-node-agent.serviceConfig.TasksMax = lib.mkForce 9;
    holds = found: (agent found).TasksMax == 9;
  };
  "libraries are those of the package and nothing else of the store" = {
    holds =
      found:
      !any (hasInfix "/lib64") (map text (services found))
      && builtins.length found.closures == 1
      && (builtins.head found.closures).env.units == "arch-node-agent.service arch-executor-wasm.service arch-prover.service";
  };
  "an option that is not there is told" = {
    config.listenAdress = "0.0.0.0:7340";
    fails = true;
  };
  "nothing at all comes of a module that is not enabled" = {
    config.enable = false;
    holds =
      found:
      found.units == { } && found.etc == { } && found.users == { } && found.folders == [ ] && found.closures == [ ];
  };
}
