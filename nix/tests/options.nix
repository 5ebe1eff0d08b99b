# Every option both ways: a value, and what must come of it; and values that must be refused, by
# their type or by an assertion that names the option.
#
#   set      the value
#   beside   what else is set, for both ways
#   shows    whether it came out, of the evaluated configuration
#   refused  values of which none may pass
{ lib }:
let
  inherit (lib) elem hasInfix;
  agent = all: all.units."arch-node-agent.service".Service;
  executor = all: all.units."arch-executor-wasm.service".Service;
  prover = all: all.units."arch-prover.service".Service;
  slice = all: all.units."arch.slice".Slice;
  control = all: all.units."arch-node-agent.socket".Socket;
  metrics = all: all.units."arch-node-agent-metrics.socket".Socket;
  hasUnit = unit: all: all.units ? ${unit};
  copied = place: all: all.etc ? ${place} && all.etc.${place}.mode == "0444";

  digest = "sha256:1111111111111111111111111111111111111111111111111111111111111111";
  zeros = "sha256:0000000000000000000000000000000000000000000000000000000000000000";
  provider.mode = "provider";

  # A child of `settings` whose value stands in node.yaml as it was given.
  setting = path: set: refused: {
    "settings.${path}" = {
      inherit set refused;
      shows = all: lib.attrByPath (lib.splitString "." path) null all.settings == set;
    };
  };
  # One that the units decide.
  decided = path: {
    "settings.${path}" = {
      set = null;
      shows = all: lib.attrByPath (lib.splitString "." path) null all.settings == null;
      refused = [
        "/run/other.sock"
        "other"
      ];
    };
  };
