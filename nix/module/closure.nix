# The libraries that the programs need, and nothing else of the store: a drop-in with one line for
# each path of the package's closure, written when the system is built. The package itself is left
# out: of its programs each unit names its own.
{ lib, pkgs }:
{
  # Names of the services.
  units,
  # What they run, by whole paths of the store.
  packages,
  # Of those, what units name file by file.
  named,
}:
pkgs.runCommand "arch-node-agent-closure"
  {
    closure = pkgs.closureInfo { rootPaths = packages; };
    units = lib.concatStringsSep " " units;
    named = lib.concatStringsSep " " named;
  }
  ''
    for unit in $units; do
      mkdir -p "$out/lib/systemd/system/$unit.d"
      {
        echo "[Service]"
        while read -r path; do
          case " $named " in *" $path "*) continue ;; esac
          echo "BindReadOnlyPaths=$path"
          echo "ExecPaths=+$path"
        done < "$closure/store-paths"
      } > "$out/lib/systemd/system/$unit.d/closure.conf"
    done
  ''
