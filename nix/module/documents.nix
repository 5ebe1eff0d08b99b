# A document is a file of this configuration, or a place on the machine. Pure.
{ lib, table }:
rec {
  configuration = "/etc/${table.places.configuration}";

  # Whether it is a file of this configuration. A path that was written without quotes is one, unless
  # it is where the agent reads anyway.
  isOurs =
    path:
    let
      text = toString path;
    in
    lib.hasPrefix "${builtins.storeDir}/" text
    || (builtins.isPath path && !lib.hasPrefix "${configuration}/" text);

  # Copied, because the agent follows no link to what it trusts; and a link would lead out of the
  # root of its unit.
  laidDown = path: {
    source = if builtins.isAttrs path then path else "${path}";
    mode = "0444";
  };

  # Several, below a folder of the configuration.
  named =
    folder: kind: files:
    lib.mapAttrs' (name: path: {
      name = "${table.places.configuration}/${folder}/${name}.${kind}";
      value = laidDown path;
    }) files;

  # What is read again when the agent reloads.
  trusted =
    cfg:
    let
      ours =
        name: path:
        lib.optionalAttrs (path != null && isOurs path) {
          "${table.places.configuration}/${name}.yaml" = laidDown path;
        };
    in
    ours "root" cfg.trustRoot.file
    // ours "policy" cfg.policyFile
    // named "roots" "yaml" cfg.trustRoot.chain
    // named "revocations" "yaml" cfg.revocations;
}