in
{
  enable = {
    set = true;
    shows = all: hasUnit "arch-node-agent.service" all && all.packages == [ "/usr" ];
    refused = [
      "yes"
      null
    ];
  };
  package = {
    set = {
      type = "derivation";
      name = "other";
      outPath = "/built/other";
    };
    shows =
      all:
      hasInfix "/built/other/bin/arch-node-agent " (agent all).ExecStart
      && elem "+/built/other/bin/arch-executor" (executor all).ExecPaths
      && all.packages == [ "/built/other" ];
    refused = [
      "arch-node-agent"
      null
    ];
  };
  mode = {
    set = "consumer";
    shows =
      all:
      hasUnit "arch-node-agent.service" all
      && !hasUnit "arch-executor-wasm.service" all
      && all.settings.mode == "consumer";
    refused = [
      "worker"
      null
    ];
  };
  listenAddress = {
    set = "[::]:7341";
    beside = provider;
    shows = all: hasInfix " --listen [::]:7341" (agent all).ExecStart;
    refused = [
      "0.0.0.0"
      "0.0.0.0:0"
      "0.0.0.0:70000"
      "localhost:7340"
      "0.0.0.0:7340 --state /"
      7340
    ];
  };
  openFirewall = {
    set = true;
    beside = provider;
    shows = all: all.udp == [ 7340 ];
    refused = [ "yes" ];
  };
  "trustRoot.digest" = {
    set = digest;
    shows = all: all.settings.trustRoot == digest;
    refused = [
      null
      "sha256:11"
      "SHA256:1111111111111111111111111111111111111111111111111111111111111111"
    ];
  };
  "trustRoot.file" = {
    set = ./documents/root.yaml;
    shows =
      all:
      copied "arch/root.yaml" all
      && elem all.etc."arch/root.yaml".source all.triggers.arch-node-agent.reload;
    refused = [
      "/srv/root.yaml"
      "root.yaml"
    ];
  };
  "trustRoot.chain" = {
    set.second = ./documents/root.yaml;
    shows = copied "arch/roots/second.yaml";
    refused = [
      { "../policy" = ./documents/root.yaml; }
      [ ./documents/root.yaml ]
    ];
  };
  revocations = {
    set.lost-key = ./documents/revoked.yaml;
    shows = copied "arch/revocations/lost-key.yaml";
    refused = [
      { "a b" = ./documents/revoked.yaml; }
      { a = "revoked.yaml"; }
    ];
  };
  policyFile = {
    set = ./documents/policy.yaml;
    shows =
      all:
      copied "arch/policy.yaml" all
      && !hasInfix "--policy" (agent all).ExecStart
      && elem all.etc."arch/policy.yaml".source all.triggers.arch-node-agent.reload;
    refused = [
      "policy.yaml"
      "/policy.yaml"
      "/etc/policy.yaml"
      "/home/me/policy.yaml"
      "/srv/my policy/policy.yaml"
      "/srv/%n/policy.yaml"
      "/srv/../etc/policy.yaml"
      null
    ];
  };
  manifests = {
    set.index = ./documents/job.yaml;
    shows = copied "arch/jobs/index.yaml";
    refused = [
      { ".hidden" = ./documents/job.yaml; }
      { index = { }; }
    ];
  };
  modules = {
    set.text-index = ./documents/module.wasm;
    shows = copied "arch/modules/text-index.wasm";
    refused = [
      { "a/b" = ./documents/module.wasm; }
      ./documents/module.wasm
    ];
  };
  inputPaths = {
    set = [ "/srv/data" ];
    shows = all: elem "/srv/data" (agent all).BindReadOnlyPaths;
    refused = [
      [ "/" ]
      [ "/var/lib/archagent/ledger" ]
      [ "/srv/a b" ]
      [ "/srv/../etc/arch" ]
      [ "data" ]
      "/srv/data"
    ];
  };
  "credentials.nodeKey" = {
    set = "/var/lib/secrets/node.key";
    shows =
      all:
      (agent all).LoadCredential == [ "node.key:/var/lib/secrets/node.key" ]
      && all.settings.nodeKey == "credential";
    refused = [
      "node.key"
      "/run/keys/a:b"
      ./documents/root.yaml
    ];
  };
  "credentials.nodeKeyEncrypted" = {
    set = "/var/lib/secrets/node.key";
    shows = all: (agent all).LoadCredentialEncrypted == [ "node.key:/var/lib/secrets/node.key" ];
    refused = [
      "node.key"
      ./documents/root.yaml
    ];
  };
  "roles.agent.enable" = {
    set = false;
    shows =
      all:
      !hasUnit "arch-node-agent.service" all
      && !hasUnit "arch-node-agent.socket" all
      && hasUnit "arch-executor-wasm.socket" all;
    refused = [ "no" ];
  };
  "roles.executor.enable" = {
    set = false;
    shows =
      all:
      !hasUnit "arch-executor-wasm.service" all
      && !hasUnit "arch-executor-wasm.socket" all
      && !hasInfix "executor" all.units."arch-node-agent.service".Unit.After
      && !lib.any (hasInfix "executor-wasm") all.folders;
    refused = [ "no" ];
  };
  "roles.prover.enable" = {
    set = false;
    shows =
      all:
      !hasUnit "arch-prover.service" all
      && !hasUnit "arch-prover.socket" all
      && !hasInfix "prover" all.units."arch-node-agent.service".Unit.Wants
      && !(all.settings ? prover.socket)
      && !lib.any (rule: hasInfix "prover" rule || hasInfix "circuits" rule) all.folders;
    refused = [ "no" ];
  };
  "prover.keys" = {
    set = "dev";
    shows =
      all:
      hasInfix "/arch-prover --keys /var/cache/arch-prover --allow-dev-keys" (prover all).ExecStart
      && (prover all).CacheDirectory == "arch-prover"
      && (prover all).BindPaths == [ "/var/cache/arch-prover" ]
      && lib.any (hasInfix "anybody can forge") all.warnings;
    refused = [
      "trusted"
      null
    ];
  };
  "prover.memoryMax" = {
    set = "1G";
    shows = all: (prover all).MemoryMax == "1G";
    refused = [
      "1GB"
      1
    ];
  };
  "executor.readPaths" = {
    set = [
      "/srv/datasets"
      "/srv/models"
    ];
    shows =
      all:
      elem "/srv/models" (executor all).BindReadOnlyPaths && !elem "/srv/models" (agent all).BindReadOnlyPaths;
    refused = [
      [ "/var/lib" ]
      [ "/etc/arch" ]
      "/srv/datasets"
    ];
  };
  "executor.writePaths" = {
    set = [ "/srv/results" ];
    shows = all: elem "/srv/results" (executor all).BindPaths;
    refused = [
      [ "/" ]
      [ "/var/cache/arch-executor-wasm" ]
      [ 1 ]
    ];
  };
  "executor.memoryMax" = {
    set = "8G";
    shows = all: (executor all).MemoryMax == "8G";
    refused = [
      "8GB"
      8
    ];
  };
  "executor.tasksMax" = {
    set = 64;
    shows = all: (executor all).TasksMax == 64;
    refused = [
      0
      "64"
    ];
  };
  "sockets.control.mode" = {
    set = "0660";
    shows = all: (control all).SocketMode == "0660";
    refused = [
      "660"
      660
    ];
  };
  "sockets.control.group" = {
    set = "wheel";
    shows = all: (control all).SocketGroup == "wheel";
    refused = [ [ "wheel" ] ];
  };
  "sockets.metrics.enable" = {
    set = false;
    shows =
      all:
      !hasUnit "arch-node-agent-metrics.socket" all
      && (agent all).Sockets == "arch-node-agent.socket"
      && !hasInfix "metrics" all.units."arch-node-agent.service".Unit.Wants
      && all.settings.metrics.enabled == false;
    refused = [ "no" ];
  };
  "sockets.metrics.mode" = {
    set = "0600";
    shows = all: (metrics all).SocketMode == "0600";
    refused = [ "u=rw" ];
  };
  "resources.memoryMax" = {
    set = "50%";
    shows = all: (slice all).MemoryMax == "50%";
    refused = [
      "half"
      { }
    ];
  };
  "resources.cpuQuota" = {
    set = "200%";
    shows = all: (slice all).CPUQuota == "200%";
    refused = [
      "2"
      "0%"
    ];
  };
  "resources.cpuWeight" = {
    set = 20;
    shows = all: (slice all).CPUWeight == 20;
    refused = [
      0
      10001
    ];
  };
  "resources.ioWeight" = {
    set = 10;
    shows = all: (slice all).IOWeight == 10;
    refused = [ "idle" ];
  };
  "resources.tasksMax" = {
    set = 512;
    shows = all: (slice all).TasksMax == 512;
    refused = [ (-1) ];
  };
  watchdogSec = {
    set = "2m";
    shows = all: (agent all).WatchdogSec == "2m";
    refused = [
      "2"
      "soon"
      120
    ];
  };
  "hardening.agent" = {
    set = {
      UMask = "0027";
      BindReadOnlyPaths = [ "/etc/localtime" ];
    };
    shows =
      all:
      (agent all).UMask == "0027"
      && elem "/etc/localtime" (agent all).BindReadOnlyPaths
      && elem "/etc/arch" (agent all).BindReadOnlyPaths
      && (executor all).UMask == "0077";
    refused = [
      { ExecStart = "/bin/sh"; }
      { NoNewPrivilege = "yes"; }
      { UMask = null; }
    ];
  };
  "hardening.executor" = {
    set.ProtectHome = "read-only";
    shows = all: (executor all).ProtectHome == "read-only" && (agent all).ProtectHome == "yes";
    refused = [
      { User = "root"; }
      [ "ProtectHome" ]
    ];
  };
  "hardening.prover" = {
    set.ProtectHome = "read-only";
    shows = all: (prover all).ProtectHome == "read-only" && (executor all).ProtectHome == "yes";
    refused = [
      { User = "root"; }
      [ "ProtectHome" ]
    ];
  };
  "settings.trustRoot" = {
    set = digest;
    beside.trustRoot.digest = digest;
    shows = all: all.settings.trustRoot == digest;
    refused = [
      zeros
      "sha256:"
    ];
  };
  "settings.mode" = {
    set = "sovereign";
    shows = all: all.settings.mode == "sovereign";
    refused = [
      "consumer"
      "worker"
    ];
  };
  "settings.nodeKey" = {
    set = "state";
    shows = all: all.settings.nodeKey == "state";
    refused = [
      "credential"
      "none"
    ];
  };
  "settings.metrics.enabled" = {
    set = true;
    shows = all: all.settings.metrics.enabled == true;
    refused = [
      false
      "yes"
    ];
  };
}
// setting "groups" [ "lab" ] [ "lab" ]
// setting "lend.cpu" "2.5" [
  2
  "two"
  "0.5m"
]
// setting "lend.memory" "8Gi" [
  "8GiB"
  8
]
// setting "lend.gpu" "0" [ 0 ]
// setting "lend.watts" 80 [
  (-1)
  "80"
]
// setting "facts" {
  "energy.price_eur_kwh" = 0.25;
  rack = "b2";
  green = true;
} [ { rack = [ "b2" ]; } ]
// setting "jobs.folder" "drop" [
  1
  "/srv/a b"
]
// setting "jobs.modules" "/srv/modules" [
  { }
  "/srv/../modules"
]
// setting "jobs.rescan" "1m30s" [ "30" ]
// setting "jobs.attempts" 1 [ 0 ]
// setting "jobs.waiting" 10 [ 0 ]
// setting "jobs.waitingPerOwner" 5 [ "5" ]
// setting "inputs.max" "512Mi" [ "lots" ]
// decided "executor.socket"
// setting "prover.socket" "/run/other/prover.sock" [
  "prover.sock"
  [ ]
]
// decided "control.socket"
// setting "control.users" [ 1000 ] [
  [ "me" ]
  [ (-1) ]
]
// decided "metrics.socket"
// setting "log.format" "json" [ "JSON" ]
// setting "log.level" "debug" [ "trace" ]
// setting "shutdown.grace" "1m" [ 60 ]
