# node.yaml, by the same names. Defaults are the agent's: nothing is said twice.
{ lib, ... }:
let
  inherit (lib) mkOption types;
  ours = import ./types.nix { inherit lib; };

  unset =
    type: description:
    mkOption {
      type = types.nullOr type;
      default = null;
      inherit description;
    };
in
{
  freeformType = types.attrsOf types.anything;

  options = {
    trustRoot = unset ours.digest "As `trustRoot.digest`, which sets it.";
    mode = unset (types.enum [
      "sovereign"
      "provider"
      "consumer"
    ]) "As `mode`, which sets it.";
    nodeKey = unset (types.enum [
      "auto"
      "credential"
      "state"
    ]) "Where the node's key comes from. Default `auto`; with a credential, `credential`.";
    groups = unset (types.listOf types.str) "Groups that the node is in, as an audience names them.";
    lend = {
      cpu = unset ours.processors "Processors that jobs may reserve. Default all.";
      memory = unset ours.bytes "Memory likewise. Default three quarters of the machine's.";
      gpu = unset (types.strMatching "[0-9]+") "GPUs likewise. Default none: there is no GPU executor yet.";
      watts = unset types.ints.unsigned "Watts likewise. Default none.";
    };
    facts = unset (types.attrsOf ours.fact) "What placement constraints may ask about.";
    jobs = {
      folder = unset types.str "Drop folder, below /etc/arch unless absolute. Default `jobs`.";
      modules = unset types.str "Folder of modules, likewise. Default `modules`.";
      rescan = unset ours.duration "How often the drop folder is read anew. Default 30s.";
      attempts = unset types.ints.positive "Starts of one job under which the executor may die. Default 3.";
      waiting = unset types.ints.positive "Jobs that may wait. Default 4096.";
      waitingPerOwner = unset types.ints.positive "Jobs of one owner that may wait. Default 1024.";
    };
    inputs.max = unset ours.bytes "All inputs of one job together. Default 1Gi.";
    executor.socket = unset ours.place "Not to be set here: the units say where the executor is.";
    prover.socket = unset ours.place "Where the agent calls a prover. Default that of `roles.prover`, if it is on.";
    control = {
      socket = unset ours.place "Not to be set here: the socket is handed in.";
      users = unset (types.listOf types.ints.unsigned) "User numbers that may use the control socket.";
    };
    metrics = {
      enabled = unset types.bool "As `sockets.metrics.enable`, which sets it.";
      socket = unset ours.place "Not to be set here: the socket is handed in.";
    };
    log = {
      format = unset (types.enum [
        "text"
        "json"
      ]) "How a line of the journal looks. Default `text`.";
      level = unset (types.enum [
        "error"
        "warn"
        "info"
        "debug"
      ]) "What is told. Default `info`.";
    };
    shutdown.grace = unset ours.duration "How long running jobs may go on at a stop. Default 10s.";
  };
}
