# Packages that are names of places and nothing more. Programs are where Debian has them, so that a
# unit can be compared with the one in dist/systemd.
let
  package = name: outPath: {
    type = "derivation";
    name = "${name}-0";
    inherit outPath;
  };
in
{
  arch-node-agent = package "arch-node-agent" "/usr";
  coreutils = package "coreutils" "/usr";
  writeText = name: text: package name "/built/${name}" // { inherit text; };
  closureInfo = { rootPaths }: package "closure-info" "/built/closure-info" // { inherit rootPaths; };
  runCommand = name: env: script: package name "/built/${name}" // { inherit env script; };
}
